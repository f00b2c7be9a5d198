// What can happen to the prediction log under a server that goes on: a database that another process holds, a full disk, a clock that is set
// back. Refused is refused, acknowledged is stored, and nothing needs a restart.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { publish } from '../support/prediction-server.ts';
import { startServer, type StartedServer } from '../support/started-server.ts';
import { PredictionLoad } from './support/prediction-load.ts';
import { SmallDisk } from './support/small-disk.ts';
import { untilTrue } from '../support/until.ts';

const ADMIN_PASSWORD = 'the admin of the stack tests';
const ROW = JSON.stringify({ features: { 'mean radius': 13, 'mean texture': 18, side: 'left' } });
const HOUR_MS = 3_600_000;
/** Far from what an idle machine takes, and less than whoever waits for the lock to go. */
const MOST_MS = 9000;

let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'log-faults-'));
  await publish(dir);
});
afterAll(() => {
  rmSync(dir, { recursive: true });
});

interface Reply<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
  readonly ms: number;
}

interface Page {
  readonly items: readonly { readonly id: string; readonly created_at: string }[];
  readonly next_cursor: string | null;
}

type Credential = Readonly<Record<string, string>>;

/** A server in a process of its own over this database file, and what a caller needs to talk to it. */
class FaultedServer {
  private constructor(
    private readonly process: StartedServer,
    readonly file: string,
  ) {}

  static async start(file: string, node: readonly string[] = []): Promise<FaultedServer> {
    const env = {
      DATABASE_URL: `sqlite:${file}`,
      VAR_DIR: mkdtempSync(join(dir, 'var-')),
      REGISTRY_DIR: join(dir, 'registry'),
      ADMIN_PASSWORD,
      BCRYPT_COST: '4',
    };
    const started = await startServer({ env, command: ['node', ...node, 'dist/src/main.js'] });
    return new FaultedServer(started, file);
  }

  get url(): string {
    return this.process.url;
  }

  get pid(): number {
    return this.process.pid;
  }

  get output(): string {
    return this.process.output();
  }

  async send<Body>(path: string, init: RequestInit = {}): Promise<Reply<Body>> {
    const askedAt = performance.now();
    const answer = await fetch(this.url + path, init);
    const body = (await answer.json()) as Body;
    const { status, headers } = answer;
    return { status, headers, body, ms: performance.now() - askedAt };
  }

  login(): Promise<Reply<{ access_token: string; refresh_token: string }>> {
    const body = new URLSearchParams({ username: 'admin', password: ADMIN_PASSWORD });
    return this.send('/token', { method: 'POST', body });
  }

  async token(): Promise<Credential> {
    const { body } = await this.login();
    return { authorization: `Bearer ${body.access_token}`, 'content-type': 'application/json' };
  }

  async apiKey(token: Credential): Promise<Credential> {
    const { body } = await this.send<{ key: string }>('/api-keys', {
      method: 'POST',
      headers: token,
      body: JSON.stringify({ name: 'faults', scopes: ['predict', 'read'] }),
    });
    return { 'x-api-key': body.key, 'content-type': 'application/json' };
  }

  predict(headers: Credential): Promise<Reply<{ id?: string }>> {
    return this.send('/predict', { method: 'POST', headers, body: ROW });
  }

  load(headers: Credential): PredictionLoad {
    return new PredictionLoad({ url: this.url, headers, body: ROW });
  }

  async metrics(): Promise<string> {
    return (await fetch(`${this.url}/metrics`)).text();
  }

  async page(headers: Credential, limit: number, cursor?: string | null): Promise<Page> {
    const after = cursor == null ? '' : `&cursor=${cursor}`;
    return (await this.send<Page>(`/predictions?limit=${limit}${after}`, { headers })).body;
  }

  /** The rows of all pages from a cursor on. */
  async allPages(headers: Credential, from: string | null): Promise<Page['items']> {
    const items: Page['items'][number][] = [];
    for (let cursor = from; cursor !== null;) {
      const page = await this.page(headers, 7, cursor);
      items.push(...page.items);
      cursor = page.next_cursor;
    }
    return items;
  }

  storedIds(): ReadonlySet<string> {
    const database = new Database(this.file, { readonly: true });
    const rows = database.prepare('SELECT id FROM predictions').all() as { id: string }[];
    database.close();
    return new Set(rows.map(({ id }) => id));
  }

  async stop(): Promise<void> {
    await this.process.stop();
  }
}

/** So many predictions of the load were acknowledged. */
const acknowledged = (load: PredictionLoad, count: number): Promise<number> =>
  untilTrue(() => Promise.resolve(load.acknowledged.length >= count), 30_000);

/** Every caller of the load is answered again. */
function allWell(load: PredictionLoad): Promise<number> {
  const since = performance.now();
  return untilTrue(() => Promise.resolve(load.isWell(since)), 10_000);
}

/** While it cannot write: alive, ready to be read, and whoever needs a write is told so before long. */
async function expectReadsAndRefusals(
  server: FaultedServer,
  token: Credential,
  key: Credential,
): Promise<void> {
  for (const headers of [token, key]) {
    const refused = await server.predict(headers);
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([503, true]);
    const page = await server.send<{ items: unknown[] }>('/predictions?limit=5', { headers });
    expect([page.status, page.body.items.length]).toEqual([200, 5]);
    expect(page.ms).toBeLessThan(MOST_MS);
  }
  const login = await server.login();
  expect([login.status, login.headers.get('retry-after')]).toEqual([503, '5']);
}

/** Asks whether it is alive every 50 ms until stopped; the longest answer in milliseconds. */
function watchLiveness(server: FaultedServer): () => Promise<number> {
  let longest = 0;
  const watched = { stopped: false };
  const watching = (async () => {
    while (!watched.stopped) {
      const { status, ms } = await server.send('/health/live');
      longest = Math.max(longest, status === 200 ? ms : Infinity);
      await pause(50);
    }
  })();
  return async () => {
    watched.stopped = true;
    await watching;
    return longest;
  };
}

function expectHonest(server: FaultedServer, load: PredictionLoad): void {
  const stored = server.storedIds();
  expect(load.acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  expect(load.acknowledged.length).toBeGreaterThan(100);
  expect(load.refused.length).toBeGreaterThan(0);
  expect(load.refused.filter(({ status }) => status !== 503)).toEqual([]);
  expect(load.refused.filter(({ retryAfter }) => !(Number(retryAfter) > 0))).toEqual([]);
  expect(load.answers.at(-1)?.status).toBe(200);
}

describe('a database that another process holds for 10 s', () => {
  it('is answered with 503 within bounds while reads go on, and with predictions again when it is free', async () => {
    const server = await FaultedServer.start(join(dir, 'held.db'));
    try {
      const token = await server.token();
      const key = await server.apiKey(token);
      const load = server.load(token);
      await acknowledged(load, 200);

      const other = new Database(server.file);
      other.exec('BEGIN IMMEDIATE');
      const heldAt = performance.now();
      const liveness = watchLiveness(server);
      await expectReadsAndRefusals(server, token, key);
      await pause(Math.max(0, heldAt + 10_000 - performance.now()));
      other.exec('ROLLBACK');
      other.close();
      const freeAt = performance.now();
      // A login waits for the lock on the event loop, for 0.3 s; so do the lease of who monitors and the roll-ups of activity, every five.
      expect(await liveness()).toBeLessThan(MOST_MS);

      await untilTrue(async () => (await server.predict(key)).status === 200, 3000);
      await allWell(load);
      await load.stop();
      expectHonest(server, load);
      expect(Math.max(...load.answers.map(({ ms }) => ms))).toBeLessThan(MOST_MS);
      const acknowledgedWhileHeld = load.answers.filter(
        ({ id, askedAt, ms }) => id !== null && askedAt > heldAt && askedAt + ms < freeAt,
      );
      expect(acknowledgedWhileHeld).toEqual([]);
      expect((await server.login()).status).toBe(200);
      expect(await server.metrics()).toMatch(/^prediction_log_queue_depth 0$/m);
    } finally {
      await server.stop();
    }
  });
});

describe('a disk that is full', () => {
  it('is answered with 503 while reads go on, and with predictions again when there is space', async () => {
    const disk = SmallDisk.mount(8);
    try {
      const server = await FaultedServer.start(join(disk.dir, 'small.db'));
      try {
        const token = await server.token();
        const key = await server.apiKey(token);
        const load = server.load(token);
        await acknowledged(load, 200);
        disk.fill(65_536);
        await untilTrue(async () => (await server.predict(key)).status === 503, 10_000);

        const liveness = watchLiveness(server);
        const before = server.storedIds().size;
        await expectReadsAndRefusals(server, token, key);
        await pause(2000);
        expect(server.storedIds().size - before).toBeLessThan(100);
        expect(await liveness()).toBeLessThan(MOST_MS);

        disk.clear();
        await untilTrue(async () => (await server.predict(key)).status === 200, 5000);
        await allWell(load);
        await load.stop();
        expectHonest(server, load);
        expect((await server.login()).status).toBe(200);
        // A line now and then, not one a caller, and no stack.
        expect(server.output.split('\n').length).toBeLessThan(60);
      } finally {
        await server.stop();
      }
    } finally {
      disk.unmount();
    }
  });
});

describe('a clock that is set back by an hour', () => {
  it('ends no session, loses and repeats no row of a page, deletes nothing, and measures no negative time', async () => {
    const clock = resolve(__dirname, 'support/shifting-clock.mjs');
    const server = await FaultedServer.start(join(dir, 'clock.db'), ['--import', clock]);
    try {
      const { body: session } = await server.login();
      const token = {
        authorization: `Bearer ${session.access_token}`,
        'content-type': 'application/json',
      };
      const key = await server.apiKey(token);
      const predicted: string[] = [];
      const predict = async (count: number): Promise<void> => {
        for (let i = 0; i < count; i++) {
          const { status, body } = await server.predict(i % 2 === 0 ? token : key);
          expect(status).toBe(200);
          predicted.push(body.id ?? '');
        }
      };
      await predict(30);
      const first = await server.page(token, 10);

      process.kill(server.pid, 'SIGUSR2');
      await untilTrue(() => Promise.resolve(server.output.includes('the clock is set back')), 2000);
      // Longer than a credential is remembered without a look into the database.
      await pause(1200);
      await predict(30);

      // What was stored after the step is older by the clock: it comes after everything before it, and a cursor stays where it was.
      const rest = await server.allPages(token, first.next_cursor);
      expect([...first.items, ...rest].map(({ id }) => id).toSorted()).toEqual(
        predicted.toSorted(),
      );
      const [newest, oldest] = [first.items[0], rest.at(-1)];
      const between = Date.parse(newest?.created_at ?? '') - Date.parse(oldest?.created_at ?? '');
      expect(Math.abs(between - HOUR_MS)).toBeLessThan(60_000);
      expect(server.storedIds().size).toBe(60);

      const renewed = await server.send<{ access_token: string }>('/token', {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          refresh_token: session.refresh_token,
        }),
      });
      expect(renewed.status).toBe(200);
      expect((await server.login()).status).toBe(200);
      await fetch(`${server.url}/token/revoke`, {
        method: 'POST',
        headers: { authorization: token.authorization },
      });
      expect((await server.predict(token)).status).toBe(401);
      expect((await server.predict(key)).status).toBe(200);
      expect((await server.send('/health/ready')).status).toBe(200);
      const sums = (await server.metrics()).match(/^\S+_sum(\{.*\})? (.*)$/gm) ?? [];
      expect(sums.length).toBeGreaterThan(5);
      expect(sums.filter((line) => Number(line.split(' ').at(-1)) < 0)).toEqual([]);
    } finally {
      await server.stop();
    }
  });
});
