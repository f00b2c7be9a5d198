// A connection to an SQLite file beside TypeORM's: of a thread, or for one transaction.
import Database, { type Database as Connection } from 'better-sqlite3';

/**
 * Pages that a connection keeps, KiB. The binding's own 16 MB for each of the threads that use the log are 20 MB of a server at rest, and storing a
 * row takes 0.4 us more with them: pages that were used a moment ago are in the processor's caches. Those that are not kept are in the system's.
 */
const PAGE_CACHE_KIB = 2000;

/** Of a file that is there. `timeout`: how long another connection's write is waited for, milliseconds. */
export function openSqlite(path: string, options: { readonly timeout?: number } = {}): Connection {
  const database = new Database(path, { fileMustExist: true, ...options });
  limitPageCache(database);
  return database;
}

export function limitPageCache(database: Connection): void {
  // What is negative is not pages, but KiB.
  database.pragma(`cache_size = ${-PAGE_CACHE_KIB}`);
}
