// The secrets in Vault as they are now: read at the start, looked at again and again, kept where Vault is away.
import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../../common/errors.ts';
import type { SecretStore } from '../live-secret.ts';
import { checkSecrets } from './check-secrets.ts';
import type { KvSecret, VaultConfig } from './vault-api.ts';
import { VaultSession } from './vault-session.ts';

/** Of looks that callers ask for: Vault need not be asked for each connection and each made-up token. */
const LOOK_AGAIN_AFTER_MS = 1000;
/** How long a caller waits for one; what is known goes on. */
const LOOK_PATIENCE_MS = 1000;
const MIN_PAUSE_MS = 500;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;
const END_PATIENCE_MS = 2000;
/** What servers take over while they run; everything else is read at their start. */
const FOLLOWED: ReadonlySet<string> = new Set(['JWT_SECRET', 'DATABASE_URL']);

type Secrets = Readonly<Record<string, string>>;

/** Where it is told what happens, as Nest's Logger takes it. */
export interface SecretsLog {
  log(line: string): void;
  warn(line: string): void;
}

export interface Follower {
  readonly log: SecretsLog;
  /** Called at once, and for each new version. */
  readonly changed?: (secrets: Secrets) => Promise<void>;
}

export class VaultSecrets implements SecretStore {
  readonly #config: VaultConfig;
  readonly #session: VaultSession;
  /** Names that the settings took from here: of the others the environment has its own. */
  readonly #taken = new Set<string>();
  #secrets: Secrets = {};
  #version = 0;
  #follower: Follower | null = null;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | null = null;
  #lookedAt = 0;
  #failures = 0;
  #problem: string | null = null;
  #closed = false;

  private constructor(config: VaultConfig) {
    this.#config = config;
    this.#session = new VaultSession(config);
  }

  /** Logged in, the secret read and checked. Throws VaultError. */
  static async open(config: VaultConfig): Promise<VaultSecrets> {
    const secrets = new VaultSecrets(config);
    try {
      await secrets.#read();
    } catch (error) {
      await secrets.close();
      throw error;
    }
    return secrets;
  }

  get(name: string): string | undefined {
    if (name in this.#secrets) this.#taken.add(name);
    return this.#secrets[name];
  }

  /** Renews the login and looks for new versions from now on, until it is closed. */
  async follow(follower: Follower): Promise<void> {
    this.#follower = follower;
    follower.log.log(this.#summary());
    await follower.changed?.(this.#secrets);
    this.#schedule();
  }

  async refresh(): Promise<void> {
    const recent = performance.now() - this.#lookedAt < LOOK_AGAIN_AFTER_MS;
    // While Vault is away nobody waits for it: it is tried again in its time.
    if (this.#looking === null && (recent || this.#failures > 0)) return;
    await within(LOOK_PATIENCE_MS, this.#look());
  }

  /** Revokes the token. Never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await within(END_PATIENCE_MS, this.#session.close());
  }

  /** One at a time. Never rejects. */
  #look(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#looking ??= this.#read()
      .then(
        () => {
          this.#succeed();
        },
        (error: unknown) => {
          this.#fail(messageOf(error));
        },
      )
      .finally(() => {
        this.#looking = null;
        this.#schedule();
      });
    return this.#looking;
  }

  async #read(): Promise<void> {
    this.#lookedAt = performance.now();
    const secret = await this.#session.read();
    if (secret.version === this.#version) return;
    const before = this.#secrets;
    this.#secrets = checkSecrets(secret.data, {
      path: this.#config.secretPath,
      needed: this.#taken,
    });
    this.#version = secret.version;
    await this.#tell(secret, before);
  }

  async #tell({ version }: KvSecret, before: Secrets): Promise<void> {
    if (this.#follower === null) return;
    const { log, changed } = this.#follower;
    const names = [...this.#taken].filter((name) => before[name] !== this.#secrets[name]);
    const late = names.filter((name) => !FOLLOWED.has(name));
    log.log(
      `Version ${version} of the secrets in Vault: ${names.join(', ') || 'nothing in use'} changed${late.length === 0 ? '' : `; ${late.join(', ')}: from the next start on`}.`,
    );
    await changed?.(this.#secrets);
  }

  #succeed(): void {
    this.#failures = 0;
    if (this.#problem === null) return;
    this.#problem = null;
    this.#follower?.log.log('The secrets in Vault are read again.');
  }

  /** Told once for each reason. */
  #fail(problem: string): void {
    this.#failures += 1;
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#follower?.log.warn(
      `The secrets in Vault cannot be read anew (${problem}); those read before go on.`,
    );
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#closed || this.#follower === null) return;
    const waitMs =
      this.#failures === 0
        ? Math.min(this.#config.refreshSeconds * 1000, this.#session.dueInMs())
        : Math.min(FIRST_RETRY_MS * 2 ** (this.#failures - 1), LONGEST_RETRY_MS);
    this.#timer = setTimeout(() => void this.#look(), Math.max(waitMs, MIN_PAUSE_MS)).unref();
  }

  #summary(): string {
    const names = Object.keys(this.#secrets);
    const own = names.filter((name) => !this.#taken.has(name));
    const taken = names.filter((name) => this.#taken.has(name));
    return (
      `Secrets from Vault (${this.#config.secretPath}, version ${this.#version}): ${taken.join(', ') || 'none'}.` +
      (own.length === 0 ? '' : ` Set in the environment as well, which wins: ${own.join(', ')}.`)
    );
  }
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  const enough = new AbortController();
  await Promise.race([work, pause(ms, undefined, enough).catch(() => undefined)]);
  enough.abort();
}
