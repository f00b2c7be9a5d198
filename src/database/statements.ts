// What the two engines do differently around one statement. Write with insert, update and delete of the repositories: `save` opens a
// transaction, and on SQLite's one connection a transaction catches the statements of every other request that is under way.
import type { EntityManager, Repository } from 'typeorm';

/** True for an insert or update that a unique index refused. */
export function isUniqueViolation(error: unknown): boolean {
  const { code } = (error as { driverError?: { code?: unknown } }).driverError ?? {};
  return code === 'SQLITE_CONSTRAINT_UNIQUE' || code === '23505';
}

/**
 * Runs one statement while nobody else writes the table, so that its condition over other rows still holds when it writes.
 * PostgreSQL needs the lock (two statements see each other's past); SQLite writes one statement at a time anyway.
 */
export function aloneOn<Row extends object, T>(
  repository: Repository<Row>,
  statement: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  const { manager, metadata } = repository;
  if (manager.dataSource.options.type !== 'postgres') return statement(manager);
  return manager.transaction(async (locked) => {
    await locked.query(`LOCK TABLE "${metadata.tableName}" IN SHARE ROW EXCLUSIVE MODE`);
    return statement(locked);
  });
}
