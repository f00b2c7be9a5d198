// One checkpoint of SQLite's write-ahead log.
import Database, { type Database as Connection } from 'better-sqlite3';

/** Copies into the file what can be copied without waiting for anyone who reads or writes. What cannot, on a full disk say, is left to the next time. */
export function checkpoint(database: Connection): void {
  try {
    database.pragma('wal_checkpoint(PASSIVE)');
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
  }
}
