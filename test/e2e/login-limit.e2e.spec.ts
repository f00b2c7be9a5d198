// The limit of failed logins per account and address, over real HTTP.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAccounts, type AccountServer, type Answer } from '../support/account-server.ts';

const ADMIN_PASSWORD = 'the admin of the tests';

describe('the limit of failed logins', () => {
  let varDir: string;
  let server: AccountServer;
  beforeEach(async () => {
    varDir = mkdtempSync(join(tmpdir(), 'limit-'));
    server = await startAccounts({ VAR_DIR: varDir, ADMIN_PASSWORD, LOGIN_ATTEMPTS: '3' });
  });
  afterEach(async () => {
    await server.app.close();
    rmSync(varDir, { recursive: true });
  });
  const attempt = (username: string, password: string): Promise<Answer> =>
    server.call('POST /token', { json: { username, password } });

  it('answers 429 with Retry-After, also to the right password', async () => {
    for (let i = 0; i < 3; i++) expect((await attempt('admin', 'wrong')).status).toBe(401);
    const { status, headers, body } = await attempt('admin', ADMIN_PASSWORD);
    expect({ status, code: body['code'] }).toEqual({ status: 429, code: 'TOO_MANY_REQUESTS' });
    const seconds = Number(headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(890);
    expect(seconds).toBeLessThanOrEqual(900);
  });

  it('counts an address that tries many names', async () => {
    for (const name of ['a', 'b', 'c']) expect((await attempt(name, 'wrong')).status).toBe(401);
    expect((await attempt('d', 'wrong')).status).toBe(429);
  });

  it('starts again for the account after a success', async () => {
    await attempt('admin', 'wrong');
    await attempt('admin', 'wrong');
    expect((await attempt('admin', ADMIN_PASSWORD)).status).toBe(200);
    expect((await attempt('admin', ADMIN_PASSWORD)).status).toBe(200);
    expect((await attempt('admin', 'wrong')).status).toBe(401);
  });

  it('holds in a burst: no more wrong ones are tried, and no right one is refused', async () => {
    const right = await Promise.all(
      Array.from({ length: 12 }, () => attempt('admin', ADMIN_PASSWORD)),
    );
    expect(right.map(({ status }) => status)).toEqual(Array(12).fill(200));
    const wrong = await Promise.all(Array.from({ length: 12 }, () => attempt('admin', 'wrong')));
    expect(wrong.filter(({ status }) => status === 401)).toHaveLength(3);
    expect(wrong.filter(({ status }) => status === 429)).toHaveLength(9);
  });

  it('holds for the current password of PATCH /users/me/password too', async () => {
    const token = (await attempt('admin', ADMIN_PASSWORD)).body['access_token'] as string;
    const json = { current_password: 'wrong', new_password: 'another good password' };
    const change = (): Promise<Answer> => server.call('PATCH /users/me/password', { token, json });
    for (let i = 0; i < 3; i++) expect((await change()).status).toBe(401);
    expect((await change()).status).toBe(429);
  });
});
