// Whether Foretell reads, follows and leaves a real Vault or OpenBao as it should, step by step, on a secret and a role of its own:
//   deploy/vault/setup.sh approle foretell-check     prints the settings that this needs
//   npm run build && VAULT_TOKEN=<an administrator's> VAULT_ADDR=... VAULT_ROLE_ID=... VAULT_SECRET_ID_FILE=... node deploy/vault/check.mjs
// It writes VAULT_SECRET_PATH (secret/data/foretell-check) and deletes it at the end. Exit code 1 where a step fails.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const LIMIT_MS = 60_000;
const { VAULT_TOKEN: administrator, ...environment } = process.env;
const { VAULT_ADDR: address, VAULT_NAMESPACE: namespace } = environment;
const path = environment.VAULT_SECRET_PATH ?? 'secret/data/foretell-check';
const adminPassword = randomBytes(18).toString('base64url');
const dir = mkdtempSync(join(tmpdir(), 'vault-check-'));

function step(text) {
  console.log(`ok   ${text}`);
}

function expect(holds, text) {
  if (!holds) throw new Error(text);
  step(text);
}

async function until(holds, text) {
  const end = Date.now() + LIMIT_MS;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > end) throw new Error(`${text}: not within ${LIMIT_MS / 1000} s`);
    await pause(200);
  }
  step(text);
}

async function vault(method, route, body) {
  const answer = await fetch(`${address}/v1/${route}`, {
    method,
    headers: {
      'x-vault-token': administrator,
      ...(namespace && { 'x-vault-namespace': namespace }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${route} as the administrator: ${answer.status}`);
}

const put = () =>
  vault('POST', path, {
    data: { JWT_SECRET: randomBytes(48).toString('base64url'), ADMIN_PASSWORD: adminPassword },
  });

/** The server, until it says where it is or ends. */
async function start(more = {}) {
  const child = spawn('node', ['dist/src/main.js'], {
    env: {
      PATH: environment.PATH,
      ...Object.fromEntries(
        Object.entries(environment).filter(([name]) => /^(VAULT_|NODE_EXTRA)/.test(name)),
      ),
      VAULT_SECRET_PATH: path,
      VAULT_REFRESH: '1s',
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: '0',
      VAR_DIR: join(dir, 'var'),
      ...more,
    },
  });
  const server = { child, said: '', url: undefined };
  const ended = new Promise((resolve) => child.once('exit', resolve));
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => (server.said += chunk.toString()));
  const end = Date.now() + LIMIT_MS;
  while (server.url === undefined && child.exitCode === null && Date.now() < end) {
    server.url = /serving on (http:\/\/\S+)/.exec(server.said)?.[1];
    await pause(50);
  }
  server.stop = () => {
    if (child.exitCode === null) child.kill('SIGTERM');
    return ended;
  };
  return server;
}

const json = async (url, init) => (await fetch(url, init)).json();

async function followed(server) {
  expect(
    server.url !== undefined,
    'the server starts with what Vault holds' + (server.url ? '' : `: ${server.said}`),
  );
  const keys = async () => (await json(`${server.url}/.well-known/jwks.json`)).keys;
  const [before] = await keys();
  const { access_token: token } = await json(`${server.url}/token`, {
    method: 'POST',
    body: new URLSearchParams({ username: 'admin', password: adminPassword }),
  });
  expect(token !== undefined, 'the administrator logs in by the password in Vault');
  await put();
  await until(async () => {
    const now = await keys();
    return now.length === 2 && now[0].kid !== before.kid;
  }, 'a new JWT_SECRET in Vault is the signing key, without a restart');
  const me = await fetch(`${server.url}/users/me`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(me.status === 200, 'a token of the key before stays good');
  expect((await server.stop()) === 0, 'the server ends well');
}

async function refused() {
  const server = await start({ VAULT_SECRET_PATH: `${path}-elsewhere` });
  const code = await server.stop();
  expect(
    code === 1 && /Vault does not let this role read|Vault has no secret at/.test(server.said),
    'a secret that the policy does not name is refused, with what to do',
  );
}

try {
  if (address === undefined || administrator === undefined)
    throw new Error('VAULT_ADDR and VAULT_TOKEN (an administrator) must be set');
  await put();
  const server = await start();
  try {
    await followed(server);
  } finally {
    await server.stop();
  }
  await refused();
  await vault('DELETE', path.replace('/data/', '/metadata/'));
  step('the secret of this check is deleted');
} catch (error) {
  console.error(`FAIL ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(dir, { recursive: true, force: true });
}
