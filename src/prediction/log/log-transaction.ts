// Several statements on the tables of the log as one transaction, and as one look at them, on either engine.
import type { DataSource, EntityManager } from 'typeorm';
import { openSqlite } from '../../database/open-sqlite.ts';
import type { Cell } from './row-columns.ts';

/** How long SQLite's other writers are waited for. */
const BUSY_TIMEOUT_MS = 300;

/** SQL with `?` for each value. */
export interface LogStatements {
  all<Row>(sql: string, values?: readonly Cell[]): Promise<Row[]>;
  /** How many rows it touched. */
  run(sql: string, values?: readonly Cell[]): Promise<number>;
}

type Work<T> = (statements: LogStatements) => Promise<T>;

/** All of what the work changes or none of it. It awaits nothing but its statements. */
export const changeLog = <T>(dataSource: DataSource, work: Work<T>): Promise<T> =>
  dataSource.options.type === 'better-sqlite3'
    ? onSqlite(dataSource.options.database, 'BEGIN IMMEDIATE', work)
    : dataSource.transaction((manager) => work(onPostgres(manager)));

/** The log as it is now, however long the work takes and whatever is stored meanwhile. */
export const readLog = <T>(dataSource: DataSource, work: Work<T>): Promise<T> =>
  dataSource.options.type === 'better-sqlite3'
    ? onSqlite(dataSource.options.database, 'BEGIN', work)
    : dataSource.transaction('REPEATABLE READ', (manager) => work(onPostgres(manager)));

/** On a connection of its own: a transaction on the shared one would catch the statements of every other request that is under way. */
async function onSqlite<T>(path: string, begin: string, work: Work<T>): Promise<T> {
  const database = openSqlite(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    // What is deleted is overwritten, not only given free.
    database.pragma('secure_delete = ON');
    database.exec(begin);
    const result = await work({
      all: (sql, values = []) => settled(() => database.prepare(sql).all(...values) as never),
      run: (sql, values = []) => settled(() => database.prepare(sql).run(...values).changes),
    });
    database.exec('COMMIT');
    return result;
  } finally {
    // Rolls back what is not committed.
    database.close();
  }
}

/** Its outcome as a promise: what it throws is a rejection. */
const settled = <T>(statement: () => T): Promise<T> =>
  new Promise((resolve) => {
    resolve(statement());
  });

function onPostgres({ queryRunner }: EntityManager): LogStatements {
  if (queryRunner === undefined) throw new Error('a transaction has a query runner');
  return {
    all: (sql, values = []) => queryRunner.query(numbered(sql), [...values]),
    run: async (sql, values = []) => {
      const { affected } = await queryRunner.query(numbered(sql), [...values], true);
      return affected ?? 0;
    },
  };
}

/** PostgreSQL numbers its parameters. */
function numbered(sql: string): string {
  let n = 0;
  return sql.replaceAll('?', () => `$${++n}`);
}

/** As many `?` as there are values. */
export const places = (values: readonly unknown[]): string => values.map(() => '?').join(', ');
