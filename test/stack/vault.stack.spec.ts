// The product as it is started, with its secrets in Vault: the signing key and the password of a real PostgreSQL change under running servers. The Vault is one
// that answers as its API is documented (test/support/vault-server.ts); deploy/vault/check.mjs asks a real one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { publish } from '../support/prediction-server.ts';
import { cleanEnvironment, startServer, type StartedServer } from '../support/started-server.ts';
import { ROLE_ID, VaultServer } from '../support/vault-server.ts';
import { changePassword, startPostgres } from './support/postgres.ts';
import type { StackServer } from './support/process.ts';
import { untilTrue } from '../support/until.ts';

const ADMIN_PASSWORD = 'the admin of the stack tests';
const FIRST_KEY = 'the first secret of the stack tests';
const SECOND_KEY = 'the second secret of the stack tests';
const THIRD_KEY = 'the third secret of the stack tests';
const FOURTH_KEY = 'the fourth secret of the stack tests';
const NEW_PASSWORD = 'another-password';
const ROW = { 'mean radius': 14, 'mean texture': 19, side: 'left' };
const WORKERS = 2;
/** Connections are handed out in turn: each worker has several of so many. */
const ROUND = 4 * WORKERS;
const LIMIT_MS = 60_000;
/** Tokens of Vault: short, so that they are renewed more than once while the tests run. */
const TTL_SECONDS = 8;

let dir: string;
let postgres: StackServer;
let vault: VaultServer;
let databaseUrl: string;
const started: StartedServer[] = [];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'stack-vault-'));
  await publish(dir);
  postgres = await startPostgres();
  databaseUrl = postgres.url;
  vault = await VaultServer.start({ ttl: TTL_SECONDS, maxTtl: 3600 });
  put(FIRST_KEY);
});
afterAll(async () => {
  for (const server of started) await server.stop('SIGTERM');
  await vault.down();
  await postgres.stop();
  rmSync(dir, { recursive: true, force: true });
});

function put(key: string): void {
  vault.put({ JWT_SECRET: key, DATABASE_URL: databaseUrl, ADMIN_PASSWORD });
}

const environment = (more: Record<string, string> = {}): Record<string, string> => ({
  VAR_DIR: mkdtempSync(join(dir, 'var-')),
  REGISTRY_DIR: join(dir, 'registry'),
  BCRYPT_COST: '4',
  NODE_ENV: 'production',
  VAULT_ADDR: vault.url,
  VAULT_ROLE_ID: ROLE_ID,
  VAULT_SECRET_ID: vault.secretId,
  ...more,
});

async function start(more: Record<string, string>): Promise<StartedServer> {
  const server = await startServer({
    env: environment(more),
    command: ['node', 'dist/src/main.js'],
  });
  started.push(server);
  return server;
}

async function tokenOf({ url }: StartedServer): Promise<string> {
  const body = new URLSearchParams({ username: 'admin', password: ADMIN_PASSWORD });
  const answer = await fetch(`${url}/token`, { method: 'POST', body });
  return ((await answer.json()) as { access_token: string }).access_token;
}

const kidOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString()) as { kid: string })
    .kid;

async function publishedKeys({ url }: StartedServer): Promise<string[]> {
  const answer = await fetch(`${url}/.well-known/jwks.json`, { headers: { connection: 'close' } });
  return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
}

/** On a connection of its own: on any of the workers. */
async function predict({ url }: StartedServer, token: string): Promise<number> {
  const { status } = await fetch(`${url}/predict`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      connection: 'close',
    },
    body: JSON.stringify({ features: ROW }),
  });
  return status;
}

/** Distinct statuses of as many requests as reach every worker. */
async function predictEverywhere(server: StartedServer, token: string): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < ROUND; i++) statuses.push(await predict(server, token));
  return [...new Set(statuses)];
}

describe(`a server of ${WORKERS} workers`, () => {
  let server: StartedServer;
  let oldToken: string;
  beforeAll(async () => {
    server = await start({ WORKERS: String(WORKERS), VAULT_REFRESH: '1s' });
    oldToken = await tokenOf(server);
  });

  it('logs in once for all, and takes the secrets that it finds', async () => {
    expect(vault.count('POST /v1/auth/approle/login')).toBe(1);
    expect(await predictEverywhere(server, oldToken)).toEqual([200]);
    expect(server.output()).toContain(
      'Secrets from Vault (secret/data/foretell, version 1): JWT_SECRET, DATABASE_URL, ADMIN_PASSWORD.',
    );
  });

  it('follows a new signing key on every worker; tokens of the one before stay good', async () => {
    const [first = ''] = await publishedKeys(server);
    put(SECOND_KEY);
    await untilTrue(async () => kidOf(await tokenOf(server)) !== first, LIMIT_MS);
    const newToken = await tokenOf(server);
    expect(await predictEverywhere(server, newToken)).toEqual([200]);
    expect(await predictEverywhere(server, oldToken)).toEqual([200]);
    await untilTrue(async () => (await publishedKeys(server)).length === 2, LIMIT_MS);
    expect(kidOf(oldToken)).toBe(first);
    const said = 'Version 2 of the secrets in Vault: JWT_SECRET changed.';
    await untilTrue(() => Promise.resolve(server.output().includes(said)), LIMIT_MS);
  });

  it('connects with the password that the database has now', async () => {
    await changePassword(databaseUrl, NEW_PASSWORD, (url) => {
      databaseUrl = url;
      put(SECOND_KEY);
    });
    // Answered is stored: PREDICTION_LOG is `acknowledged`.
    await untilTrue(
      async () => (await predictEverywhere(server, oldToken)).join(',') === '200',
      LIMIT_MS,
    );
  });

  it('goes on without Vault, says so once, and follows it again when it is back', async () => {
    await vault.down();
    await untilTrue(
      () => Promise.resolve(server.output().includes('cannot be read anew')),
      LIMIT_MS,
    );
    // Longer than the token lives.
    await pause(1.5 * TTL_SECONDS * 1000);
    expect(await predictEverywhere(server, oldToken)).toEqual([200]);
    expect(server.output().match(/cannot be read anew/g)).toHaveLength(1);
    put(THIRD_KEY);
    await vault.up();
    await untilTrue(() => Promise.resolve(server.output().includes('are read again')), LIMIT_MS);
    const kid = kidOf(await tokenOf(server));
    await untilTrue(async () => {
      const now = kidOf(await tokenOf(server));
      return now !== kid || (await publishedKeys(server)).length === 3;
    }, LIMIT_MS);
    expect(await predictEverywhere(server, oldToken)).toEqual([200]);
  });

  it('gives its token back at the end, and has told no secret', async () => {
    const renewed = () => vault.count('POST /v1/auth/token/renew-self 200');
    await untilTrue(() => Promise.resolve(renewed() > 1), LIMIT_MS);
    const held = vault.tokens.size;
    expect(await server.stop('SIGTERM')).toBe(0);
    expect(vault.tokens.size).toBe(held - 1);
    for (const secret of [FIRST_KEY, SECOND_KEY, ADMIN_PASSWORD, NEW_PASSWORD, vault.secretId])
      expect(server.output()).not.toContain(secret);
  });
});

it('a server that has not looked yet takes the token by which another one already signs', async () => {
  // Longer than the test: the late one looks neither on schedule nor to renew its token.
  vault.ttl = 3600;
  const [late, early] = [await start({}), await start({ VAULT_REFRESH: '1s' })];
  const before = kidOf(await tokenOf(early));
  put(FOURTH_KEY);
  await untilTrue(async () => kidOf(await tokenOf(early)) !== before, LIMIT_MS);
  expect(kidOf(await tokenOf(late))).toBe(before);
  expect(await predict(late, await tokenOf(early))).toBe(200);
});

async function run(
  program: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly said: string }> {
  const child = spawn('node', [program], { env: cleanEnvironment(env) });
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await once(child, 'exit')) as [number];
  return { code, said: (await said).join('') };
}

describe('npm run migrate', () => {
  const migrate = (more: Record<string, string> = {}) =>
    run('dist/src/migrate.js', environment(more));

  it('has the secrets for as long as it takes, and gives its token back', async () => {
    const REVOKED = 'POST /v1/auth/token/revoke-self 204';
    const [held, revoked] = [vault.tokens.size, vault.count(REVOKED)];
    const { code, said } = await migrate();
    expect(said).toMatch(/^The schema is /);
    expect(code).toBe(0);
    expect(vault.tokens.size).toBe(held);
    expect(vault.count(REVOKED)).toBe(revoked + 1);
  });

  it('ends in one line where Vault does not let it in', async () => {
    const { code, said } = await migrate({ VAULT_SECRET_ID: 'wrong-one' });
    expect(code).toBe(1);
    expect(said).toMatch(/^foretell: Vault refused the login \(400\); correct VAULT_ROLE_ID.*\n$/);
  });
});

it('deploy/vault/check.mjs goes through, on a server that does as a real one is documented to', async () => {
  const { code, said } = await run('deploy/vault/check.mjs', {
    VAULT_ADDR: vault.url,
    VAULT_TOKEN: vault.issue(true),
    VAULT_ROLE_ID: ROLE_ID,
    VAULT_SECRET_ID: vault.secretId,
  });
  expect({ code, failed: said.match(/^FAIL.*/gm) }).toEqual({ code: 0, failed: null });
  expect(said.match(/^ok /gm)).toHaveLength(7);
});
