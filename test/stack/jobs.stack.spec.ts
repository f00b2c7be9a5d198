// Jobs on real servers: two of them on one PostgreSQL through kills of whichever is working, a queue that goes and comes back, files in S3,
// a disk that is full. Every row is in the result exactly once.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { Client } from 'pg';
import { describeQueue } from '../contract/job-queue.contract.ts';
import { describeStorage } from '../contract/job-storage.contract.ts';
import { S3Bucket } from '../../src/jobs/storage/s3-bucket.ts';
import { S3JobStorage } from '../../src/jobs/storage/s3-job-storage.ts';
import { openQueues } from '../support/job-queues.ts';
import { jobRow, jobRows, type JobAnswer, type ResultRow } from '../support/job-server.ts';
import { publish } from '../support/prediction-server.ts';
import { ensureDatabase } from '../support/test-database.ts';
import { startServer, type StartedServer } from '../support/started-server.ts';
import { startPostgres } from './support/postgres.ts';
import type { StackServer } from './support/process.ts';
import { startS3, type S3Server } from './support/s3.ts';
import { SmallDisk } from './support/small-disk.ts';
import { untilTrue } from '../support/until.ts';

const ADMIN_PASSWORD = 'the admin of the stack tests';
const ROWS = 300_000;
const KILLS = 10;
const PART_ROWS = 2000;
const PARTS = ROWS / PART_ROWS;
const NDJSON = 'application/x-ndjson';

let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'jobs-'));
  await publish(dir);
});
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** One server in a process of its own that can be killed and started again. */
class Worker {
  private process: StartedServer | null = null;
  private readonly env: Readonly<Record<string, string>>;

  constructor(settings: Readonly<Record<string, string>>) {
    this.env = {
      VAR_DIR: mkdtempSync(join(dir, 'var-')),
      REGISTRY_DIR: join(dir, 'registry'),
      ADMIN_PASSWORD,
      JWT_SECRET: 'the same secret for every server of these tests',
      BCRYPT_COST: '4',
      MODEL_POLL_SECONDS: '3600',
      ...settings,
    };
  }

  get pid(): number {
    return this.process?.pid ?? 0;
  }

  get output(): string {
    return this.process?.output() ?? '';
  }

  async start(): Promise<this> {
    this.process = await startServer({ env: this.env, command: ['node', 'dist/src/main.js'] });
    return this;
  }

  async stop(signal?: NodeJS.Signals): Promise<void> {
    await this.process?.stop(signal);
  }

  async token(): Promise<string> {
    const body = new URLSearchParams({ username: 'admin', password: ADMIN_PASSWORD });
    const answer = await fetch(`${this.url}/token`, { method: 'POST', body });
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  get url(): string {
    return this.process?.url ?? '';
  }

  send(token: string, path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...(init.headers as object), authorization: `Bearer ${token}` };
    return fetch(this.url + path, { ...init, headers });
  }

  async order(token: string, body: string, type = NDJSON): Promise<JobAnswer & { code?: string }> {
    const headers = { 'content-type': type };
    const answer = await this.send(token, '/jobs', { method: 'POST', body, headers });
    return (await answer.json()) as JobAnswer;
  }

  async job(token: string, id: string): Promise<JobAnswer> {
    return (await (await this.send(token, `/jobs/${id}`)).json()) as JobAnswer;
  }

  async ended(token: string, id: string, limitMs = 180_000): Promise<JobAnswer> {
    await untilTrue(
      async () => ['done', 'failed'].includes((await this.job(token, id)).state),
      limitMs,
      100,
    );
    return this.job(token, id);
  }

  async underWay(token: string, id: string): Promise<void> {
    await untilTrue(async () => (await this.job(token, id)).rows_done > 0, 60_000, 10);
  }

  async rows(token: string, path: string, init: RequestInit = {}): Promise<ResultRow[]> {
    const headers = { ...(init.headers as object), accept: NDJSON };
    const answer = await this.send(token, path, { ...init, headers });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    return linesOf(await answer.text());
  }
}

const linesOf = (text: string): ResultRow[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ResultRow);

/** The rows of both, without the ids that a batch gives. */
function expectSame(result: readonly ResultRow[], direct: readonly ResultRow[]): void {
  expect(result).toHaveLength(direct.length);
  const wrong = result.filter(({ index, label, probability }, at) => {
    const expected = direct[at];
    return index !== at || label !== expected?.label || probability !== expected?.probability;
  });
  expect(wrong.slice(0, 3)).toEqual([]);
}

const directly = (worker: Worker, token: string, body: string): Promise<ResultRow[]> =>
  worker.rows(token, '/predict/batch?log=off', {
    method: 'POST',
    body,
    headers: { 'content-type': NDJSON },
  });

describe('two servers on one PostgreSQL and one folder', () => {
  let postgres: StackServer;
  let database: Client;
  const workers: Worker[] = [];
  let token: string;
  const rows = jobRows(ROWS);

  beforeAll(async () => {
    postgres = await startPostgres();
    const settings = {
      DATABASE_URL: postgres.url,
      JOBS_DIR: join(dir, 'shared'),
      JOB_PART_ROWS: String(PART_ROWS),
    };
    for (let i = 0; i < 2; i++) workers.push(await new Worker(settings).start());
    token = await workerOf(0).token();
    await connect();
  });
  afterAll(async () => {
    await database.end();
    for (const worker of workers) await worker.stop();
    await postgres.stop();
  });

  const connect = async (): Promise<void> => {
    database = new Client({ connectionString: postgres.url });
    database.on('error', () => undefined);
    await database.connect();
  };

  const workerOf = (i: number): Worker => {
    const worker = workers[i];
    if (worker === undefined) throw new Error(`there is no server ${i}`);
    return worker;
  };

  /** How far a job is, and which server holds it. */
  const stand = async (id: string): Promise<{ parts: number; worker: Worker | undefined }> => {
    const { rows: found } = await database.query<{ parts_done: number; holder: string | null }>(
      'SELECT parts_done, holder FROM jobs WHERE id = $1',
      [id],
    );
    const pid = Number(found[0]?.holder?.split(':').at(-2));
    return {
      parts: found[0]?.parts_done ?? 0,
      worker: workers.find((each) => each.pid === pid),
    };
  };

  it(`score every row once through ${KILLS} kills of the one that is working`, async () => {
    const { id } = await workerOf(0).order(token, rows);
    const recoveries: number[] = [];
    const victims = new Set<number>();
    let before = 0;
    let restarted: Promise<unknown> = Promise.resolve();
    // Whoever looks first goes on with it: chance may ask for some more until both were killed.
    for (let kill = 0; kill < KILLS || (victims.size < 2 && kill < 2 * KILLS); kill++) {
      let victim: Worker | undefined;
      const waited = await untilTrue(
        async () => {
          const { parts, worker } = await stand(id);
          victim = worker;
          // Some parts into its turn, at another moment each time.
          return worker !== undefined && parts >= before + 1 + (kill % 3);
        },
        90_000,
        5,
      );
      if (kill > 0) recoveries.push(Math.round(waited));
      victims.add(workers.indexOf(victim as Worker));
      await victim?.stop('SIGKILL');
      before = (await stand(id)).parts;
      await restarted;
      // Not waited for: on a slow machine the other one would meanwhile come to the end of the job.
      restarted = victim?.start() ?? restarted;
    }
    await restarted;
    const job = await workerOf(0).ended(token, id);
    expect(job).toMatchObject({ state: 'done', rows_done: ROWS, rows_total: ROWS });
    expectSame(
      await workerOf(1).rows(token, `/jobs/${id}/result`),
      await directly(workerOf(0), token, rows),
    );
    expect(victims).toEqual(new Set([0, 1]));
    // An expired message is found within seconds; a server that was killed is no reason to wait for long.
    expect(Math.max(...recoveries)).toBeLessThan(200_000);
    await untilTrue(
      () => Promise.resolve(readdirSync(join(dir, 'shared', id)).length === PARTS),
      60_000,
    ).catch(() => 0);
    const left = readdirSync(join(dir, 'shared', id));
    expect(left.filter((name) => name.endsWith('.tmp') || name === 'input')).toEqual([]);
    process.stderr.write(
      `seconds to go on after a kill: ${recoveries.map((ms) => Math.round(ms / 1000)).join(', ')}\n`,
    );
  }, 3_600_000);

  it('go on when PostgreSQL was away for a while, and refuse new jobs meanwhile', async () => {
    const { id } = await workerOf(0).order(token, rows);
    await workerOf(0).underWay(token, id);
    const pids = workers.map(({ pid }) => pid);
    await postgres.down();
    await pause(3000);
    for (const worker of workers) {
      const init = { method: 'POST', body: jobRows(1), headers: { 'content-type': NDJSON } };
      expect((await worker.send(token, '/jobs', init)).status).toBe(503);
      expect((await fetch(`${worker.url}/health/live`)).status).toBe(200);
    }
    await postgres.up();
    await connect();
    expect(await workerOf(1).ended(token, id)).toMatchObject({ state: 'done', rows_total: ROWS });
    expectSame(
      await workerOf(0).rows(token, `/jobs/${id}/result`),
      await directly(workerOf(1), token, rows),
    );
    expect(workers.map(({ pid }) => pid)).toEqual(pids);
    for (const { output } of workers) expect(output.split('\n').length).toBeLessThan(60);
    const { id: next } = await workerOf(1).order(token, jobRows(10));
    expect((await workerOf(1).ended(token, next)).state).toBe('done');
  }, 900_000);

  it('share what is ordered, and one that is stopped in good order hands its job over', async () => {
    const { id } = await workerOf(0).order(token, rows);
    await workerOf(0).underWay(token, id);
    const { worker: first } = await stand(id);
    const stoppedAt = performance.now();
    await first?.stop('SIGTERM');
    const other = workers.find((each) => each !== first) as Worker;
    const { parts, worker: holder } = await stand(id);
    // One that was killed would hold it for longer than this takes.
    expect(holder).not.toBe(first);
    // It may have come to the end while the first one went.
    const more = Math.min(parts + 1, PARTS);
    await untilTrue(async () => (await stand(id)).parts >= more, 15_000, 20);
    expect(performance.now() - stoppedAt).toBeLessThan(75_000);
    expect((await other.ended(token, id)).state).toBe('done');
    await first?.start();
  }, 900_000);
});

describe('files in S3', () => {
  let s3: S3Server;
  let client: S3Client;
  let worker: Worker;
  let token: string;
  const count = 20_000;

  beforeAll(async () => {
    s3 = await startS3();
    const credentials = { accessKeyId: s3.accessKey, secretAccessKey: s3.secretKey };
    client = new S3Client({
      endpoint: s3.url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials,
    });
    worker = await new Worker({
      JOBS_DIR: `s3://${s3.bucket}/of/jobs`,
      JOBS_S3_BUCKETS: s3.bucket,
      JOB_PART_ROWS: '1000',
      AWS_ENDPOINT_URL_S3: s3.url,
      AWS_ACCESS_KEY_ID: s3.accessKey,
      AWS_SECRET_ACCESS_KEY: s3.secretKey,
    }).start();
    token = await worker.token();
  });
  afterAll(async () => {
    await worker.stop();
    client.destroy();
    await s3.stop();
  });

  const put = (key: string, body: string | Uint8Array) =>
    client.send(new PutObjectCommand({ Bucket: s3.bucket, Key: key, Body: body }));
  const get = async (key: string): Promise<Uint8Array> => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: s3.bucket, Key: key }));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  };
  const order = (json: object) => worker.order(token, JSON.stringify(json), 'application/json');
  const address = (key: string): string => `s3://${s3.bucket}/${key}`;

  it('keep uploads and results, which are as good as those in a folder', async () => {
    const { id } = await worker.order(token, jobRows(count));
    expect((await worker.ended(token, id)).state).toBe('done');
    expectSame(
      await worker.rows(token, `/jobs/${id}/result`),
      await directly(worker, token, jobRows(count)),
    );
    await worker.send(token, `/jobs/${id}`, { method: 'DELETE' });
    await untilTrue(() => Promise.resolve(!existsSync(join(s3.objectDir, 'of/jobs', id))), 10_000);
  });

  it('are read and written where an order says so, in the format of their names', async () => {
    await put('in/rows.ndjson', jobRows(count));
    const ordered = await order({
      input: address('in/rows.ndjson'),
      output: address('out/scored.parquet'),
    });
    expect(await worker.ended(token, ordered.id)).toMatchObject({
      state: 'done',
      rows_total: count,
      input: address('in/rows.ndjson'),
    });
    const file = join(s3.objectDir, 'out/scored.parquet');
    const table = await parquetReadObjects({ file: await asyncBufferFromFile(file) });
    const direct = await directly(worker, token, jobRows(count));
    expectSame(
      table.map((row) => ({ ...(row as unknown as ResultRow), index: Number(row['index']) })),
      direct,
    );
    expectSame(await worker.rows(token, `/jobs/${ordered.id}/result`), direct);
  });

  it('are read from their end where they are Parquet', async () => {
    const all = Array.from({ length: count }, (_, i) => jobRow(i));
    const column = (name: keyof ReturnType<typeof jobRow>, type: 'DOUBLE' | 'STRING') => ({
      name,
      data: all.map((row) => row[name]),
      type,
    });
    const columnData = [
      column('mean radius', 'DOUBLE'),
      column('mean texture', 'DOUBLE'),
      column('side', 'STRING'),
    ];
    await put(
      'in/rows.parquet',
      new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 3000 })),
    );
    const ordered = await order({
      input: address('in/rows.parquet'),
      output: address('out/p.ndjson'),
    });
    expect(await worker.ended(token, ordered.id)).toMatchObject({ state: 'done' });
    const written = linesOf(Buffer.from(await get('out/p.ndjson')).toString());
    expectSame(written, await directly(worker, token, jobRows(count)));
  });

  it('that are not there, or in a bucket that nobody allowed, are refused at once', async () => {
    for (const input of [
      address('in/nothing.csv'),
      's3://elsewhere/rows.csv',
      'file:///etc/passwd',
    ])
      expect(await order({ input })).toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('that become others while they are read end the job with words', async () => {
    await put('in/changing.ndjson', jobRows(150_000));
    const changed = jobRows(150_001);
    const ordered = await order({ input: address('in/changing.ndjson') });
    await worker.underWay(token, ordered.id);
    await put('in/changing.ndjson', changed);
    // It reads on from the object that it has open; whoever takes it up again finds another one.
    await worker.stop('SIGKILL');
    await worker.start();
    const job = await worker.ended(token, ordered.id);
    expect(job).toMatchObject({ state: 'failed', error: { code: 'CONFLICT' } });
  });

  it('that are away for a while are waited for', async () => {
    const { id } = await worker.order(token, jobRows(150_000));
    await worker.underWay(token, id);
    await s3.down();
    await pause(3000);
    const init = { method: 'POST', body: jobRows(1), headers: { 'content-type': NDJSON } };
    expect((await worker.send(token, '/jobs', init)).status).toBe(503);
    expect((await worker.job(token, id)).state).toBe('running');
    await s3.up();
    expect(await worker.ended(token, id)).toMatchObject({ state: 'done', rows_total: 150_000 });
    expectSame(
      await worker.rows(token, `/jobs/${id}/result`),
      await directly(worker, token, jobRows(150_000)),
    );
  });
});

describe('a disk that is full under a result', () => {
  it('is waited for: nothing half-written is served, and the result is whole when there is space', async () => {
    const disk = SmallDisk.mount(64);
    const jobs = join(disk.dir, 'jobs');
    mkdirSync(jobs);
    const worker = await new Worker({ JOBS_DIR: jobs, JOB_PART_ROWS: '2000' }).start();
    try {
      const token = await worker.token();
      const body = jobRows(150_000);
      const { id } = await worker.order(token, body);
      await worker.underWay(token, id);
      try {
        disk.fill(0);
      } catch {
        // The job took the last of it.
      }
      await pause(4000);
      const waiting = await worker.job(token, id);
      expect(waiting.state).toBe('running');
      expect((await worker.send(token, `/jobs/${id}/result`)).status).toBe(409);
      // It tries again now and then.
      const halfWritten = () => readdirSync(join(jobs, id)).some((name) => name.endsWith('.tmp'));
      await untilTrue(() => Promise.resolve(!halfWritten()), 10_000, 10);

      const refused = await worker.order(token, jobRows(20_000));
      expect(refused.code).toBe('UNAVAILABLE');
      expect(readdirSync(jobs)).toEqual([id]);

      disk.clear();
      expect(await worker.ended(token, id)).toMatchObject({ state: 'done', rows_total: 150_000 });
      expectSame(
        await worker.rows(token, `/jobs/${id}/result`),
        await directly(worker, token, body),
      );
      expect(readFileSync(join(jobs, id, readdirSync(join(jobs, id))[0] ?? '')).at(-1)).toBe(10);
    } finally {
      await worker.stop();
      disk.unmount();
    }
  });
});

describe('the adapters over real servers', () => {
  let postgres: StackServer;
  let databases = 0;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(async () => {
    await postgres.stop();
  });

  describeQueue('PostgresJobQueue', async () =>
    openQueues({
      kind: 'postgres',
      url: await ensureDatabase(postgres.url, `queue_${(databases += 1)}`),
    }),
  );

  describeStorage('S3JobStorage', async () => {
    const s3 = await startS3();
    process.env['AWS_ACCESS_KEY_ID'] = s3.accessKey;
    process.env['AWS_SECRET_ACCESS_KEY'] = s3.secretKey;
    const bucket = new S3Bucket(s3.bucket, { endpoint: s3.url, region: null });
    return { storage: new S3JobStorage(bucket, 'a/prefix'), close: () => s3.stop() };
  });
});
