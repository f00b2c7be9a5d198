// What the two engines do differently around one statement. Write with insert, update and delete of the repositories: `save` opens a
// transaction, and on SQLite's one connection a transaction catches the statements of every other request that is under way.
import type { Database } from 'better-sqlite3';
import type { DataSource, EntityManager } from 'typeorm';

/** True for an insert or update that a unique index refused. */
export function isUniqueViolation(error: unknown): boolean {
  const { driverError = error } = error as { driverError?: unknown };
  const { code } = driverError as { code?: unknown };
  return code === 'SQLITE_CONSTRAINT_UNIQUE' || code === '23505';
}

/** An insert, update or delete that a query builder has made and not run. */
export interface Statement {
  getQueryAndParameters(): [sql: string, parameters: unknown[]];
}

export interface Together {
  readonly change: Statement;
  /** Runs where the change touched a row. */
  readonly then: Statement;
  /**
   * A table that nobody else writes meanwhile, so that the change's condition over other rows still holds when it writes. PostgreSQL needs the
   * lock (two statements see each other's past); SQLite writes one statement at a time anyway.
   */
  readonly aloneOn?: string | undefined;
}

/** Runs a change and what has to be stored with it: both or neither. Answers how many rows the change touched. */
export async function changeTogether(dataSource: DataSource, together: Together): Promise<number> {
  if (dataSource.options.type !== 'postgres') return onSqlite(dataSource, together);
  return dataSource.transaction((manager) => onPostgres(manager, together));
}

/** In one turn of the event loop, so that no statement of another request comes between on the one connection. */
function onSqlite({ driver }: DataSource, { change, then }: Together): number {
  const { databaseConnection: database } = driver as unknown as { databaseConnection: Database };
  const run = (statement: Statement): number => {
    const [sql, parameters] = statement.getQueryAndParameters();
    return database.prepare(sql).run(...parameters).changes;
  };
  const together = database.transaction(() => {
    const touched = run(change);
    if (touched > 0) run(then);
    return touched;
  });
  // The write lock at once: nobody writes between the two.
  return together.immediate();
}

async function onPostgres(
  { queryRunner }: EntityManager,
  { change, then, aloneOn }: Together,
): Promise<number> {
  if (queryRunner === undefined) throw new Error('a transaction has a query runner');
  if (aloneOn !== undefined)
    await queryRunner.query(`LOCK TABLE "${aloneOn}" IN SHARE ROW EXCLUSIVE MODE`);
  const { affected } = await queryRunner.query(...change.getQueryAndParameters(), true);
  const touched = affected ?? 0;
  if (touched > 0) await queryRunner.query(...then.getQueryAndParameters());
  return touched;
}
