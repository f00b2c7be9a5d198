// The history for a process that is no server: opens the database, and closes it again.
import { AuditEvent } from '../audit/audit-event.entity.ts';
import { AuditLog } from '../audit/audit-log.ts';
import type { DatabaseConfig } from '../config/load-config.ts';
import { dataSourceOptions, openDatabase } from '../database/data-source.ts';
import { ModelEvent } from './model-event.entity.ts';
import { ModelHistory } from './model-history.ts';

/** Throws DatabaseError with what to do, and whatever `work` throws. */
export async function withHistory<T>(
  database: DatabaseConfig,
  work: (history: ModelHistory) => Promise<T>,
): Promise<T> {
  const dataSource = await openDatabase({
    ...dataSourceOptions(database),
    entities: [ModelEvent, AuditEvent],
  });
  try {
    const audit = new AuditLog(dataSource.getRepository(AuditEvent));
    return await work(new ModelHistory(dataSource.getRepository(ModelEvent), audit));
  } finally {
    await dataSource.destroy();
  }
}
