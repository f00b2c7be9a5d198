// The environment, read once into one frozen value. Nobody else reads process.env.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { fileSecret, storedSecret, type LiveSecret, type SecretStore } from './live-secret.ts';
import { SETTINGS, VAULT_SETTINGS, type ChallengerMode, type SettingName } from './settings.ts';
import type { VaultConfig, VaultLogin } from './vault/vault-api.ts';
import type { VaultSecrets } from './vault/vault-secrets.ts';

export type DatabaseConfig =
  | { readonly kind: 'sqlite'; readonly path: string }
  | {
      readonly kind: 'postgres';
      readonly url: string;
      /** The URL where it stands in a file or in Vault: its password may change. */
      readonly liveUrl?: LiveSecret;
    };

export type RegistryConfig =
  | { readonly kind: 'file'; readonly dir: string }
  | {
      readonly kind: 'mlflow';
      readonly url: string;
      readonly username: string | null;
      readonly password: string | null;
      readonly token: string | null;
      /** Where downloaded bundles are kept. */
      readonly cacheDir: string;
    };

/** How S3 is reached; null: as the AWS profile has it. */
export interface S3Config {
  readonly endpoint: string | null;
  readonly region: string | null;
}

/** Where jobs keep their files. */
export type JobStorageConfig =
  | { readonly kind: 'folder'; readonly dir: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };

/** Where traces go and which. */
export interface TracingConfig {
  /** Without the path of the signal. */
  readonly endpoint: string;
  /** "name=value,name=value", percent-encoded; null: none. */
  readonly headers: string | null;
  readonly serviceName: string;
  /** Of the requests that come without a trace: 0 to 1. */
  readonly sampledShare: number;
}

/** The settings, grouped by who needs them; also their injection token. Made by parseConfig, frozen. */
export class Config {
  readonly production: boolean;
  readonly server: {
    readonly host: string;
    readonly port: number;
    /** 1: this process serves by itself. */
    readonly workers: number;
    readonly bodyLimitBytes: number;
    readonly requestSeconds: number;
    readonly maxRowsPerRequest: number;
    /** Of an upload to /predict/batch. */
    readonly batchMaxBytes: number;
    /** null: no limit. */
    readonly rateLimit: Settings['RATE_LIMIT'];
    /** Whose X-Forwarded-For is believed. */
    readonly proxies: readonly string[];
    readonly corsOrigins: readonly string[];
    readonly logLevel: Settings['LOG_LEVEL'];
  };
  readonly varDir: string;
  readonly database: DatabaseConfig;
  readonly predictionLog: {
    readonly mode: Settings['PREDICTION_LOG'];
    /** null: everything is kept. */
    readonly retentionDays: number | null;
    /** null: whatever room they take. */
    readonly retentionBytes: number | null;
  };
  readonly jobs: {
    /** Whether this process works on them. */
    readonly work: boolean;
    readonly storage: JobStorageConfig;
    readonly s3: S3Config;
    /** What jobs may name as input and output. */
    readonly s3Buckets: readonly string[];
    readonly maxBytes: number;
    readonly partRows: number;
    /** null: everything is kept. */
    readonly retentionDays: number | null;
  };
  readonly registry: RegistryConfig;
  /** The embedded registry's folder, also where MLflow is in use: `npm run registry -- push` reads it. */
  readonly registryDir: string;
  readonly model: { readonly name: string; readonly uri: string; readonly pollSeconds: number };
  /** What the programs were built from; null: git knows, or nobody. */
  readonly gitCommit: string | null;
  /** How the challenger starts; share is 0 unless it is a canary. */
  readonly challenger: { readonly mode: ChallengerMode; readonly share: number };
  /** null: the webhook route is closed. */
  readonly mlflowWebhookSecret: string | null;
  readonly auth: {
    /** null: generate and keep one under varDir. */
    readonly jwtSecret: string | null;
    /** The same where it stands in a file or in Vault, to be followed; null: it stands in the environment. */
    readonly liveJwtSecret: LiveSecret | null;
    readonly accessSeconds: number;
    readonly refreshSeconds: number;
    readonly bcryptCost: number;
    readonly adminUsername: string;
    /** null: generate and print one. */
    readonly adminPassword: string | null;
    readonly loginAttempts: number;
    readonly loginWindowSeconds: number;
  };
  readonly monitoring: {
    /** 0: on demand only. */
    readonly everySeconds: number;
    readonly driftWindow: Settings['DRIFT_WINDOW'];
    /** Values of a stream between two false alarms; 0: nobody looks for anomalies. */
    readonly anomalyExpectedRun: number;
  };
  readonly metricsToken: string | null;
  /** null: nothing is traced. */
  readonly tracing: TracingConfig | null;

  /** `live`: the secrets that may change while the process runs. */
  constructor(settings: Settings, live: LiveSecrets) {
    this.production = settings.NODE_ENV === 'production';
    this.server = {
      host: settings.HOST,
      port: settings.PORT,
      workers: settings.WORKERS,
      bodyLimitBytes: settings.BODY_LIMIT_BYTES,
      requestSeconds: settings.REQUEST_TIMEOUT,
      maxRowsPerRequest: settings.MAX_ROWS_PER_REQUEST,
      batchMaxBytes: settings.BATCH_MAX_MB * 1_048_576,
      rateLimit: settings.RATE_LIMIT,
      proxies: settings.TRUST_PROXY ?? [],
      corsOrigins: settings.CORS_ORIGINS ?? [],
      logLevel: settings.LOG_LEVEL,
    };
    this.varDir = resolve(settings.VAR_DIR);
    this.database = toDatabase(
      settings.DATABASE_URL ?? `sqlite:${join(this.varDir, 'foretell.db')}`,
      live.DATABASE_URL,
    );
    this.predictionLog = {
      mode: settings.PREDICTION_LOG,
      retentionDays: settings.RETENTION_DAYS === 0 ? null : settings.RETENTION_DAYS,
      retentionBytes: settings.RETENTION_MB === 0 ? null : settings.RETENTION_MB * 1_048_576,
    };
    this.jobs = {
      work: settings.JOBS === 'on',
      storage: toJobStorage(settings.JOBS_DIR ?? { dir: join(this.varDir, 'jobs') }),
      s3: { endpoint: settings.AWS_ENDPOINT_URL_S3, region: settings.AWS_REGION },
      s3Buckets: settings.JOBS_S3_BUCKETS ?? [],
      maxBytes: settings.JOB_MAX_MB * 1_048_576,
      partRows: settings.JOB_PART_ROWS,
      retentionDays: settings.JOB_RETENTION_DAYS === 0 ? null : settings.JOB_RETENTION_DAYS,
    };
    this.registryDir = resolve(settings.REGISTRY_DIR ?? join(this.varDir, 'registry'));
    this.registry = toRegistry(settings, this.varDir, this.registryDir);
    this.model = {
      name: settings.MODEL_NAME,
      uri: settings.MODEL_URI ?? `models:/${settings.MODEL_NAME}@champion`,
      pollSeconds: settings.MODEL_POLL_SECONDS,
    };
    this.gitCommit = settings.GIT_COMMIT;
    this.challenger = settings.CHALLENGER;
    this.mlflowWebhookSecret = settings.MLFLOW_WEBHOOK_SECRET;
    this.auth = {
      jwtSecret: settings.JWT_SECRET,
      liveJwtSecret: live.JWT_SECRET ?? null,
      accessSeconds: settings.JWT_EXPIRES_IN,
      refreshSeconds: settings.REFRESH_EXPIRES_IN,
      bcryptCost: settings.BCRYPT_COST,
      adminUsername: settings.ADMIN_USERNAME,
      adminPassword: settings.ADMIN_PASSWORD,
      loginAttempts: settings.LOGIN_ATTEMPTS,
      loginWindowSeconds: settings.LOGIN_WINDOW,
    };
    this.monitoring = {
      everySeconds: settings.DRIFT_EVERY,
      driftWindow: settings.DRIFT_WINDOW,
      anomalyExpectedRun: settings.ANOMALY_EXPECTED_RUN,
    };
    this.metricsToken = settings.METRICS_TOKEN;
    this.tracing = toTracing(settings);
    deepFreeze(this);
  }
}

/** A setting that cannot be used; the message says which and what is expected, never the value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type Environment = Readonly<Record<string, string | undefined>>;
type Table = typeof SETTINGS;
/** Each setting as its schema reads it; null where it is unset and has no default. */
type Settings = {
  readonly [K in SettingName]:
    z.output<Table[K]['schema']> | (Table[K] extends { default: string } ? never : null);
};

type LiveSecrets = Readonly<Partial<Record<SettingName, LiveSecret>>>;

/** Loads `.env` of the working folder, if there is one, then reads the environment, and Vault where it names one. Throws ConfigError and VaultError. */
export async function loadConfig(): Promise<Config> {
  const { config, secrets } = await loadServerConfig();
  await secrets?.close();
  return config;
}

/** The settings of a process that lasts. */
export interface ServerConfig {
  readonly config: Config;
  /** What follows Vault, to be closed at the end; null: the environment names none. */
  readonly secrets: VaultSecrets | null;
}

/** As loadConfig(), still logged in at Vault. */
export async function loadServerConfig(): Promise<ServerConfig> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const vault = parseVault(process.env);
  if (vault === null) return { config: parseConfig(process.env), secrets: null };
  const { VaultSecrets } = await import('./vault/vault-secrets.ts');
  const secrets = await VaultSecrets.open(vault);
  try {
    return { config: parseConfig(process.env, secrets), secrets };
  } catch (error) {
    await secrets.close();
    throw error;
  }
}

/** The settings of a process that another one started, which has read Vault for it. */
export const loadWorkerConfig = (secrets: SecretStore | null): Config =>
  parseConfig(process.env, secrets);

/** Checks every setting and names all that are wrong at once. `store`: where secrets are that are set nowhere else. Throws ConfigError. */
export function parseConfig(environment: Environment, store: SecretStore | null = null): Config {
  const problems: string[] = [];
  const { values, live } = readSettings(SETTINGS, { environment, store }, problems);
  const settings = values as Settings;
  if (settings.NODE_ENV === 'production') {
    for (const name of ['JWT_SECRET', 'ADMIN_PASSWORD'] as const) {
      if (values[name] === null)
        problems.push(`${name} (or ${name}_FILE) must be set when NODE_ENV=production`);
    }
  }
  if (problems.length > 0) throw configError(problems);
  return new Config(settings, live);
}

/** How to reach Vault; null: the environment names none. Throws ConfigError. */
export function parseVault(environment: Environment): VaultConfig | null {
  const problems: string[] = [];
  const { values, live } = readSettings(VAULT_SETTINGS, { environment, store: null }, problems);
  const settings = values as Settings;
  if (settings.VAULT_ADDR === null) return null;
  const [login, ...others] = toLogins(settings, live);
  if (login === undefined || others.length > 0 || problems.length > 0)
    throw configError(problems.length > 0 ? problems : [ONE_LOGIN]);
  return {
    address: settings.VAULT_ADDR,
    namespace: settings.VAULT_NAMESPACE,
    secretPath: settings.VAULT_SECRET_PATH,
    refreshSeconds: settings.VAULT_REFRESH,
    login,
  };
}

const ONE_LOGIN =
  'VAULT_ADDR needs one way to log in: VAULT_ROLE_ID with VAULT_SECRET_ID (or VAULT_SECRET_ID_FILE), VAULT_KUBERNETES_ROLE, or VAULT_TOKEN (or VAULT_TOKEN_FILE)';

/** Those that are whole: one, where all is well. */
function toLogins(settings: Settings, live: LiveSecrets): readonly VaultLogin[] {
  const {
    VAULT_ROLE_ID: roleId,
    VAULT_SECRET_ID: secretId,
    VAULT_KUBERNETES_ROLE: role,
    VAULT_TOKEN: token,
    VAULT_AUTH_PATH: path,
  } = settings;
  const logins: VaultLogin[] = [];
  if (roleId !== null && secretId !== null)
    logins.push({
      kind: 'approle',
      path: path ?? 'auth/approle',
      roleId,
      secretId: () => live.VAULT_SECRET_ID?.read() ?? secretId,
    });
  if (role !== null)
    logins.push({
      kind: 'kubernetes',
      path: path ?? 'auth/kubernetes',
      role,
      tokenPath: settings.VAULT_KUBERNETES_TOKEN_PATH,
    });
  if (token !== null)
    logins.push({ kind: 'token', token: () => live.VAULT_TOKEN?.read() ?? token });
  return logins;
}

const configError = (problems: readonly string[]): ConfigError =>
  new ConfigError(`${problems.join('; ')}. See .env.example.`);

/** Where a setting may stand. */
interface Sources {
  readonly environment: Environment;
  readonly store: SecretStore | null;
}

function readSettings(
  table: Partial<Table>,
  sources: Sources,
  problems: string[],
): { readonly values: Readonly<Record<string, unknown>>; readonly live: LiveSecrets } {
  const values: Record<string, unknown> = {};
  const live: Record<string, LiveSecret> = {};
  for (const [name, { schema, expected, ...rest }] of Object.entries(table)) {
    const direct = sources.environment[name];
    const secret =
      'secret' in rest && (direct === undefined || direct === '')
        ? liveSecret(sources, name)
        : null;
    if (secret !== null) live[name] = secret;
    const text =
      (secret === null ? direct || null : readSecret(secret, name, problems)) ??
      ('default' in rest ? rest.default : null);
    if (text === null) {
      values[name] = null;
      continue;
    }
    const parsed = schema.safeParse(text);
    if (parsed.success) values[name] = parsed.data;
    else problems.push(`${name} must be ${expected}`);
  }
  return { values, live };
}

/** A secret that does not stand in the environment itself; null: nowhere else either. */
function liveSecret({ environment, store }: Sources, name: string): LiveSecret | null {
  const file = environment[`${name}_FILE`];
  if (file !== undefined && file !== '') return fileSecret(file);
  return store?.get(name) === undefined ? null : storedSecret(store, name);
}

function readSecret(secret: LiveSecret, name: string, problems: string[]): string | null {
  try {
    return secret.read();
  } catch {
    problems.push(`${name}_FILE names a file that cannot be read`);
    return null;
  }
}

function toDatabase(url: string, liveUrl: LiveSecret | undefined): DatabaseConfig {
  return url.startsWith('sqlite:')
    ? { kind: 'sqlite', path: resolve(url.slice('sqlite:'.length)) }
    : { kind: 'postgres', url, ...(liveUrl !== undefined && { liveUrl }) };
}

const toJobStorage = (place: NonNullable<Settings['JOBS_DIR']>): JobStorageConfig =>
  'dir' in place ? { kind: 'folder', dir: resolve(place.dir) } : { kind: 's3', ...place };

function toRegistry(settings: Settings, varDir: string, dir: string): RegistryConfig {
  if (settings.MLFLOW_TRACKING_URI === null) return { kind: 'file', dir };
  return {
    kind: 'mlflow',
    url: settings.MLFLOW_TRACKING_URI,
    username: settings.MLFLOW_TRACKING_USERNAME,
    password: settings.MLFLOW_TRACKING_PASSWORD,
    token: settings.MLFLOW_TRACKING_TOKEN,
    cacheDir: join(varDir, 'model-cache'),
  };
}

function toTracing(settings: Settings): TracingConfig | null {
  if (settings.OTEL_EXPORTER_OTLP_ENDPOINT === null) return null;
  return {
    endpoint: settings.OTEL_EXPORTER_OTLP_ENDPOINT,
    headers: settings.OTEL_EXPORTER_OTLP_HEADERS,
    serviceName: settings.OTEL_SERVICE_NAME,
    sampledShare: settings.OTEL_TRACES_SAMPLER_ARG,
  };
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value))
    if (typeof part === 'object' && part !== null) deepFreeze(part);
  return Object.freeze(value);
}
