// The password of a real PostgreSQL is changed under a running server, which goes on without a restart.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { changePassword, startPostgres } from './support/postgres.ts';
import type { StackServer } from './support/process.ts';
import { untilTrue } from '../support/until.ts';
import { WatchedServer } from './support/watched-server.ts';

const ROW = { 'mean radius': 14, 'mean texture': 19, side: 'left' };
const LIMIT_MS = 30_000;

describe('DATABASE_URL_FILE', () => {
  const dir = mkdtempSync(join(tmpdir(), 'stack-secrets-'));
  const file = join(dir, 'database-url');
  let postgres: StackServer;
  let server: WatchedServer;

  beforeAll(async () => {
    postgres = await startPostgres();
    writeFileSync(file, `${postgres.url}\n`);
    chmodSync(file, 0o600);
    server = await WatchedServer.start({ DATABASE_URL_FILE: file });
  });
  afterAll(async () => {
    await server.stop();
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('connects with the password that the file holds now', async () => {
    await changePassword(postgres.url, 'a new password, with : and @', (url) => {
      writeFileSync(file, `${url}\n`);
    });
    await expect(new Client({ connectionString: postgres.url }).connect()).rejects.toThrow(
      /password authentication failed/,
    );
    // Answered is stored: PREDICTION_LOG is `acknowledged`.
    await untilTrue(async () => {
      await server.predictBatch([ROW]);
      return true;
    }, LIMIT_MS);
  });
});
