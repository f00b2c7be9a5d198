// What the first start makes: the admin and the signing key.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FirstAdmin } from '../../src/users/first-admin.ts';
import { startAccounts } from '../support/account-server.ts';

const ADMIN_PASSWORD = 'the admin of the tests';

describe('the first start', () => {
  let varDir: string;
  beforeEach(() => {
    varDir = mkdtempSync(join(tmpdir(), 'first-'));
  });
  afterEach(() => {
    rmSync(varDir, { recursive: true });
  });

  it('makes one admin with a generated password, told once', async () => {
    const first = await startAccounts({ VAR_DIR: varDir, ADMIN_USERNAME: 'Chief' });
    const generated = first.app.get(FirstAdmin).generated;
    expect(generated?.username).toBe('Chief');
    const form = { username: 'chief', password: generated?.password ?? '' };
    expect((await first.call('POST /token', { form })).status).toBe(200);
    await first.app.close();
    const second = await startAccounts({ VAR_DIR: varDir, ADMIN_USERNAME: 'other' });
    expect(second.app.get(FirstAdmin).generated).toBeNull();
    expect((await second.call('POST /token', { form })).status).toBe(200);
    await second.app.close();
  });

  it('keeps its signing key for the next start, readable by its owner only', async () => {
    const environment = { VAR_DIR: varDir, ADMIN_PASSWORD };
    const first = await startAccounts(environment);
    const form = { username: 'admin', password: ADMIN_PASSWORD };
    const { body } = await first.call<{ access_token: string }>('POST /token', { form });
    await first.app.close();
    expect(statSync(join(varDir, 'jwt-secret')).mode & 0o777).toBe(0o600);
    const second = await startAccounts(environment);
    expect((await second.call('GET /users/me', { token: body.access_token })).status).toBe(200);
    await second.app.close();
  });

  it('makes one admin where two servers start together on an empty database', async () => {
    const servers = await Promise.all([1, 2].map(() => startAccounts({ VAR_DIR: varDir })));
    const passwords = servers.map(({ app }) => app.get(FirstAdmin).generated?.password);
    const told = passwords.filter((password) => password !== undefined);
    expect(told).toHaveLength(1);
    const form = { username: 'admin', password: told[0] ?? '' };
    for (const { call } of servers) expect((await call('POST /token', { form })).status).toBe(200);
    await Promise.all(servers.map(({ app }) => app.close()));
  });

  it('refuses an admin password over 72 bytes in one line', async () => {
    const start = startAccounts({ VAR_DIR: varDir, ADMIN_PASSWORD: 'p'.repeat(73) });
    await expect(start).rejects.toThrow(
      'ADMIN_PASSWORD must be at least 12 characters and at most 72 bytes of UTF-8',
    );
  });
});
