// Several servers' queues of jobs over one new database.
import { DataSource } from 'typeorm';
import type { DatabaseConfig } from '../../src/config/load-config.ts';
import { dataSourceOptions, openDatabase } from '../../src/database/data-source.ts';
import { Job } from '../../src/jobs/job.entity.ts';
import { JobTable } from '../../src/jobs/job-table.ts';
import { openQueue } from '../../src/jobs/queue/open-queue.ts';
import type { QueueUnderTest } from '../contract/job-queue.contract.ts';

const SERVERS = 3;

export async function openQueues(config: DatabaseConfig): Promise<QueueUnderTest> {
  await (await openDatabase(dataSourceOptions(config))).destroy();
  const sources: DataSource[] = [];
  for (let i = 0; i < SERVERS; i++)
    sources.push(
      await new DataSource({ ...dataSourceOptions(config), entities: [Job] }).initialize(),
    );
  const tables = sources.map((source) => new JobTable(source.getRepository(Job)));
  const queues = await Promise.all(
    sources.map((source, i) => openQueue(config, tables[i] as JobTable, source)),
  );
  return {
    queues,
    table: tables[0] as JobTable,
    close: async () => {
      for (const source of sources) await source.destroy();
    },
  };
}
