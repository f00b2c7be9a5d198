// A turn of work on a job that meets what can go wrong: threads that die, files out of reach, turns that are lost.
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { newJob } from '../../test/contract/job-queue.contract.ts';
import { url as dyingThread } from '../../test/support/dying-job-thread.ts';
import { jobRows } from '../../test/support/job-server.ts';
import { publish } from '../../test/support/prediction-server.ts';
import { dataSourceOptions, openDatabase } from '../database/data-source.ts';
import type { JobInstruments } from '../metrics/instruments.ts';
import { parseConfig } from '../config/load-config.ts';
import { ModelSlot } from '../model/model-slot.ts';
import { FileModelRegistry } from '../model/registry/file-model-registry.ts';
import { Job } from './job.entity.ts';
import { JobModels } from './job-models.ts';
import { JobTable } from './job-table.ts';
import { JobWork } from './job-work.ts';
import type { JobTurn } from './queue/job-queue.ts';
import { SqliteJobQueue } from './queue/sqlite-job-queue.ts';
import { FolderJobStorage } from './storage/folder-job-storage.ts';
import { INPUT } from './storage/job-storage.ts';

const ROWS = 500;
const counted = { scored: 0 };
const instruments = {
  scored: (_labels: object, scored: number) => (counted.scored += scored),
} as unknown as JobInstruments;

let dir: string;
let source: DataSource;
let table: JobTable;
let storage: FolderJobStorage;
let queue: SqliteJobQueue;
let slot: ModelSlot;
let registry: FileModelRegistry;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'job-work-'));
  await publish(dir);
  const options = dataSourceOptions({ kind: 'sqlite', path: join(dir, 'jobs.db') });
  source = await openDatabase({ ...options, entities: [Job] });
  table = new JobTable(source.getRepository(Job));
  storage = new FolderJobStorage(join(dir, 'jobs'));
  queue = new SqliteJobQueue(table);
  slot = new ModelSlot();
  registry = new FileModelRegistry(join(dir, 'registry'));
  const version = await registry.resolve('models:/foretell@champion');
  await slot.offer(version, await registry.fetchBundle(version));
});
afterEach(async () => {
  await slot.onApplicationShutdown();
  await source.destroy();
  rmSync(dir, { recursive: true });
});

const config = (): Parameters<typeof parseConfig>[0] => ({ VAR_DIR: dir, JOB_PART_ROWS: '100' });
const workWith = (thread?: URL): JobWork =>
  new JobWork({
    config: parseConfig(config()).jobs,
    table,
    storage,
    models: new JobModels(slot, registry),
    instruments,
    ...(thread !== undefined && { thread }),
  });

async function ordered(changes: Partial<Job> = {}): Promise<Job> {
  const job = newJob({ bytesTotal: jobRows(ROWS).length, ...changes });
  await queue.add(job);
  mkdirSync(join(dir, 'jobs', job.id), { recursive: true });
  writeFileSync(join(dir, 'jobs', job.id, INPUT), jobRows(ROWS));
  return job;
}

/** The next turn, whatever it would have to wait for. */
async function turn(): Promise<JobTurn> {
  await source.query('UPDATE jobs SET held_until = 0');
  const taken = await queue.take('worker');
  if (taken === null) throw new Error('there is no turn');
  return taken;
}

const now = async ({ id }: Job): Promise<Job> => (await table.find(id)) as Job;

describe('work on a job', () => {
  it('is done with every row in its parts, and the upload removed', async () => {
    const job = await ordered();
    const work = workWith();
    while ((await now(job)).state !== 'done') await work.take(await turn());
    expect(await now(job)).toMatchObject({ rowsTotal: ROWS, holder: null });
    expect(await storage.list(job.id)).toHaveLength((await now(job)).partsDone);
    expect(counted.scored).toBe(ROWS);
    await work.end();
  });

  it('is tried three times where its thread dies, and fails then with words', async () => {
    const job = await ordered();
    const work = workWith(dyingThread);
    for (let i = 1; i <= 2; i++) {
      await work.take(await turn());
      expect(await now(job)).toMatchObject({ state: 'running', failures: i, holder: null });
    }
    await work.take(await turn());
    const failed = await now(job);
    expect(failed.state).toBe('failed');
    expect(JSON.parse(failed.error ?? '')).toMatchObject({
      code: 'MODEL_ERROR',
      detail: expect.stringMatching(/exit code 3\); it was tried 3 times/) as unknown,
    });
    expect(await storage.list(job.id)).toEqual([]);
  });

  it('goes on after a thread that died once', async () => {
    const job = await ordered();
    await workWith(dyingThread).take(await turn());
    const work = workWith();
    while ((await now(job)).state !== 'done') await work.take(await turn());
    expect(await now(job)).toMatchObject({ failures: 0, rowsDone: ROWS });
    await work.end();
  });

  it('waits while its files are out of reach, goes on when they are back, and fails after the tenth time', async () => {
    const job = await ordered();
    const [home, away] = [join(dir, 'jobs'), join(dir, 'away')];
    renameSync(home, away);
    const work = workWith();
    const began = Date.now();
    await work.take(await turn());
    expect(await now(job)).toMatchObject({ state: 'running', failures: 1, holder: null });
    expect((await now(job)).heldUntil).toBeGreaterThanOrEqual(began + 1000);

    rmSync(home, { recursive: true, force: true });
    renameSync(away, home);
    while ((await now(job)).state !== 'done') await work.take(await turn());
    expect(await now(job)).toMatchObject({ failures: 0 });

    const other = await ordered({ state: 'running', failures: 9, modelSha256: sha256() });
    rmSync(join(home, other.id), { recursive: true });
    await work.take(await turn());
    const failed = await now(other);
    expect(JSON.parse(failed.error ?? '')).toMatchObject({
      code: 'UNAVAILABLE',
      detail: expect.stringMatching(/cannot be read: ENOENT; it was tried 10 times/) as unknown,
    });
    await work.end();
  });

  it('fails where every server that takes it up dies at the same place', async () => {
    const job = await ordered({ claims: 20 });
    await workWith().take(await turn());
    expect(JSON.parse((await now(job)).error ?? '')).toMatchObject({
      detail: expect.stringMatching(/ended 20 times in a row/) as unknown,
    });
  });

  it('stays in the queue while no model is served', async () => {
    const job = await ordered();
    await slot.clear();
    await workWith().take(await turn());
    expect(await now(job)).toMatchObject({ state: 'queued', holder: null, claims: 0, failures: 0 });
  });

  it('leaves no file of a part that somebody else has counted', async () => {
    const job = await ordered({ state: 'running', modelSha256: sha256() });
    const taken = await turn();
    // As a server that was taken for dead and goes on.
    const end = { rows: 100, bytes: jobRows(100).length, lines: 100 };
    await table.addPart(taken.job, { suffix: 'abc', refused: 0, end, isLast: false });
    const work = workWith();
    await work.take(taken);
    expect(await now(job)).toMatchObject({ state: 'running', partsDone: 1, parts: 'abc ' });
    expect(readdirSync(join(dir, 'jobs', job.id))).toEqual([INPUT]);
    await work.end();
  });

  it('drops its part when the server ends, and gives the turn back', async () => {
    const job = await ordered();
    const work = workWith();
    const working = work.take(await turn());
    await work.end();
    await working;
    const left = await now(job);
    expect(left).toMatchObject({ holder: null, claims: 0 });
    expect(left.heldUntil).toBeLessThanOrEqual(Date.now());
  });
});

const sha256 = (): string => slot.current().bundle.onnxSha256;
