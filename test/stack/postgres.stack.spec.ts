// A real PostgreSQL under the product: the end-to-end and contract suites over it, migrations, two servers at once, and its outages.
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { dataSourceOptions, openDatabase } from '../../src/database/data-source.ts';
import { publish } from '../support/prediction-server.ts';
import { cleanEnvironment, startServer, type StartedServer } from '../support/started-server.ts';
import { ensureDatabase } from '../support/test-database.ts';
import { startPostgres } from './support/postgres.ts';
import { PredictionLoad } from './support/prediction-load.ts';
import { untilTrue } from '../support/until.ts';
import type { StackServer } from './support/process.ts';

const ADMIN_PASSWORD = 'the admin of the stack tests';
const ROW = JSON.stringify({
  features: { 'mean radius': 13, 'mean texture': 18, side: 'left' },
});

let postgres: StackServer;
let dir: string;
beforeAll(async () => {
  postgres = await startPostgres();
  dir = mkdtempSync(join(tmpdir(), 'postgres-stack-'));
  await publish(dir);
});
afterAll(async () => {
  await postgres.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function query<Row extends object>(url: string, sql: string): Promise<readonly Row[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

const settings = (database: string): Record<string, string> => ({
  DATABASE_URL: database,
  VAR_DIR: mkdtempSync(join(dir, 'var-')),
  REGISTRY_DIR: join(dir, 'registry'),
  JWT_SECRET: 'a secret of the stack tests, 32 characters or more',
  ADMIN_PASSWORD,
  BCRYPT_COST: '4',
});
const start = (database: string): Promise<StartedServer> =>
  startServer({ env: settings(database), command: ['node', 'dist/src/main.js'] });

async function tokenOf({ url }: StartedServer): Promise<string> {
  const body = new URLSearchParams({ username: 'admin', password: ADMIN_PASSWORD });
  const answer = await fetch(`${url}/token`, { method: 'POST', body });
  return ((await answer.json()) as { access_token: string }).access_token;
}

const predict = ({ url }: StartedServer, token: string): Promise<Response> =>
  fetch(`${url}/predict`, {
    method: 'POST',
    body: ROW,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  });

interface JestReport {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly status: string;
  }[];
}

it('the end-to-end and contract suites pass over PostgreSQL, each on a database of its own', async () => {
  const outputFile = join(dir, 'suites.json');
  await new Promise((ended) => {
    execFile(
      process.execPath,
      [
        ...['node_modules/jest/bin/jest.js', '--silent', '--json', `--outputFile=${outputFile}`],
        // Other suites run beside these.
        '--testTimeout=300000',
        ...[String.raw`test/e2e/.*\.e2e\.spec`, 'test/contract/(?!learner)'],
      ],
      // Colour codes would reach the report.
      {
        env: cleanEnvironment({ TEST_DATABASE_URL: postgres.url, FORCE_COLOR: '0' }),
        maxBuffer: 2 ** 28,
      },
      ended,
    );
  });
  const report = JSON.parse(readFileSync(outputFile, 'utf8')) as JestReport;
  const failed = report.testResults.filter(({ status }) => status !== 'passed');
  expect(failed.map(({ name, message }) => `${name}\n${message}`)).toEqual([]);
  const databases = await query(
    postgres.url,
    `SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'`,
  );
  process.stdout.write(
    `over PostgreSQL: ${report.numPassedTests} tests of ${report.testResults.length} end-to-end and contract suites passed, ` +
      `on ${databases.length} databases\n`,
  );
  expect(report.numPassedTests).toBeGreaterThan(200);
  expect(databases.length).toBeGreaterThan(report.testResults.length / 2);
}, 7_200_000);

describe('migrations', () => {
  const SCHEMA = `
    SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name <> 'migrations'
    UNION ALL
    SELECT tablename, indexname, indexdef, '', '' FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'migrations'
    UNION ALL
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '' FROM pg_constraint
      WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'migrations'
    UNION ALL
    SELECT event_object_table, trigger_name, action_statement, event_manipulation, action_timing FROM information_schema.triggers
    ORDER BY 1, 2, 3, 4, 5`;

  it('go up, all the way down, and up to the same schema', async () => {
    const url = await ensureDatabase(postgres.url, 'updown');
    const database: DataSource = await openDatabase(dataSourceOptions({ kind: 'postgres', url }));
    const up = await query(url, SCHEMA);
    expect(up.length).toBeGreaterThan(30);
    for (let left = database.migrations.length; left > 0; left -= 1)
      await database.undoLastMigration();
    expect(await query(url, SCHEMA)).toEqual([]);
    await database.runMigrations();
    expect(await query(url, SCHEMA)).toEqual(up);
    await database.destroy();
  });

  it('run once where two servers start at the same moment on an empty database, and both serve', async () => {
    const url = await ensureDatabase(postgres.url, 'pair');
    const servers = await Promise.all([start(url), start(url)]);
    try {
      const known = dataSourceOptions({ kind: 'postgres', url }).migrations as unknown[];
      const ran = await query<{ name: string }>(url, 'SELECT name FROM migrations');
      expect(ran).toHaveLength(known.length);
      expect(new Set(ran.map(({ name }) => name)).size).toBe(known.length);
      expect(await query(url, 'SELECT username FROM users')).toEqual([{ username: 'admin' }]);
      const [first, second] = servers;
      // A token of one is good at the other: same secret, same sessions.
      const token = await tokenOf(first);
      const answers = [await predict(first, token), await predict(second, token)];
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(await query(url, 'SELECT id FROM predictions')).toHaveLength(2);
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }
  });
});

describe('outages', () => {
  async function load(server: StartedServer): Promise<PredictionLoad> {
    const headers = {
      authorization: `Bearer ${await tokenOf(server)}`,
      'content-type': 'application/json',
    };
    return new PredictionLoad({ url: server.url, headers, body: ROW });
  }

  /** Until so many more are acknowledged, every caller's last one among them. */
  async function untilWell(callers: PredictionLoad, more: number): Promise<void> {
    const [since, enough] = [performance.now(), callers.acknowledged.length + more];
    await untilTrue(
      () => Promise.resolve(callers.isWell(since) && callers.acknowledged.length >= enough),
      30_000,
    );
  }

  const readiness = async ({ url }: StartedServer): Promise<{ status: number; body: unknown }> => {
    const answer = await fetch(`${url}/health/ready`);
    return { status: answer.status, body: await answer.json() };
  };

  const expectAllStored = async (url: string, { answers }: PredictionLoad): Promise<void> => {
    const rows = await query<{ id: string }>(url, 'SELECT id FROM predictions');
    const stored = new Set(rows.map(({ id }) => id));
    const acknowledged = answers.flatMap(({ id }) => (id === null ? [] : [id]));
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(100);
    const refused = answers.filter(({ id }) => id === null);
    expect(refused.filter(({ status }) => status !== 503)).toEqual([]);
    expect(refused.filter(({ retryAfter }) => !(Number(retryAfter) > 0))).toEqual([]);
  };

  it('a PostgreSQL that is down at the start is said in one line with what to do, exit code 1', async () => {
    const url = await ensureDatabase(postgres.url, 'away');
    await postgres.down();
    try {
      const { status, stderr } = spawnSync('node', ['dist/src/main.js'], {
        env: cleanEnvironment(settings(url)),
        encoding: 'utf8',
        timeout: 300_000,
      });
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toMatch(/PostgreSQL database cannot be used .*DATABASE_URL/);
      expect(stderr).not.toContain('stack-password');
      expect(status).toBe(1);
    } finally {
      await postgres.up();
    }
  });

  it('a PostgreSQL that goes down in flight: not ready, 503 with Retry-After, nothing acknowledged is lost, recovery without a restart', async () => {
    const url = await ensureDatabase(postgres.url, 'inflight');
    const server = await start(url);
    try {
      const callers = await load(server);
      await untilWell(callers, 200);
      await postgres.down();
      // Longer than a cached credential lives, so that the guard meets the outage as well.
      await pause(2500);
      expect(await readiness(server)).toMatchObject({
        status: 503,
        body: {
          status: 'unavailable',
          checks: { model: { status: 'ok' }, database: { status: 'unavailable' } },
        },
      });
      expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
      await postgres.up();
      await untilTrue(async () => (await readiness(server)).status === 200, 5000);
      await untilWell(callers, 200);
      const { answers } = await callers.stop();
      expect(answers.at(-1)?.status).toBe(200);
      expect(answers.some(({ id }) => id === null)).toBe(true);
      await expectAllStored(url, callers);
    } finally {
      await server.stop();
    }
  });

  it('connections that PostgreSQL cuts are replaced, and nothing acknowledged is lost', async () => {
    const url = await ensureDatabase(postgres.url, 'cut');
    const server = await start(url);
    try {
      const callers = await load(server);
      await untilWell(callers, 200);
      await query(
        url,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'cut' AND pid <> pg_backend_pid()`,
      );
      await untilWell(callers, 200);
      const { answers } = await callers.stop();
      expect(answers.at(-1)?.status).toBe(200);
      // Those whose statement was cut off; between two statements there may be none.
      await expectAllStored(url, callers);
    } finally {
      await server.stop();
    }
  });
});
