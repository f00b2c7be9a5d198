// A login that lasts: its token is renewed in time, and a new one is asked for where that cannot be done any more.
import { VaultApi, type KvSecret, type Lease, type VaultConfig } from './vault-api.ts';
import { VaultError } from './vault-error.ts';

/** How much of a lease passes before it is renewed: enough is left for a Vault that is away for a while. */
const RENEW_AFTER = 2 / 3;

interface Held extends Lease {
  /** performance.now() from which it wants to be renewed. */
  readonly dueAt: number;
}

export class VaultSession {
  readonly #api: VaultApi;
  /** A token that was given belongs to who gave it. */
  readonly #ownsToken: boolean;
  #held: Held | null = null;

  constructor(config: VaultConfig) {
    this.#api = new VaultApi(config);
    this.#ownsToken = config.login.kind !== 'token';
  }

  /** The newest version of the secret, by a token that is good. Throws VaultError. */
  async read(): Promise<KvSecret> {
    const known = this.#held;
    const { token } = await this.#keep();
    try {
      return await this.#api.read(token);
    } catch (error) {
      // A token of before may have been revoked; one that is new is told the truth.
      if (known?.token !== token || !isRefusal(error)) throw error;
      const { token: another } = await this.#logIn();
      return await this.#api.read(another);
    }
  }

  /** Milliseconds until the token wants to be renewed. */
  dueInMs(): number {
    return this.#held === null ? 0 : Math.max(0, this.#held.dueAt - performance.now());
  }

  /** Best effort: what cannot be revoked expires. */
  async close(): Promise<void> {
    const held = this.#held;
    this.#held = null;
    if (held !== null && this.#ownsToken) await this.#api.revoke(held.token).catch(() => null);
  }

  async #keep(): Promise<Held> {
    const held = this.#held;
    if (held === null) return this.#logIn();
    if (this.dueInMs() > 0) return held;
    if (!held.renewable) return this.#logIn();
    try {
      const renewed = await this.#api.renew(held.token);
      // Less than it had: the end of its longest life is near, which no renewal moves. 0 is less than a second then, not without end.
      if (renewed.seconds === 0) return await this.#logIn();
      const renewable = renewed.renewable && renewed.seconds >= held.seconds;
      return this.#hold({ ...renewed, renewable });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return this.#logIn();
    }
  }

  async #logIn(): Promise<Held> {
    return this.#hold(await this.#api.logIn());
  }

  #hold(lease: Lease): Held {
    const lastsMs = lease.seconds === 0 ? Infinity : lease.seconds * 1000 * RENEW_AFTER;
    this.#held = { ...lease, dueAt: performance.now() + lastsMs };
    return this.#held;
  }
}

const isRefusal = (error: unknown): boolean =>
  error instanceof VaultError && (error.status === 400 || error.status === 403);
