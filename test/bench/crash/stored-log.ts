// The predictions that are stored, read in the database itself and not through the server that is under test.
import Database from 'better-sqlite3';

class StoredLog {
  constructor(private readonly database: Database.Database) {}

  get rows(): number {
    return this.database.prepare('SELECT count(*) FROM predictions').pluck().get() as number;
  }

  countMissing(ids: readonly string[]): number {
    const find = this.database.prepare('SELECT 1 FROM predictions WHERE id = ?');
    return ids.filter((id) => find.get(id) === undefined).length;
  }
}

/** `path`: of the SQLite file. */
export function inLog<T>(path: string, look: (log: StoredLog) => T): T {
  const database = new Database(path, { readonly: true });
  try {
    return look(new StoredLog(database));
  } finally {
    database.close();
  }
}
