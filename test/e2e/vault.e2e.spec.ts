// Secrets from Vault by its HTTP API: logins, what is said of each fault, leases, new versions, a Vault that is away.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseConfig, parseVault, type Config } from '../../src/config/load-config.ts';
import { VaultSecrets } from '../../src/config/vault/vault-secrets.ts';
import { KUBERNETES_ROLE, ROLE_ID, VaultServer } from '../support/vault-server.ts';

const JWT_SECRET = 'a secret of thirty-two characters';
const OTHER = 'another secret of so many characters';
const DATABASE_URL = 'postgres://foretell:first@db/foretell';
const PATIENCE_MS = 40_000;

type Environment = Readonly<Record<string, string>>;

class Lines {
  readonly told: string[] = [];
  log = (line: string): void => void this.told.push(line);
  warn = (line: string): void => void this.told.push(`warn ${line}`);
}

let dir: string;
let vault: VaultServer;
const opened: VaultSecrets[] = [];

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'vault-'));
});
afterEach(async () => {
  for (const secrets of opened.splice(0)) await secrets.close();
  await vault.down();
});
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

async function startVault(options: ConstructorParameters<typeof VaultServer>[0] = {}) {
  vault = await VaultServer.start(options);
  vault.put({ JWT_SECRET, DATABASE_URL });
}

const approle = (more: Environment = {}): Environment => ({
  VAULT_ADDR: vault.url,
  VAULT_ROLE_ID: ROLE_ID,
  VAULT_SECRET_ID: vault.secretId,
  VAULT_REFRESH: '1s',
  ...more,
});

async function open(environment: Environment): Promise<VaultSecrets> {
  const config = parseVault(environment);
  if (config === null) throw new Error('the environment names no Vault');
  const secrets = await VaultSecrets.open(config);
  opened.push(secrets);
  return secrets;
}

async function follow(environment: Environment): Promise<{ lines: Lines; config: Config }> {
  const secrets = await open(environment);
  const config = parseConfig(environment, secrets);
  const lines = new Lines();
  await secrets.follow({ log: lines });
  return { lines, config };
}

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!holds()) {
    if (Date.now() > end) throw new Error('not in time');
    await pause(20);
  }
}

const jwtOf = ({ auth }: Config): string | undefined => auth.liveJwtSecret?.read();

describe('login', () => {
  it('by AppRole gives settings that are nowhere else, and ends with a revoked token', async () => {
    await startVault();
    const secrets = await open(approle());
    const config = parseConfig(approle(), secrets);
    expect(config.auth.jwtSecret).toBe(JWT_SECRET);
    expect(config.database).toMatchObject({ kind: 'postgres', url: DATABASE_URL });
    expect(vault.tokens.size).toBe(1);
    await secrets.close();
    expect(vault.tokens.size).toBe(0);
    expect(vault.requests).toEqual([
      'POST /v1/auth/approle/login 200',
      'GET /v1/secret/data/foretell 200',
      'POST /v1/auth/token/revoke-self 204',
    ]);
  });

  it("by the pod's service account, in a namespace", async () => {
    await startVault({ namespace: 'team-a' });
    const file = join(dir, 'token');
    writeFileSync(file, `${vault.serviceAccountToken}\n`);
    const environment = {
      VAULT_ADDR: vault.url,
      VAULT_NAMESPACE: 'team-a',
      VAULT_KUBERNETES_ROLE: KUBERNETES_ROLE,
      VAULT_KUBERNETES_TOKEN_PATH: file,
    };
    expect(parseConfig(environment, await open(environment)).auth.jwtSecret).toBe(JWT_SECRET);
    await expect(open({ ...environment, VAULT_NAMESPACE: 'team-b' })).rejects.toThrow(
      /refused the login \(403\).*VAULT_NAMESPACE/,
    );
    await expect(open({ ...environment, VAULT_KUBERNETES_ROLE: 'other' })).rejects.toThrow(
      /refused the login \(400\); correct VAULT_KUBERNETES_ROLE/,
    );
    await expect(
      open({ ...environment, VAULT_KUBERNETES_TOKEN_PATH: `${file}-gone` }),
    ).rejects.toThrow(/VAULT_KUBERNETES_TOKEN_PATH names a file that cannot be read/);
  });

  it('by a token that was given leaves that token alone', async () => {
    await startVault();
    const token = vault.issue();
    const secrets = await open({ VAULT_ADDR: vault.url, VAULT_TOKEN: token });
    await secrets.close();
    expect([...vault.tokens.keys()]).toEqual([token]);
  });

  it.each([
    ['no login', {}],
    ['half a login', { VAULT_ROLE_ID: ROLE_ID }],
    ['two logins', { VAULT_TOKEN: 't', VAULT_KUBERNETES_ROLE: 'r' }],
  ])('is refused where the environment has %s', async (_, environment) => {
    await startVault();
    expect(() => parseVault({ VAULT_ADDR: vault.url, ...environment })).toThrow(
      /VAULT_ADDR needs one way to log in/,
    );
  });

  it('is not tried where VAULT_ADDR is unset', async () => {
    await startVault();
    expect(parseVault({ VAULT_TOKEN: 't' })).toBeNull();
    expect(vault.requests).toEqual([]);
  });
});

describe('what is set in the environment', () => {
  it('wins, and that is told', async () => {
    await startVault();
    const { lines, config } = await follow(approle({ JWT_SECRET: OTHER }));
    expect(config.auth).toMatchObject({ jwtSecret: OTHER, liveJwtSecret: null });
    expect(lines.told).toEqual([
      'Secrets from Vault (secret/data/foretell, version 1): DATABASE_URL. Set in the environment as well, which wins: JWT_SECRET.',
    ]);
  });
});

describe('a fault at the start is told with what to do, and without a value', () => {
  beforeEach(() => startVault());

  it.each<[string, () => Environment, RegExp]>([
    [
      'a wrong secret id',
      () => approle({ VAULT_SECRET_ID: 'wrong-one' }),
      /refused the login \(400\); correct VAULT_ROLE_ID, put a new secret id in VAULT_SECRET_ID/,
    ],
    [
      'a sealed Vault',
      () => {
        vault.sealed = true;
        return approle();
      },
      /Vault at http:\/\/127.0.0.1:\d+ is sealed .*\(503\); unseal it/,
    ],
    [
      'a policy without read',
      () => {
        vault.mayRead = false;
        return approle();
      },
      /does not let this role read secret\/data\/foretell \(403\); give it a policy/,
    ],
    [
      'a path without a secret',
      () => approle({ VAULT_SECRET_PATH: 'secret/data/elsewhere' }),
      /no secret at secret\/data\/elsewhere \(404\)/,
    ],
    [
      'a secret that was deleted',
      () => {
        vault.put(null);
        return approle();
      },
      /no secret at secret\/data\/foretell \(404\), or its newest version was deleted/,
    ],
    [
      'https where http is spoken',
      () => approle({ VAULT_ADDR: vault.url.replace('http', 'https') }),
      /does not speak TLS/,
    ],
    [
      'a token that is unknown',
      () => ({ VAULT_ADDR: vault.url, VAULT_TOKEN: 'hvs.unknown' }),
      /refused the login \(403\); put a new token in VAULT_TOKEN/,
    ],
    [
      'a misspelt key and a value that its setting refuses',
      () => {
        vault.put({ JWT_SECERT: JWT_SECRET, METRICS_TOKEN: 'shorty', PORT: '80' });
        return approle();
      },
      /secret\/data\/foretell in Vault cannot be used: JWT_SECERT is the name of no secret setting; METRICS_TOKEN must be at least 16 characters; PORT is the name of no/,
    ],
  ])('%s', async (_, environmentOf, message) => {
    const attempt = open(environmentOf());
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.not.toThrow(
      new RegExp(`wrong-one|hvs\\.|shorty|${JWT_SECRET}|${vault.secretId}`),
    );
  });

  it('an address where nobody listens', async () => {
    const gone = await VaultServer.start();
    await gone.down();
    await expect(open(approle({ VAULT_ADDR: gone.url }))).rejects.toThrow(
      `Vault cannot be reached at ${gone.url} (ECONNREFUSED); start it, or correct VAULT_ADDR`,
    );
  });

  it('a server that is no Vault', async () => {
    const other = createServer((_, response) => response.end('<html>')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(open(approle({ VAULT_ADDR: `http://127.0.0.1:${port}` }))).rejects.toThrow(
      'the server at VAULT_ADDR does not answer as Vault does',
    );
    other.close();
  });

  it('a path that is not of a KV engine of version 2', () => {
    expect(() => parseVault(approle({ VAULT_SECRET_PATH: 'secret/foretell' }))).toThrow(
      /VAULT_SECRET_PATH must be the path of a secret in a KV engine of version 2/,
    );
  });
});

it('a certificate that nobody vouches for is refused', async () => {
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const subject = ['-subj', '/CN=vault', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-keyout', key, '-out', cert, '-days', '1', ...subject],
  ]);
  await startVault({
    tls: { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') },
  });
  await expect(open(approle())).rejects.toThrow(
    /certificate is not trusted: name the file of its authority in NODE_EXTRA_CA_CERTS/,
  );
});

describe('the lease', () => {
  const LOGIN = 'POST /v1/auth/approle/login 200';
  const RENEWAL = 'POST /v1/auth/token/renew-self 200';

  it('is renewed before it ends, by the same token', async () => {
    await startVault({ ttl: 4 });
    await follow(approle({ VAULT_REFRESH: '1h' }));
    await until(() => vault.count(RENEWAL) >= 3);
    expect(vault.count(LOGIN)).toBe(1);
    expect(vault.requests.filter((request) => request.endsWith(' 403'))).toEqual([]);
  });

  it('is followed by a new login where its longest life is reached', async () => {
    await startVault({ ttl: 5, maxTtl: 8 });
    await follow(approle({ VAULT_REFRESH: '1h' }));
    await until(() => vault.count(LOGIN) >= 2);
    expect(vault.count(RENEWAL)).toBeGreaterThanOrEqual(1);
    expect(vault.requests.filter((request) => request.endsWith(' 403'))).toEqual([]);
  });

  it('is followed by a new login where it cannot be renewed', async () => {
    await startVault({ ttl: 2, renewable: false });
    await follow(approle({ VAULT_REFRESH: '1h' }));
    await until(() => vault.count(LOGIN) >= 2);
    expect(vault.count('POST /v1/auth/token/renew-self')).toBe(0);
  });

  it('is followed by a new login where somebody revoked the token, with the secret id that its file has now', async () => {
    await startVault();
    const file = join(dir, 'secret-id');
    writeFileSync(file, vault.secretId);
    const { lines, config } = await follow({
      VAULT_ADDR: vault.url,
      VAULT_ROLE_ID: ROLE_ID,
      VAULT_SECRET_ID_FILE: file,
      VAULT_REFRESH: '1s',
    });
    vault.secretId = 'a new one';
    writeFileSync(file, 'a new one\n');
    vault.tokens.clear();
    vault.put({ JWT_SECRET: OTHER, DATABASE_URL });
    await until(() => jwtOf(config) === OTHER);
    expect(lines.told.filter((line) => line.startsWith('warn'))).toEqual([]);
  });
});

it('a token that was given and has come to its end is asked for once, and taken from its file', async () => {
  await startVault({ ttl: 4, maxTtl: 4 });
  const file = join(dir, 'vault-token');
  writeFileSync(file, vault.issue());
  const environment = { VAULT_ADDR: vault.url, VAULT_TOKEN_FILE: file, VAULT_REFRESH: '1s' };
  const { lines, config } = await follow(environment);
  await until(() => lines.told.length === 2);
  expect(lines.told[1]).toMatch(/^warn .*\(403\); put a new token in VAULT_TOKEN/);
  vault.ttl = 3600;
  writeFileSync(file, vault.issue());
  vault.put({ JWT_SECRET: OTHER, DATABASE_URL });
  await until(() => jwtOf(config) === OTHER);
});

describe('a new version', () => {
  it('is followed, and what changed is told by name', async () => {
    await startVault();
    const { lines, config } = await follow(approle());
    vault.put({ JWT_SECRET: OTHER, DATABASE_URL });
    await until(() => jwtOf(config) === OTHER);
    expect(lines.told.at(-1)).toBe('Version 2 of the secrets in Vault: JWT_SECRET changed.');
  });

  it('that takes a restart says so', async () => {
    await startVault();
    vault.put({ JWT_SECRET, METRICS_TOKEN: 'sixteen characters' });
    const { lines } = await follow(approle());
    vault.put({ JWT_SECRET, METRICS_TOKEN: 'another sixteen characters' });
    await until(() => lines.told.length === 2);
    expect(lines.told[1]).toBe(
      'Version 3 of the secrets in Vault: METRICS_TOKEN changed; METRICS_TOKEN: from the next start on.',
    );
  });

  it('is looked for at once by whoever needs it', async () => {
    await startVault();
    const { config } = await follow(approle({ VAULT_REFRESH: '1h' }));
    await pause(1100);
    vault.put({ JWT_SECRET: OTHER, DATABASE_URL });
    await config.auth.liveJwtSecret?.refresh();
    expect(jwtOf(config)).toBe(OTHER);
  });

  it.each([
    ['lacks a secret in use', { JWT_SECRET: OTHER }, 'DATABASE_URL is not there any more'],
    ['has a bad one', { JWT_SECRET: 'short', DATABASE_URL }, 'JWT_SECRET must be at least 32'],
  ])('that %s is told once and not used, until a good one comes', async (_, data, problem) => {
    await startVault();
    const { lines, config } = await follow(approle());
    vault.put(data);
    await until(() => lines.told.length === 2);
    await until(() => vault.count('GET /v1/secret/data/foretell 200') >= 4);
    expect(lines.told[1]).toContain(problem);
    expect(lines.told).toHaveLength(2);
    expect(jwtOf(config)).toBe(JWT_SECRET);
    vault.put({ JWT_SECRET: OTHER, DATABASE_URL });
    await until(() => jwtOf(config) === OTHER);
  });
});

it('a Vault that is away costs nothing but new versions: it is told once, and again when it is back', async () => {
  await startVault();
  const { lines, config } = await follow(approle());
  await vault.down();
  await until(() => lines.told.length === 2);
  expect(lines.told[1]).toMatch(
    /^warn The secrets in Vault cannot be read anew \(.*ECONNREFUSED.*\); those read before go on\.$/,
  );
  await pause(1500);
  expect(lines.told).toHaveLength(2);
  expect(jwtOf(config)).toBe(JWT_SECRET);
  const before = performance.now();
  await config.auth.liveJwtSecret?.refresh();
  expect(performance.now() - before).toBeLessThan(5000);
  vault.put({ JWT_SECRET: OTHER, DATABASE_URL });
  await vault.up();
  await until(() => jwtOf(config) === OTHER);
  expect(lines.told.slice(2)).toEqual([
    'Version 2 of the secrets in Vault: JWT_SECRET changed.',
    'The secrets in Vault are read again.',
  ]);
});
