// The queues of jobs: over SQLite, as several processes of one machine have it, and over PostgreSQL where TEST_DATABASE_URL names a server.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LEASE_MS } from '../../src/jobs/job-table.ts';
import { openQueues } from '../support/job-queues.ts';
import { databaseSettings, ENGINE } from '../support/test-database.ts';
import { describeQueue, newJob, type QueueUnderTest } from './job-queue.contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'job-queue-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const openSqlite = (): Promise<QueueUnderTest> =>
  openQueues({ kind: 'sqlite', path: join(mkdtempSync(join(folder, 'of-')), 'jobs.db') });

describeQueue('SqliteJobQueue', openSqlite);

describe('SqliteJobQueue', () => {
  it('gives a job to somebody else when nothing was heard of its holder', async () => {
    const { queues, table, close } = await openSqlite();
    const job = newJob();
    await queues[0]?.add(job);
    const lost = await queues[0]?.take('killed');
    expect(await table.claim(job.id, 'early', Date.now() + LEASE_MS - 5000)).toBeNull();
    expect(await table.claim(job.id, 'heir', Date.now() + LEASE_MS + 1000)).not.toBeNull();
    expect(await lost?.renew()).toBe(false);
    await lost?.again();
    expect(await table.find(job.id)).toMatchObject({ holder: 'heir', claims: 2 });
    await close();
  });
});

if (ENGINE === 'postgres')
  describeQueue('PostgresJobQueue', async () => {
    const { DATABASE_URL: url = '' } = await databaseSettings(mkdtempSync(join(folder, 'of-')));
    return openQueues({ kind: 'postgres', url });
  });
