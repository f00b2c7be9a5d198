// The HTTP API of Vault and OpenBao, as far as it is needed: log in, renew and revoke a token, read a secret of a KV engine (version 2).
// https://developer.hashicorp.com/vault/api-docs
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { VaultError, refusedLogin, refusedRead, unreachable } from './vault-error.ts';

const ANSWER_TIMEOUT_MS = 5000;

export interface VaultConfig {
  readonly address: string;
  readonly namespace: string | null;
  /** `<mount>/data/<name>`. */
  readonly secretPath: string;
  readonly refreshSeconds: number;
  readonly login: VaultLogin;
}

/** What proves who asks; secrets are read anew for each login. */
export type VaultLogin =
  | {
      readonly kind: 'approle';
      readonly path: string;
      readonly roleId: string;
      readonly secretId: () => string;
    }
  | {
      readonly kind: 'kubernetes';
      readonly path: string;
      readonly role: string;
      readonly tokenPath: string;
    }
  | { readonly kind: 'token'; readonly token: () => string };

export interface Lease {
  readonly token: string;
  /** 0: without end. */
  readonly seconds: number;
  readonly renewable: boolean;
}

export interface KvSecret {
  readonly version: number;
  readonly data: Readonly<Record<string, unknown>>;
}

const granted = z.object({
  auth: z.object({
    client_token: z.string().min(1),
    lease_duration: z.number().min(0),
    renewable: z.boolean(),
  }),
});

const lookedUp = z.object({ data: z.object({ ttl: z.number().min(0), renewable: z.boolean() }) });

const kvSecret = z.object({
  data: z.object({
    data: z.record(z.string(), z.unknown()),
    metadata: z.object({ version: z.number().int() }),
  }),
});

interface Call {
  readonly token?: string;
  readonly body?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  /** null: it is not JSON. */
  readonly body: unknown;
}

export class VaultApi {
  readonly #config: VaultConfig;

  constructor(config: VaultConfig) {
    this.#config = config;
  }

  /** Throws VaultError. */
  async logIn(): Promise<Lease> {
    const { login } = this.#config;
    if (login.kind === 'token') return this.#lookUp(login.token());
    const proof =
      login.kind === 'approle'
        ? { role_id: login.roleId, secret_id: login.secretId() }
        : { role: login.role, jwt: readServiceAccount(login.tokenPath) };
    const { status, body } = await this.#send('POST', `${login.path}/login`, { body: proof });
    if (status !== 200) throw refusedLogin(this.#config, status);
    return leaseOf(body);
  }

  /** Throws VaultError: with the status 400 or 403 where the token cannot be renewed any more. */
  async renew(token: string): Promise<Lease> {
    const { status, body } = await this.#send('POST', 'auth/token/renew-self', { token, body: {} });
    if (status !== 200) throw new VaultError('the token cannot be renewed', status);
    return { ...leaseOf(body), token };
  }

  /** The newest version. Throws VaultError. */
  async read(token: string): Promise<KvSecret> {
    const { status, body } = await this.#send('GET', this.#config.secretPath, { token });
    if (status !== 200) throw refusedRead(this.#config, status);
    const { success, data } = kvSecret.safeParse(body);
    if (!success)
      throw new VaultError(
        `${this.#config.secretPath} is no secret of a KV engine of version 2; correct VAULT_SECRET_PATH: <mount>/data/<name>`,
        status,
      );
    return { version: data.data.metadata.version, data: data.data.data };
  }

  /** Throws VaultError. */
  async revoke(token: string): Promise<void> {
    await this.#send('POST', 'auth/token/revoke-self', { token });
  }

  /** A token that was given is used as long as it lives. */
  async #lookUp(token: string): Promise<Lease> {
    const { status, body } = await this.#send('GET', 'auth/token/lookup-self', { token });
    if (status !== 200) throw refusedLogin(this.#config, status);
    const { ttl, renewable } = understood(lookedUp, body).data;
    return { token, seconds: ttl, renewable };
  }

  async #send(method: string, path: string, { token, body }: Call): Promise<Answer> {
    const { address, namespace } = this.#config;
    try {
      const answer = await fetch(`${address.replace(/\/+$/, '')}/v1/${path}`, {
        method,
        headers: {
          'x-vault-request': 'true',
          ...(namespace !== null && { 'x-vault-namespace': namespace }),
          ...(token !== undefined && { 'x-vault-token': token }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      });
      return { status: answer.status, body: parseJson(await answer.text()) };
    } catch (error) {
      throw unreachable(this.#config, error);
    }
  }
}

function leaseOf(body: unknown): Lease {
  const { auth } = understood(granted, body);
  return { token: auth.client_token, seconds: auth.lease_duration, renewable: auth.renewable };
}

function understood<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const { success, data } = schema.safeParse(body);
  if (success) return data;
  throw new VaultError('the server at VAULT_ADDR does not answer as Vault does', null);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function readServiceAccount(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    throw new VaultError(
      'VAULT_KUBERNETES_TOKEN_PATH names a file that cannot be read; mount a service account token there',
      null,
    );
  }
}
