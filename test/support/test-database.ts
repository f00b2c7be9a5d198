// Which database the suites run over: SQLite in the state folder of each, or, where TEST_DATABASE_URL names a PostgreSQL server that may
// be thrown away afterwards, a fresh database there for each state folder.
import { createHash } from 'node:crypto';
import { Client, type DatabaseError } from 'pg';
import type { DataSource } from 'typeorm';

const server = process.env['TEST_DATABASE_URL'];

/** "postgres" or "sqlite". */
export const ENGINE = server === undefined ? 'sqlite' : 'postgres';

const DUPLICATE_DATABASE = '42P04';
const UNIQUE_VIOLATION = '23505';

/** The settings of a server with this state folder: nothing for SQLite. Servers that share a folder share its database. */
export async function databaseSettings(varDir: string): Promise<Record<string, string>> {
  if (server === undefined) return {};
  return { DATABASE_URL: await ensureDatabase(server, nameFor(varDir)) };
}

/** The URL of a database on the same PostgreSQL server, made where it is missing. */
export async function ensureDatabase(serverUrl: string, name: string): Promise<string> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE "${name}"`);
  } catch (error) {
    // The second of two that start together.
    const { code } = error as DatabaseError;
    if (code !== DUPLICATE_DATABASE && code !== UNIQUE_VIOLATION) throw error;
  } finally {
    await client.end();
  }
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Every row of every table of the entities, as one text to search. */
export async function everythingStored(
  database: DataSource,
  except: readonly string[] = [],
): Promise<string> {
  const tables = database.entityMetadatas
    .map(({ tableName }) => tableName)
    .filter((table) => !except.includes(table));
  const rows = tables.map((table) => database.query<object[]>(`SELECT * FROM "${table}"`));
  return JSON.stringify(await Promise.all(rows));
}

const nameFor = (varDir: string): string =>
  `test_${createHash('sha256').update(varDir).digest('hex').slice(0, 16)}`;
