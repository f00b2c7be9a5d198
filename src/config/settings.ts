// Every environment variable once: its type, default and meaning. .env.example is made from this table (npm run generate), and
// load-config.ts is the only reader of the environment. Secrets can also come from a file named by <NAME>_FILE, or from Vault.
import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { z } from 'zod';

const seconds = z.coerce.number().positive();
const count = z.coerce.number().int().positive();
const SECRET_MIN = 32;
/** More than any machine has cores: a slip of the keyboard above it. */
const MAX_WORKERS = 1024;

/** What a challenger does: nothing; score what the champion answers, unseen; or answer a share of the requests. */
export const CHALLENGER_MODES = ['off', 'shadow', 'canary'] as const;
export type ChallengerMode = (typeof CHALLENGER_MODES)[number];

const DURATION_UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
/** "off", "shadow", "canary:10%" -> the mode, and the share of requests that a canary answers (0 otherwise). */
const challenger = z
  .string()
  .regex(/^(off|shadow|canary:\d+(\.\d+)?%)$/)
  .transform((text): { mode: ChallengerMode; share: number } => {
    const [mode = '', percent = '0'] = text.split(':');
    return { mode: mode as ChallengerMode, share: Number.parseFloat(percent) / 100 };
  })
  .refine(({ mode, share }) => (mode === 'canary' ? share > 0 && share <= 1 : true));

/** "900", "15m", "12h", "7d" -> seconds. */
const duration = z
  .string()
  .regex(/^[1-9]\d*[smhd]?$/)
  .transform((text) => Number.parseInt(text, 10) * (DURATION_UNITS[text.at(-1) ?? ''] ?? 1));

/** "s3://bucket/a/prefix" -> its parts; undefined for anything else. */
const S3_FOLDER = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([^\s]*))?$/;
/** Where jobs keep their files: a folder, or a part of an S3 bucket. */
const jobsDir = z
  .string()
  .min(1)
  .refine((text) => !text.includes('://') || S3_FOLDER.test(text))
  .transform((text): { bucket: string; prefix: string } | { dir: string } => {
    const [, bucket, prefix = ''] = S3_FOLDER.exec(text) ?? [];
    return bucket === undefined ? { dir: text } : { bucket, prefix: prefix.replace(/\/+$/, '') };
  });

/** "a, b" -> the parts. */
const listOf = (text: string): readonly string[] => text.split(',').map((part) => part.trim());

/** "reports, inputs" -> the names. */
const buckets = z
  .string()
  .transform(listOf)
  .refine((names) => names.every((name) => /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)));

const RATE_WINDOWS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };
/** "600/m" -> so many requests in so many seconds. */
const rate = z
  .string()
  .regex(/^[1-9]\d{0,8}\/[smh]$/)
  .transform((text) => {
    const [requests, unit = ''] = text.split('/');
    return { requests: Number(requests), windowSeconds: RATE_WINDOWS[unit] ?? 1 };
  });

const BITS_OF_IP: Readonly<Record<number, number>> = { 4: 32, 6: 128 };
/** An address or a network of addresses; the network of all is refused, for whoever trusts everybody believes every forged header. */
function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const bits = BITS_OF_IP[isIP(address)];
  if (bits === undefined || rest.length > 0) return false;
  return prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= bits);
}

/** "10.0.0.0/8, loopback" -> its parts, which proxy-addr understands. */
const proxies = z
  .string()
  .transform(listOf)
  .refine((all) =>
    all.every((each) => /^(loopback|linklocal|uniquelocal)$/.test(each) || isNetwork(each)),
  );

const isOrigin = (text: string): boolean =>
  /^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
/** "https://a.example, https://b.example" -> its parts, each as a browser writes it in the header Origin. */
const origins = z
  .string()
  .transform(listOf)
  .refine((all) => all.every(isOrigin));

/** "4", "auto" -> how many processes serve. */
const workers = z
  .string()
  .regex(/^([1-9]\d{0,3}|auto)$/)
  .transform((text) => (text === 'auto' ? availableParallelism() : Number(text)))
  .refine((workers) => workers <= MAX_WORKERS);

interface Setting<T extends z.ZodType> {
  readonly schema: T;
  /** What a good value looks like, for the error message. */
  readonly expected: string;
  readonly meaning: string;
  /** As it would be written in the environment; absent = unset. */
  readonly default?: string;
  readonly secret?: true;
  readonly section: string;
}

/** Checks an entry and keeps its exact shape, so that the type of Config knows which settings have a default. */
const setting = <T extends z.ZodType, E extends Setting<T>>(entry: E & Setting<T>): E => entry;

const MAX_REFRESH_SECONDS = 86_400;

/** How Vault or OpenBao is reached; read before all others, which it may hold. */
export const VAULT_SETTINGS = {
  VAULT_ADDR: setting({
    section: 'Vault',
    schema: z.url({ protocol: /^https?$/ }),
    expected: 'an address such as https://vault:8200',
    meaning:
      'A Vault or OpenBao server that holds secrets: those set neither here nor by a file. Another authority of its certificate: NODE_EXTRA_CA_CERTS. Unset: none.',
  }),
  VAULT_NAMESPACE: setting({
    section: 'Vault',
    schema: z.string().min(1),
    expected: 'the name of a namespace',
    meaning: 'Namespace of login and secret, where Vault has several.',
  }),
  VAULT_SECRET_PATH: setting({
    section: 'Vault',
    schema: z.string().regex(/^[^/\s?#][^\s?#]*\/data\/[^\s?#]*[^/\s?#]$/),
    expected: 'the path of a secret in a KV engine of version 2, <mount>/data/<name>',
    default: 'secret/data/foretell',
    meaning: 'The secret whose keys are the names of secret settings, as in JWT_SECRET.',
  }),
  VAULT_REFRESH: setting({
    section: 'Vault',
    schema: duration.refine((seconds) => seconds <= MAX_REFRESH_SECONDS),
    expected: 'a time such as 60s or 5m, at most 1d',
    default: '5m',
    meaning: 'How often servers look for a new version of the secret.',
  }),
  VAULT_ROLE_ID: setting({
    section: 'Vault',
    schema: z.string().min(1),
    expected: 'the id of a role',
    meaning: 'Login by AppRole.',
  }),
  VAULT_SECRET_ID: setting({
    section: 'Vault',
    schema: z.string().min(1),
    expected: 'the secret id of that role',
    meaning: 'Its secret id. A file (VAULT_SECRET_ID_FILE) is read anew for each login.',
    secret: true,
  }),
  VAULT_KUBERNETES_ROLE: setting({
    section: 'Vault',
    schema: z.string().min(1),
    expected: 'the name of a role',
    meaning: "Login by the pod's service account, in place of AppRole.",
  }),
  VAULT_KUBERNETES_TOKEN_PATH: setting({
    section: 'Vault',
    schema: z.string().min(1),
    expected: 'a file',
    default: '/var/run/secrets/kubernetes.io/serviceaccount/token',
    meaning: "The service account's token; read anew for each login.",
  }),
  VAULT_TOKEN: setting({
    section: 'Vault',
    schema: z.string().min(1),
    expected: 'a token',
    meaning:
      'A token, in place of a login. It is renewed, and not revoked at the end. A file (VAULT_TOKEN_FILE) may be changed while servers run.',
    secret: true,
  }),
  VAULT_AUTH_PATH: setting({
    section: 'Vault',
    schema: z.string().regex(/^auth\/[^\s?#]*[^/\s?#]$/),
    expected: 'a path such as auth/approle',
    meaning: 'Where the login method is mounted. Unset: auth/approle or auth/kubernetes.',
  }),
} as const;

export const SETTINGS = {
  NODE_ENV: setting({
    section: 'Server',
    schema: z.enum(['development', 'production', 'test']),
    expected: 'development, production or test',
    default: 'development',
    meaning:
      'production refuses to start without JWT_SECRET and ADMIN_PASSWORD and logs JSON lines.',
  }),
  HOST: setting({
    section: 'Server',
    schema: z.string().min(1),
    expected: 'an address to listen on',
    default: '127.0.0.1',
    meaning: 'Address to listen on; 0.0.0.0 for every interface, as in a container.',
  }),
  PORT: setting({
    section: 'Server',
    schema: z.coerce.number().int().min(0).max(65_535),
    expected: 'a port number, 0 to 65535',
    default: '8000',
    meaning: 'Port to listen on; 0 picks a free one.',
  }),
  WORKERS: setting({
    section: 'Server',
    schema: workers,
    expected: `a whole number, 1 to ${MAX_WORKERS}, or auto`,
    default: '1',
    meaning:
      'How many processes answer behind the one port; auto: as many as the machine has cores. Each holds the model in memory.',
  }),
  BODY_LIMIT_BYTES: setting({
    section: 'Server',
    schema: count,
    expected: 'a whole number of bytes',
    default: '1048576',
    meaning: 'Largest request body; a larger one is answered with 413.',
  }),
  REQUEST_TIMEOUT: setting({
    section: 'Server',
    schema: duration,
    expected: 'a time such as 30, 30s or 1m',
    default: '30s',
    meaning:
      'How long a request may take to arrive, its headers a third of that; a slower one is answered with 408.',
  }),
  MAX_ROWS_PER_REQUEST: setting({
    section: 'Server',
    schema: count,
    expected: 'a whole number above 0',
    default: '10000',
    meaning:
      'Most rows of one request to /invocations or /v2/.../infer; more are answered with 413.',
  }),
  BATCH_MAX_MB: setting({
    section: 'Server',
    schema: count,
    expected: 'a whole number of megabytes above 0',
    default: '1024',
    meaning: 'Largest upload to /predict/batch (MiB); a larger one is answered with 413.',
  }),
  RATE_LIMIT: setting({
    section: 'Server',
    schema: rate,
    expected: 'requests per second, minute or hour, as in 50/s or 600/m',
    meaning:
      'Most requests of one client: of a user, of an API key, or of an address where no valid credentials are sent; then 429 with Retry-After. Each server counts for itself, its WORKERS together. Unset: no limit.',
  }),
  TRUST_PROXY: setting({
    section: 'Server',
    schema: proxies,
    expected:
      'addresses or networks, divided by commas, such as 10.0.0.0/8; or loopback, linklocal, uniquelocal',
    meaning:
      "The proxies in front: X-Forwarded-For of these is believed, and the caller's address is the last one before them. Unset: the address of the connection, whatever a header says.",
  }),
  CORS_ORIGINS: setting({
    section: 'Server',
    schema: origins,
    expected: 'origins such as https://app.example, divided by commas',
    meaning:
      'Other sites whose scripts may call this server from a browser, with a token or key of their own. Unset: none.',
  }),
  LOG_LEVEL: setting({
    section: 'Server',
    schema: z.enum(['error', 'warn', 'log', 'debug', 'verbose']),
    expected: 'error, warn, log, debug or verbose',
    default: 'log',
    meaning: 'How much the server logs.',
  }),
  VAR_DIR: setting({
    section: 'State',
    schema: z.string().min(1),
    expected: 'a folder',
    default: 'var',
    meaning:
      'All embedded state: database, registry, runs, generated secrets. One folder to back up or delete.',
  }),
  DATABASE_URL: setting({
    section: 'State',
    schema: z.string().regex(/^(sqlite:.+|postgres(ql)?:\/\/.+)$/),
    expected: 'sqlite:<file> or postgres://user:password@host:port/database',
    meaning:
      'Where users, keys and predictions are stored. The password in a file (DATABASE_URL_FILE) may be changed while servers run. Unset: sqlite:<VAR_DIR>/foretell.db.',
    secret: true,
  }),
  PREDICTION_LOG: setting({
    section: 'State',
    schema: z.enum(['acknowledged', 'async', 'off']),
    expected: 'acknowledged, async or off',
    default: 'acknowledged',
    meaning:
      'acknowledged: a prediction is answered once it is stored. async: answered at once and stored soon after; prediction_log_queue_depth says how much a crash would lose. off: nothing is stored.',
  }),
  RETENTION_DAYS: setting({
    section: 'State',
    schema: z.coerce.number().int().min(0),
    expected: 'a whole number of days, 0 to keep everything',
    default: '180',
    meaning: 'How long predictions are kept; 0 keeps everything.',
  }),
  RETENTION_MB: setting({
    section: 'State',
    schema: z.coerce.number().int().min(0),
    expected: 'a whole number of megabytes, 0 for no bound',
    default: '0',
    meaning:
      'How much room the predictions may take (MiB); beyond it the oldest go, however young. 0: only RETENTION_DAYS bounds them.',
  }),
  JOBS: setting({
    section: 'Jobs',
    schema: z.enum(['on', 'off']),
    expected: 'on or off',
    default: 'on',
    meaning:
      'off: this server takes jobs and answers about them, and leaves the work to others on the same database.',
  }),
  JOBS_DIR: setting({
    section: 'Jobs',
    schema: jobsDir,
    expected: 'a folder or s3://bucket/prefix',
    meaning:
      'Where uploads and results of jobs are kept; several servers share a mounted folder or a bucket. Unset: <VAR_DIR>/jobs.',
  }),
  JOBS_S3_BUCKETS: setting({
    section: 'Jobs',
    schema: buckets,
    expected: 'names of buckets, divided by commas',
    meaning:
      "Buckets that a job may name as its input or output; it reads and writes them with this server's credentials. Unset: none.",
  }),
  JOB_MAX_MB: setting({
    section: 'Jobs',
    schema: count,
    expected: 'a whole number of megabytes above 0',
    default: '10240',
    meaning: 'Largest upload of a job (MiB); a larger one is answered with 413.',
  }),
  JOB_PART_ROWS: setting({
    section: 'Jobs',
    schema: count,
    expected: 'a whole number above 0',
    default: '50000',
    meaning:
      'Rows of a job between two checkpoints, fewer where they take longer than two seconds: what is scored again after a server was killed.',
  }),
  JOB_RETENTION_DAYS: setting({
    section: 'Jobs',
    schema: z.coerce.number().int().min(0),
    expected: 'a whole number of days, 0 to keep everything',
    default: '7',
    meaning: 'How long a job and its result are kept after its end; 0 keeps everything.',
  }),
  AWS_ENDPOINT_URL_S3: setting({
    section: 'Jobs',
    schema: z.url({ protocol: /^https?$/ }),
    expected: 'an address such as http://localhost:9000',
    meaning:
      "An S3 server other than AWS'. Credentials come as for every AWS client: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, a profile, or the machine's role.",
  }),
  AWS_REGION: setting({
    section: 'Jobs',
    schema: z.string().min(1),
    expected: 'the name of a region',
    meaning:
      'Region of the S3 buckets. Unset: that of the AWS profile; us-east-1 at another S3 server.',
  }),
  REGISTRY_DIR: setting({
    section: 'Model',
    schema: z.string().min(1),
    expected: 'a folder',
    meaning: 'The embedded model registry. Unset: <VAR_DIR>/registry.',
  }),
  MLFLOW_TRACKING_URI: setting({
    section: 'Model',
    schema: z.url({ protocol: /^https?$/ }),
    expected: 'an address such as http://localhost:5000',
    meaning:
      'An MLflow 3 server for runs and models, in place of the embedded registry and runs. Unset: embedded.',
  }),
  MLFLOW_TRACKING_USERNAME: setting({
    section: 'Model',
    schema: z.string().min(1),
    expected: 'a user name',
    meaning: 'The user at MLflow, where it asks for one.',
  }),
  MLFLOW_TRACKING_PASSWORD: setting({
    section: 'Model',
    schema: z.string().min(1),
    expected: 'a password',
    meaning: 'Its password.',
    secret: true,
  }),
  MLFLOW_TRACKING_TOKEN: setting({
    section: 'Model',
    schema: z.string().min(1),
    expected: 'a token',
    meaning: 'Bearer token for MLflow; wins over user name and password.',
    secret: true,
  }),
  MLFLOW_WEBHOOK_SECRET: setting({
    section: 'Model',
    schema: z.string().min(16),
    expected: 'at least 16 characters',
    meaning:
      "Secret of MLflow's alias webhook to POST /webhooks/mlflow. Unset: that route is closed and the alias is polled only.",
    secret: true,
  }),
  MODEL_NAME: setting({
    section: 'Model',
    schema: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
    expected: 'letters, digits, dot, dash and underscore',
    default: 'foretell',
    meaning: 'The registered model to train and to serve.',
  }),
  MODEL_URI: setting({
    section: 'Model',
    schema: z.string().regex(/^(models|runs):\/.+$/),
    expected: 'models:/<name>@<alias>, models:/<name>/<version> or runs:/<run id>/model',
    meaning: 'Which version to serve. Unset: models:/<MODEL_NAME>@champion.',
  }),
  MODEL_POLL_SECONDS: setting({
    section: 'Model',
    schema: seconds,
    expected: 'a number of seconds above 0',
    default: '10',
    meaning: 'How often the server asks the registry whether its alias has moved.',
  }),
  GIT_COMMIT: setting({
    section: 'Model',
    schema: z
      .string()
      .regex(/^\S+$/)
      .transform((commit) => (commit === 'unknown' ? null : commit)),
    expected: 'the name of a commit',
    meaning:
      'The commit that a trained version names as its code; images have the one that they were built from. Unset or unknown: that of the git checkout, if it is one.',
  }),
  CHALLENGER: setting({
    section: 'Model',
    schema: challenger,
    expected: 'off, shadow or canary:<share>%, as in canary:10%',
    default: 'off',
    meaning:
      'What the version with the alias challenger does at start: nothing, score beside the champion unseen, or answer a share of requests.',
  }),
  JWT_SECRET: setting({
    section: 'Authentication',
    schema: z.string().min(SECRET_MIN),
    expected: `at least ${SECRET_MIN} characters`,
    meaning:
      'What the key that signs access tokens is made from. A file (JWT_SECRET_FILE) may be changed while servers run: they follow it. Unset: generated once under VAR_DIR; production requires it.',
    secret: true,
  }),
  JWT_EXPIRES_IN: setting({
    section: 'Authentication',
    schema: duration,
    expected: 'a duration such as 900, 15m, 12h or 7d',
    default: '15m',
    meaning: 'Life of an access token.',
  }),
  REFRESH_EXPIRES_IN: setting({
    section: 'Authentication',
    schema: duration,
    expected: 'a duration such as 900, 15m, 12h or 7d',
    default: '7d',
    meaning: 'Life of a refresh token; each use rotates it.',
  }),
  BCRYPT_COST: setting({
    section: 'Authentication',
    schema: z.coerce.number().int().min(4).max(16),
    expected: 'a whole number, 4 to 16',
    default: '12',
    meaning: 'bcrypt cost of stored passwords.',
  }),
  ADMIN_USERNAME: setting({
    section: 'Authentication',
    schema: z.string().min(1).max(64),
    expected: 'a user name',
    default: 'admin',
    meaning: 'The administrator made on an empty user table.',
  }),
  ADMIN_PASSWORD: setting({
    section: 'Authentication',
    schema: z.string().min(12),
    expected: 'at least 12 characters',
    meaning: 'Its password. Unset: generated and printed once; production requires it.',
    secret: true,
  }),
  LOGIN_ATTEMPTS: setting({
    section: 'Authentication',
    schema: count,
    expected: 'a whole number above 0',
    default: '10',
    meaning:
      'Failed logins allowed per account and per address within LOGIN_WINDOW; then 429 with Retry-After.',
  }),
  LOGIN_WINDOW: setting({
    section: 'Authentication',
    schema: duration,
    expected: 'a duration such as 900, 15m, 12h or 7d',
    default: '15m',
    meaning: 'The window of LOGIN_ATTEMPTS.',
  }),
  DRIFT_EVERY: setting({
    section: 'Monitoring',
    schema: z.union([z.literal('off').transform(() => 0), duration]),
    expected: 'a time such as 300, 5m or 1h, or off',
    default: '5m',
    meaning: 'How often drift and quality are evaluated; off: only when somebody asks.',
  }),
  DRIFT_WINDOW: setting({
    section: 'Monitoring',
    schema: z.enum(['15m', '1h', '24h', '7d', 'all']),
    expected: '15m, 1h, 24h, 7d or all',
    default: '24h',
    meaning: 'How far back the scheduled evaluation of drift looks.',
  }),
  ANOMALY_EXPECTED_RUN: setting({
    section: 'Monitoring',
    schema: z.union([z.literal('off').transform(() => 0), count.min(1000)]),
    expected: 'a whole number, 1000 or more, or off',
    default: '100000',
    meaning:
      'Values of a stream (latencies, scores, errors) between two false alarms: more of them, and anomalies are rarer and found later. off: nobody looks.',
  }),
  METRICS_TOKEN: setting({
    section: 'Monitoring',
    schema: z.string().min(16),
    expected: 'at least 16 characters',
    meaning: 'Bearer token that GET /metrics requires. Unset: /metrics is open.',
    secret: true,
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: setting({
    section: 'Tracing',
    schema: z.url({ protocol: /^https?$/ }),
    expected: 'an address such as http://localhost:4318',
    meaning:
      'An OpenTelemetry collector that takes OTLP over HTTP: traces of requests are sent there, to /v1/traces. Unset: nothing is traced.',
  }),
  OTEL_EXPORTER_OTLP_HEADERS: setting({
    section: 'Tracing',
    schema: z.string().regex(/^[^=,\s]+=[^,]*(,\s*[^=,\s]+=[^,]*)*$/),
    expected: 'name=value, several divided by commas, values percent-encoded',
    meaning: 'What is sent to the collector with each request, as its key.',
    secret: true,
  }),
  OTEL_SERVICE_NAME: setting({
    section: 'Tracing',
    schema: z.string().min(1),
    expected: 'a name',
    default: 'foretell',
    meaning: 'The name of this service in its traces.',
  }),
  OTEL_TRACES_SAMPLER_ARG: setting({
    section: 'Tracing',
    schema: z.coerce.number().min(0).max(1),
    expected: 'a share, 0 to 1',
    default: '1',
    meaning:
      "Which share of the requests is traced that come without a trace; others are traced if their caller's trace is.",
  }),
  ...VAULT_SETTINGS,
} as const;

export type SettingName = keyof typeof SETTINGS;
