// WORKERS=3: several processes behind one port that look like one server, also while one of them, or the one above them, is killed.
import { spawnSync } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { Client } from 'pg';
import { publish } from '../support/prediction-server.ts';
import { cleanEnvironment, startServer, type StartedServer } from '../support/started-server.ts';
import { startPostgres } from './support/postgres.ts';
import { untilInFlight } from './support/in-flight.ts';
import { untilTrue } from '../support/until.ts';

const ADMIN_PASSWORD = 'the admin of the stack tests';
const FEATURES = { 'mean radius': 13, 'mean texture': 18, side: 'left' };
const WORKERS = 3;
/** Connections are handed out in turn: each worker has several of so many. */
const ROUND = 4 * WORKERS;

interface Reply {
  readonly status: number;
  readonly version: string | undefined;
  readonly text: string;
}

interface Call {
  readonly token?: string;
  readonly json?: unknown;
  /** A connection of its own unless given. */
  readonly agent?: Agent | false;
  readonly headers?: Record<string, string>;
}

let dir: string;
const started: StartedServer[] = [];
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'workers-'));
  await publish(dir);
  await publish(dir, { bias: 0.01 }, 'challenger');
});
afterAll(async () => {
  for (const server of started) await server.stop('SIGTERM');
  rmSync(dir, { recursive: true, force: true });
});

const settings = (more: Record<string, string> = {}): Record<string, string> => ({
  VAR_DIR: mkdtempSync(join(dir, 'var-')),
  REGISTRY_DIR: join(dir, 'registry'),
  WORKERS: String(WORKERS),
  ADMIN_PASSWORD,
  BCRYPT_COST: '4',
  MODEL_POLL_SECONDS: '3600',
  ...more,
});

async function start(env: Record<string, string>): Promise<StartedServer> {
  const server = await startServer({ env, command: ['node', 'dist/src/main.js'] });
  started.push(server);
  return server;
}

function call({ url }: StartedServer, route: string, options: Call = {}): Promise<Reply> {
  const [method = '', path = ''] = route.split(' ');
  const { token, json, agent = false, headers } = options;
  return new Promise((resolve, reject) => {
    const sent = request(url.replace('localhost', '127.0.0.1') + path, {
      method,
      agent,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
    });
    sent.on('error', reject).on('response', (response) => {
      let text = '';
      response
        .on('data', (chunk: Buffer) => (text += chunk.toString()))
        .on('error', reject)
        .on('end', () => {
          const version = response.headers['x-model-version'] as string | undefined;
          resolve({ status: response.statusCode ?? 0, version, text });
        });
    });
    sent.end(json === undefined ? undefined : JSON.stringify(json));
  });
}

const parsed = ({ text }: Reply) => JSON.parse(text) as Record<string, string>;

async function tokenOf(server: StartedServer, username = 'admin', password = ADMIN_PASSWORD) {
  const reply = await call(server, 'POST /token', { json: { username, password } });
  return parsed(reply)['access_token'] ?? '';
}

const predict = (server: StartedServer, token: string, agent?: Agent): Promise<Reply> =>
  call(server, 'POST /predict', {
    token,
    json: { features: FEATURES },
    ...(agent !== undefined && { agent }),
  });

/** The same request once on each of so many connections. */
const round = async (send: () => Promise<Reply>): Promise<Reply[]> => {
  const replies: Reply[] = [];
  for (let i = 0; i < ROUND; i++) replies.push(await send());
  return replies;
};
const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** The processes below the primary, the eldest first. */
const workersOf = ({ pid }: StartedServer): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
const isAlive = (pid: number): boolean => {
  try {
    // A process that nobody has buried yet is dead all the same.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
const socketsOf = (pid: number): number =>
  readdirSync(`/proc/${pid}/fd`).filter((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith('socket:');
    } catch {
      return false;
    }
  }).length;

/** The sum of the series of a metric. */
async function metric(server: StartedServer, name: string): Promise<number> {
  const { text } = await call(server, 'GET /metrics');
  const values = [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))];
  return values.reduce((sum, [, value]) => sum + Number(value), 0);
}

function storedIds(varDir: string): Set<string> {
  const database = new Database(join(varDir, 'foretell.db'), { readonly: true });
  const rows = database.prepare('SELECT id FROM predictions').all() as { id: string }[];
  database.close();
  return new Set(rows.map(({ id }) => id));
}

/** Predicts on so many connections, over and over, until told to end. */
class Load {
  readonly acknowledged: string[] = [];
  readonly refused: number[] = [];
  /** Connections that broke with a request under way. */
  broken = 0;
  private ended = false;
  private readonly running: Promise<unknown>;

  constructor(server: StartedServer, token: string, connections: number) {
    this.running = Promise.all(Array.from({ length: connections }, () => this.run(server, token)));
  }

  end(): Promise<unknown> {
    this.ended = true;
    return this.running;
  }

  private async run(server: StartedServer, token: string): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!this.ended) {
      try {
        const reply = await predict(server, token, agent);
        if (reply.status === 200) this.acknowledged.push(parsed(reply)['id'] ?? '');
        else this.refused.push(reply.status);
      } catch {
        this.broken += 1;
        await pause(20);
      }
    }
    agent.destroy();
  }
}

describe('several workers', () => {
  let server: StartedServer;
  let varDir: string;
  let admin: string;
  beforeAll(async () => {
    const env = settings({ LOGIN_ATTEMPTS: '30' });
    varDir = env['VAR_DIR'] ?? '';
    server = await start(env);
    admin = await tokenOf(server);
  });

  const userWithToken = async (username: string) => {
    const password = 'a password of the stack tests';
    const json = { username, password, role: 'operator' };
    const { id = '' } = parsed(await call(server, 'POST /users', { token: admin, json }));
    return { id, token: await tokenOf(server, username, password) };
  };
  const statuses = async (send: () => Promise<Reply>) =>
    distinct((await round(send)).map(({ status }) => status));
  const versions = async () =>
    distinct((await round(() => predict(server, admin))).map(({ version }) => version));

  it('greet once, share the connections, and store every prediction', async () => {
    expect(server.output().match(/is serving on/g)).toHaveLength(1);
    const workers = workersOf(server);
    expect(workers).toHaveLength(WORKERS);
    const before = workers.map(socketsOf);
    const agents = Array.from({ length: 30 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
    const replies = await Promise.all(agents.map((agent) => predict(server, admin, agent)));
    const more = workers.map((pid, i) => socketsOf(pid) - (before[i] ?? 0));
    expect(Math.min(...more)).toBeGreaterThan(0);
    for (const agent of agents) agent.destroy();
    const stored = storedIds(varDir);
    expect(replies.map((reply) => stored.has(parsed(reply)['id'] ?? ''))).toEqual(
      replies.map(() => true),
    );
  });

  it('answer /metrics for all, whichever is asked', async () => {
    await round(() => predict(server, admin));
    const stored = storedIds(varDir).size;
    for (let i = 0; i < ROUND; i++)
      expect(await metric(server, 'model_predictions_total')).toBe(stored);
    expect(await metric(server, 'prediction_log_writes_total')).toBe(stored);
    expect(await metric(server, 'model_info')).toBe(1);
    expect(await metric(server, 'workers')).toBe(WORKERS);
    expect(await metric(server, 'prediction_log_queue_depth')).toBe(0);
    // The one that asks is being answered.
    expect(await metric(server, 'http_requests_in_flight')).toBe(1);
  });

  it('refuse a token everywhere once its session is ended', async () => {
    const { token } = await userWithToken('logs-out');
    const me = () => call(server, 'GET /users/me', { token });
    for (let i = 0; i < 3; i++) expect(await statuses(me)).toEqual([200]);
    expect((await call(server, 'POST /token/revoke', { token })).status).toBe(204);
    expect(await statuses(me)).toEqual([401]);
    expect(await statuses(() => predict(server, token))).toEqual([401]);
  });

  it('refuse a token and an API key everywhere once the user has another role, or the key is deleted', async () => {
    const { id, token } = await userWithToken('changes');
    const json = { name: 'of a machine', scopes: ['predict'] };
    const created = await call(server, 'POST /api-keys', { token, json });
    const { id: keyId = '', key = '' } = parsed(created);
    const byKey = () =>
      call(server, 'POST /predict', {
        headers: { 'x-api-key': key },
        json: { features: FEATURES },
      });
    expect(await statuses(byKey)).toEqual([200]);
    expect(await statuses(() => predict(server, token))).toEqual([200]);
    await call(server, `DELETE /api-keys/${keyId}`, { token });
    expect(await statuses(byKey)).toEqual([401]);
    await call(server, `PATCH /users/${id}`, { token: admin, json: { role: 'viewer' } });
    expect(await statuses(() => predict(server, token))).toEqual([401]);
  });

  it('serve the promoted version, and after a rollback the one before, from the answer on', async () => {
    const json = { version: '2', reason: 'a test', force: true };
    expect(await versions()).toEqual(['1']);
    const promoted = await call(server, 'POST /models/foretell/promote', { token: admin, json });
    expect(promoted.status).toBe(200);
    expect(await versions()).toEqual(['2']);
    await call(server, 'POST /models/foretell/rollback', { token: admin, json: {} });
    expect(await versions()).toEqual(['1']);
  });

  it('agree on the challenger, also with a worker that starts later', async () => {
    const set = (json: unknown) => call(server, 'PUT /models/challenger', { token: admin, json });
    await set({ mode: 'canary', share: 1 });
    expect(await versions()).toEqual(['2']);
    const [, victim = 0] = workersOf(server);
    process.kill(victim, 'SIGKILL');
    await untilTrue(
      async () =>
        !workersOf(server).includes(victim) && (await metric(server, 'workers')) === WORKERS,
      30_000,
    );
    expect(await versions()).toEqual(['2']);
    // Of two who change it at once one has the last word, and the same everywhere.
    await Promise.all([set({ mode: 'canary', share: 1 }), set({ mode: 'off' })]);
    expect(await versions()).toHaveLength(1);
    await set({ mode: 'off' });
    expect(await versions()).toEqual(['1']);
  });

  it('lose the requests of a killed worker and no other, replace it, and keep what it counted', async () => {
    const connections = 24;
    const [victim = 0] = workersOf(server);
    const idle = socketsOf(victim);
    const counted = await metric(server, 'model_predictions_total');
    const load = new Load(server, admin, connections);
    await untilTrue(() => Promise.resolve(load.acknowledged.length > 500), 30_000);
    const before = await metric(server, 'model_predictions_total');
    expect(before).toBeGreaterThan(counted);
    const mine = socketsOf(victim) - idle;
    process.kill(victim, 'SIGKILL');
    await untilTrue(() => Promise.resolve(!workersOf(server).includes(victim)), 30_000, 10);
    expect(await metric(server, 'model_predictions_total')).toBeGreaterThanOrEqual(before);
    await untilTrue(
      async () =>
        workersOf(server).length === WORKERS && (await metric(server, 'workers')) === WORKERS,
      30_000,
    );
    await load.end();

    expect(load.refused).toEqual([]);
    expect(load.broken).toBeGreaterThan(0);
    // One connection may have been on its way to it, and one that it had before may have ended meanwhile.
    expect(load.broken).toBeLessThanOrEqual(mine + 2);
    const stored = storedIds(varDir);
    expect(load.acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    expect(server.output()).toMatch(
      new RegExp(`Worker ${victim} ended \\(SIGKILL\\); another one starts now`),
    );
    expect(await metric(server, 'worker_exits_total')).toBe(2);
    // Another one looks after the log now, and says how large it is.
    await untilTrue(async () => (await metric(server, 'prediction_log_size_bytes')) > 0, 5000);
  });

  it('keep nobody waiting whose connection was on its way to a worker that died', async () => {
    const [victim = 0] = workersOf(server);
    process.kill(victim, 'SIGSTOP');
    let answered = 0;
    const calls = Array.from({ length: ROUND }, async () => {
      await predict(server, admin);
      answered += 1;
    });
    const settled = Promise.allSettled(calls);
    // Those of the others are answered; one waits for the worker that does not take it.
    await untilTrue(() => Promise.resolve(answered === ROUND - 1), 30_000, 10);
    process.kill(victim, 'SIGKILL');
    const failed = (await settled).filter(({ status }) => status === 'rejected');
    expect(failed).toHaveLength(1);
    await untilTrue(
      async () =>
        !workersOf(server).includes(victim) && (await metric(server, 'workers')) === WORKERS,
      30_000,
    );
  });

  it('count failed logins together', async () => {
    const attempt = () =>
      call(server, 'POST /token', { json: { username: 'nobody', password: 'wrong' } });
    const answered: number[] = [];
    for (let i = 0; i < 40; i++) answered.push((await attempt()).status);
    expect(answered).toEqual(Array.from({ length: 40 }, (_, i) => (i < 30 ? 401 : 429)));
  });

  it('are gone after a SIGTERM, with exit code 0, and nothing that was acknowledged is lost', async () => {
    const load = new Load(server, admin, 12);
    await untilTrue(() => Promise.resolve(load.acknowledged.length > 200), 30_000);
    const workers = workersOf(server);
    const exit = server.stop('SIGTERM');
    expect(await exit).toBe(0);
    await load.end();
    expect(load.refused).toEqual([]);
    expect(workers.filter(isAlive)).toEqual([]);
    const stored = storedIds(varDir);
    expect(load.acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  });
});

it('answers what is in flight when SIGTERM comes, on every worker', async () => {
  // A login at this cost takes a while, and those of one address wait for each other.
  const server = await start(settings({ BCRYPT_COST: '11' }));
  const json = { username: 'admin', password: ADMIN_PASSWORD };
  let answered = 0;
  const logins = Array.from({ length: ROUND }, async () => {
    const { status } = await call(server, 'POST /token', { json });
    answered += 1;
    return status;
  });
  await untilInFlight(server.url, () => ROUND - answered);
  const exit = server.stop('SIGTERM');
  expect(await Promise.all(logins)).toEqual(Array(ROUND).fill(200));
  expect(await exit).toBe(0);
});

it('answers what is in flight when the primary is killed', async () => {
  const server = await start(settings({ PREDICTION_LOG: 'off' }));
  const token = await tokenOf(server);
  await round(() => predict(server, token));
  const workers = workersOf(server);
  const body = JSON.stringify({ features: FEATURES });
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const sent = request(`${server.url.replace('localhost', '127.0.0.1')}/predict`, {
      method: 'POST',
      agent: false,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
    sent.on('error', reject).on('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.write(body.slice(0, 10));
    void untilInFlight(server.url, () => 1)
      .then(() => server.stop('SIGKILL'))
      .then(() => pause(300))
      .then(() => sent.end(body.slice(10)));
  });
  expect(status).toBe(200);
  await untilTrue(() => Promise.resolve(!workers.some(isAlive)), 10_000);
});

describe('two workers under one rate limit', () => {
  // Blocks of 10 tokens; one comes back in 22 s.
  const LIMIT = 160;
  let server: StartedServer;
  let admin: string;
  beforeAll(async () => {
    server = await start(settings({ WORKERS: '2', RATE_LIMIT: `${LIMIT}/h` }));
    admin = await tokenOf(server);
  });

  /** How many of twice as many as are allowed were answered; the others were refused. */
  async function answered(send: () => Promise<Reply>): Promise<number> {
    const statuses: number[] = [];
    while (statuses.length < 2 * LIMIT)
      statuses.push(
        ...(await Promise.all(Array.from({ length: 20 }, send))).map(({ status }) => status),
      );
    expect(distinct(statuses).sort((a, b) => a - b)).toEqual([200, 429]);
    return statuses.filter((status) => status === 200).length;
  }

  async function newKey(name: string): Promise<Record<string, string>> {
    const json = { name, scopes: ['predict'] };
    const reply = await call(server, 'POST /api-keys', { token: admin, json });
    return { 'x-api-key': parsed(reply)['key'] ?? '' };
  }
  const withKey = async (name: string, agent?: Agent) => {
    const headers = await newKey(name);
    const json = { features: FEATURES };
    return () => call(server, 'POST /predict', { headers, json, agent: agent ?? false });
  };

  it('count a client together, whose requests go to both', async () => {
    const count = await answered(await withKey('both'));
    expect(count).toBeGreaterThanOrEqual((LIMIT * 7) / 8);
    expect(count).toBeLessThanOrEqual(LIMIT + 10);
  });

  it('give all of it to a client that knows one of them alone', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const count = await answered(await withKey('one', agent));
    agent.destroy();
    expect(count).toBeGreaterThanOrEqual((LIMIT * 7) / 8);
    expect(count).toBeLessThanOrEqual(LIMIT + 10);
  });

  it('count a user in the fast lane together', async () => {
    const json = { username: 'fast', password: 'of the fast lane', role: 'client' };
    await call(server, 'POST /users', { token: admin, json });
    const token = await tokenOf(server, json.username, json.password);
    const count = await answered(() => predict(server, token));
    expect(count).toBeGreaterThanOrEqual((LIMIT * 7) / 8);
    expect(count).toBeLessThanOrEqual(LIMIT + 10);
  });
});

it('leaves no worker behind when the primary is killed', async () => {
  const server = await start(settings());
  const load = new Load(server, await tokenOf(server), 12);
  await untilTrue(() => Promise.resolve(load.acknowledged.length > 50), 30_000);
  const workers = workersOf(server);
  await server.stop('SIGKILL');
  await untilTrue(() => Promise.resolve(!workers.some(isAlive)), 10_000);
  await load.end();
});

describe('a start that cannot succeed says why in one line and exits 1', () => {
  const failing = (env: Record<string, string>): void => {
    const { status, stderr } = spawnSync('node', ['dist/src/main.js'], {
      env: cleanEnvironment(settings(env)),
      encoding: 'utf8',
      timeout: 300_000,
    });
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/^foretell: /);
    expect(status).toBe(1);
  };

  it('a port in use', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    failing({ PORT: String((blocker.address() as AddressInfo).port) });
    blocker.close();
  });

  it('a database that cannot be opened', () => {
    const file = join(dir, 'file');
    writeFileSync(file, '');
    failing({ DATABASE_URL: `sqlite:${file}/foretell.db` });
  });
});

it('serves over PostgreSQL, where each worker writes by itself', async () => {
  const postgres = await startPostgres();
  try {
    const server = await start(settings({ DATABASE_URL: postgres.url }));
    const token = await tokenOf(server);
    const load = new Load(server, token, 12);
    await untilTrue(() => Promise.resolve(load.acknowledged.length > 200), 30_000);
    const [victim = 0] = workersOf(server);
    process.kill(victim, 'SIGKILL');
    await untilTrue(
      async () =>
        !workersOf(server).includes(victim) && (await metric(server, 'workers')) === WORKERS,
      30_000,
    );
    await load.end();
    expect(load.refused).toEqual([]);
    expect(load.broken).toBeLessThan(12);
    expect(await server.stop()).toBe(0);
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    const { rows } = await client.query<{ id: string }>('SELECT id FROM predictions');
    await client.end();
    const stored = new Set(rows.map(({ id }) => id));
    expect(load.acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  } finally {
    await postgres.stop();
  }
});
