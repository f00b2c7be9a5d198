// The password of a real PostgreSQL is changed under a running server, which goes on without a restart.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startPostgres } from './support/postgres.ts';
import type { StackServer } from './support/process.ts';
import { untilTrue } from './support/until.ts';
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
    const before = new URL(postgres.url);
    const after = new URL(postgres.url);
    after.password = 'a new password, with : and @';
    const admin = new Client({ connectionString: before.href });
    admin.on('error', () => undefined);
    await admin.connect();
    await admin.query(`ALTER ROLE foretell PASSWORD '${decodeURIComponent(after.password)}'`);
    writeFileSync(file, `${after.href}\n`);
    // All connections of the server end: what it opens now needs the new password.
    await admin.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()',
    );
    await admin.end();
    await expect(new Client({ connectionString: before.href }).connect()).rejects.toThrow(
      /password authentication failed/,
    );
    // Answered is stored: PREDICTION_LOG is `acknowledged`.
    await untilTrue(async () => {
      await server.predictBatch([ROW]);
      return true;
    }, LIMIT_MS);
  });
});
