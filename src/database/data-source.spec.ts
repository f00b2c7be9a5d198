// Opening and migrating real SQLite files.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { dataSourceOptions, openDatabase } from './data-source.ts';

const TABLES = [
  'api_keys',
  'challenger_predictions',
  'predictions',
  'refresh_tokens',
  'sessions',
  'users',
];

describe('the database', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'database-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });
  const open = (path = join(dir, 'foretell.db')): Promise<DataSource> =>
    openDatabase(dataSourceOptions({ kind: 'sqlite', path }));
  const undoAll = async (database: DataSource): Promise<void> => {
    for (let left = database.migrations.length; left > 0; left--) {
      await database.undoLastMigration();
    }
  };
  const schemaOf = (database: DataSource): Promise<{ name: string; sql: string }[]> =>
    database.query(
      `SELECT name, sql FROM sqlite_master
       WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name <> 'migrations' ORDER BY name`,
    );

  it('migrates up, all the way down, and up to the same schema', async () => {
    const database = await open();
    const up = await schemaOf(database);
    expect(up.map(({ name }) => name)).toEqual(expect.arrayContaining(TABLES));
    await undoAll(database);
    expect(await schemaOf(database)).toEqual([]);
    await database.runMigrations();
    expect(await schemaOf(database)).toEqual(up);
    await database.destroy();
  });

  it('opens an existing database without migrating it again', async () => {
    await (await open()).destroy();
    const database = await open();
    const ran = await database.query<unknown[]>('SELECT * FROM migrations');
    expect(ran).toHaveLength(database.migrations.length);
    await database.destroy();
  });

  it('writes ahead, waits for other writers, enforces foreign keys, and keeps 2 MB of pages', async () => {
    const database = await open();
    expect(await database.query('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    expect(await database.query('PRAGMA busy_timeout')).toEqual([{ timeout: 300 }]);
    expect(await database.query('PRAGMA cache_size')).toEqual([{ cache_size: -2000 }]);
    expect(await database.query('PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1 }]);
    const orphan = database.query(
      `INSERT INTO sessions (id, user_id, credentials_version, created_at, expires_at) VALUES ('a', 'b', 0, 0, 0)`,
    );
    await expect(orphan).rejects.toThrow('FOREIGN KEY');
    await database.destroy();
  });

  it('leaves nothing behind when a migration fails', async () => {
    const before = await open();
    await undoAll(before);
    await before.query('CREATE TABLE predictions (in_the_way TEXT)');
    await before.destroy();
    await expect(open()).rejects.toThrow(/predictions/);
    const path = join(dir, 'foretell.db');
    const after = await openDatabase({ type: 'better-sqlite3', database: path });
    expect((await schemaOf(after)).map(({ name }) => name)).toEqual(['predictions']);
    await after.destroy();
  });

  it.each<[string, (dir: string) => string]>([
    ['is a folder', (folder) => folder],
    ['lies below a file', (folder) => join(folder, 'file', 'foretell.db')],
    ['is no database', (folder) => join(folder, 'file')],
  ])('says in one line what to do where its path %s', async (_, pathIn) => {
    writeFileSync(join(dir, 'file'), 'some text, much longer than nothing at all');
    const failure = await open(pathIn(dir)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'DatabaseError' });
    expect((failure as Error).message).toMatch(
      /^the database file .+ cannot be opened for writing \(.+\); make its folder writable, or set VAR_DIR or DATABASE_URL$/,
    );
  });

  it('says in one line what to do where PostgreSQL does not answer', async () => {
    const url = 'postgres://nobody@127.0.0.1:1/none';
    const opening = openDatabase(dataSourceOptions({ kind: 'postgres', url }));
    await expect(opening).rejects.toThrow(
      /^the PostgreSQL database cannot be used \(.*ECONNREFUSED.*\); start it, or correct DATABASE_URL$/,
    );
  });
});
