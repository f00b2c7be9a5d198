import Database, { type Database as Connection } from 'better-sqlite3';

/** Copies what nobody reads any more from the write-ahead log into the file. What cannot be copied, on a full disk say, is left to the next time. */
export function checkpoint(database: Connection): void {
  try {
    database.pragma('wal_checkpoint(PASSIVE)');
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
  }
}
