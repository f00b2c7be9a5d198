// The queue that belongs to the database of the settings: the only place that knows every adapter.
import type { DataSource } from 'typeorm';
import type { DatabaseConfig } from '../../config/load-config.ts';
import type { JobTable } from '../job-table.ts';
import type { JobQueue } from './job-queue.ts';
import { SqliteJobQueue } from './sqlite-job-queue.ts';

/** The compiler asks for the case that is missing. */
export async function openQueue(
  { kind }: DatabaseConfig,
  table: JobTable,
  dataSource: DataSource,
): Promise<JobQueue> {
  switch (kind) {
    case 'sqlite':
      return new SqliteJobQueue(table);
    case 'postgres': {
      const { PostgresJobQueue } = await import('./postgres-job-queue.ts');
      return new PostgresJobQueue(table, dataSource);
    }
  }
}
