// The prediction log of a database that may be serving at the same moment: opened for reading, neither made nor migrated.
import { existsSync } from 'node:fs';
import { DataSource, type Repository } from 'typeorm';
import { AuditEvent } from '../../audit/audit-event.entity.ts';
import type { DatabaseConfig } from '../../config/load-config.ts';
import { DatabaseError, dataSourceOptions } from '../../database/data-source.ts';
import { LoggedPrediction } from '../logged-prediction.entity.ts';

const ADVICE = 'set VAR_DIR or DATABASE_URL to what the server has';

/** Throws DatabaseError where there is no such database. */
export async function withLog<T>(
  database: DatabaseConfig,
  work: (rows: Repository<LoggedPrediction>) => Promise<T>,
): Promise<T> {
  if (database.kind === 'sqlite' && !existsSync(database.path))
    throw new DatabaseError(`there is no database file ${database.path}; ${ADVICE}`);
  const source = new DataSource({
    ...dataSourceOptions(database),
    entities: [LoggedPrediction, AuditEvent],
  });
  try {
    await source.initialize();
  } catch (error) {
    throw new DatabaseError(`the database cannot be read (${reasonOf(error)}); ${ADVICE}`, {
      cause: error,
    });
  }
  try {
    return await work(source.getRepository(LoggedPrediction));
  } finally {
    await source.destroy();
  }
}

/** One line; a refused connection to a name with several addresses has a code and no message. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return message === '' ? String(code) : (message.split('\n', 1)[0] ?? '');
}
