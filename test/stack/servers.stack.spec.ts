// The starters of the real servers: each answers, goes down, comes back with its state, and says what is missing.
import { Client } from 'pg';
import { startPostgres } from './support/postgres.ts';
import { requireTool } from './support/process.ts';

async function query(url: string, sql: string): Promise<readonly object[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<object>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('PostgreSQL', () => {
  it('lets in by password only, goes down, and comes back with its rows', async () => {
    const postgres = await startPostgres();
    try {
      await query(postgres.url, 'CREATE TABLE kept AS SELECT 7 AS number');
      await expect(query(postgres.url.replace(/:[^:@/]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow(
        /password/,
      );
      await postgres.down();
      await expect(query(postgres.url, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
      await postgres.up();
      expect(await query(postgres.url, 'SELECT number FROM kept')).toEqual([{ number: 7 }]);
    } finally {
      await postgres.stop();
    }
  });
});

it('names the tool that is missing and how to install it', () => {
  expect(() => requireTool('mlflow', ['/nowhere/mlflow'])).toThrow(/mlflow .*\.ci\/install-tools/);
});
