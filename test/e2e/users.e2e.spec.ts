// Accounts and API keys over real HTTP with real SQLite.
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { FirstAdmin } from '../../src/users/first-admin.ts';
import { startAccounts, type AccountServer } from '../support/account-server.ts';

const ADMIN_PASSWORD = 'the admin of the tests';
const PASSWORD = 'correct horse battery';
const NOBODY = '00000000-0000-4000-8000-000000000000';

interface UserBody {
  readonly id: string;
  readonly username: string;
  readonly role: string;
  readonly created_at: string;
}

interface KeyBody {
  readonly id: string;
  readonly key: string;
  readonly scopes: readonly string[];
  readonly last_used_at: string | null;
}

interface ProblemBody {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { readonly field: string; readonly expected: string }[];
}

describe('accounts', () => {
  const varDir = mkdtempSync(join(tmpdir(), 'users-'));
  let server: AccountServer;
  let admin: string;

  const logIn = async (username: string, password = PASSWORD): Promise<string> => {
    const { body } = await server.call<{ access_token: string }>('POST /token', {
      form: { username, password },
    });
    return body.access_token;
  };
  let made = 0;
  const makeUser = async (role: string): Promise<UserBody & { readonly token: string }> => {
    const json = { username: `user-${++made}`, password: PASSWORD, role };
    const { body } = await server.call<UserBody>('POST /users', { token: admin, json });
    return { ...body, token: await logIn(body.username) };
  };

  beforeAll(async () => {
    server = await startAccounts({ VAR_DIR: varDir, ADMIN_PASSWORD, LOGIN_ATTEMPTS: '1000' });
    admin = await logIn('admin', ADMIN_PASSWORD);
  });
  afterAll(async () => {
    await server.app.close();
    rmSync(varDir, { recursive: true });
  });

  describe('/users', () => {
    it('creates, shows, lists, changes and deletes a user, and never shows a password', async () => {
      const json = { username: 'Ann', password: PASSWORD, role: 'viewer' };
      const created = await server.call<UserBody>('POST /users', { token: admin, json });
      const ann = created.body;
      expect(created.status).toBe(201);
      expect(ann).toEqual({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        username: 'Ann',
        role: 'viewer',
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      });
      expect((await server.call(`GET /users/${ann.id}`, { token: admin })).body).toEqual(ann);
      expect((await server.call('GET /users', { token: admin })).body).toContainEqual(ann);
      const change = { role: 'client', username: 'Anna' };
      expect(
        (await server.call(`PATCH /users/${ann.id}`, { token: admin, json: change })).body,
      ).toEqual({ ...ann, ...change });
      const mine = await server.call('GET /users/me', { token: await logIn('anna') });
      expect(mine.body).toEqual({ ...ann, ...change });
      expect((await server.call(`DELETE /users/${ann.id}`, { token: admin })).status).toBe(204);
      expect((await server.call(`GET /users/${ann.id}`, { token: admin })).status).toBe(404);
    });

    it('refuses a name that differs from another in case or width only', async () => {
      await makeUser('client');
      for (const username of ['ADMIN', 'ａｄｍｉｎ']) {
        const json = { username, password: PASSWORD, role: 'client' };
        const { status, body } = await server.call('POST /users', { token: admin, json });
        expect({ status, code: body['code'] }).toEqual({ status: 409, code: 'CONFLICT' });
      }
      const { id } = await makeUser('client');
      const json = { username: 'Admin' };
      expect((await server.call(`PATCH /users/${id}`, { token: admin, json })).status).toBe(409);
    });

    it.each([
      ['password', 'short one'],
      ['password', 'p'.repeat(73)],
      ['password', 'é'.repeat(37)],
      ['password', 123456789012],
      ['username', 'a\u0000b'],
      ['username', ' ann'],
      ['username', 'x'.repeat(65)],
      ['username', ''],
      ['role', 'root'],
      ['is_admin', true],
    ])('names the field %s of a bad new user and does not echo its value', async (field, value) => {
      const json = { username: 'new', password: PASSWORD, role: 'client', [field]: value };
      const { status, body } = await server.call<ProblemBody>('POST /users', {
        token: admin,
        json,
      });
      expect(status).toBe(422);
      expect(body.errors?.map((error) => error.field)).toEqual([field]);
      if (value !== '') expect(JSON.stringify(body.errors)).not.toContain(JSON.stringify(value));
    });

    it.each([
      ['null', { role: null }],
      ['short password', { password: 'short' }],
    ])('refuses a change to %s', async (_, json) => {
      const { id } = await makeUser('client');
      expect((await server.call(`PATCH /users/${id}`, { token: admin, json })).status).toBe(422);
    });

    it('accepts 72 bytes', async () => {
      const json = { username: 'long', password: 'é'.repeat(36), role: 'client' };
      expect((await server.call('POST /users', { token: admin, json })).status).toBe(201);
      expect(await logIn('long', 'é'.repeat(36))).toEqual(expect.any(String));
    });

    it('refuses to change one’s own password to one over 72 bytes', async () => {
      const { token } = await makeUser('client');
      const json = { current_password: PASSWORD, new_password: 'p'.repeat(73) };
      const { status, body } = await server.call<ProblemBody>('PATCH /users/me/password', {
        token,
        json,
      });
      expect({ status, field: body.errors?.[0]?.field }).toEqual({
        status: 422,
        field: 'new_password',
      });
    });

    it.each(['operator', 'client', 'viewer'])('is closed to the role %s', async (role) => {
      const { id, token } = await makeUser(role);
      const json = { role: 'admin' };
      expect((await server.call('GET /users', { token })).status).toBe(403);
      expect((await server.call('POST /users', { token, json })).status).toBe(403);
      expect((await server.call(`GET /users/${id}`, { token })).status).toBe(403);
      expect((await server.call(`PATCH /users/${id}`, { token, json })).status).toBe(403);
      expect((await server.call(`DELETE /users/${id}`, { token })).status).toBe(403);
      expect((await server.call('GET /users/me', { token })).status).toBe(200);
    });

    it.each(['%00', NOBODY, 'me2', '1'])('answers 404 for the id %s', async (id) => {
      for (const method of ['GET', 'PATCH', 'DELETE']) {
        const call = { token: admin, ...(method === 'PATCH' && { json: { role: 'client' } }) };
        expect((await server.call(`${method} /users/${id}`, call)).status).toBe(404);
      }
    });

    it('keeps the last admin admin', async () => {
      const users = (await server.call<UserBody[]>('GET /users', { token: admin })).body;
      const id = users.find(({ role }) => role === 'admin')?.id ?? '';
      const json = { role: 'viewer' };
      const demoted = await server.call(`PATCH /users/${id}`, { token: admin, json });
      expect({ status: demoted.status, code: demoted.body['code'] }).toEqual({
        status: 409,
        code: 'CONFLICT',
      });
      expect((await server.call(`DELETE /users/${id}`, { token: admin })).status).toBe(409);
      expect((await server.call('GET /probe/admin', { token: admin })).status).toBe(200);
    });

    it('leaves one admin when two delete each other at once', async () => {
      const second = await makeUser('admin');
      const users = (await server.call<UserBody[]>('GET /users', { token: admin })).body;
      const first = users.find(({ username }) => username === 'admin');
      const answers = await Promise.all([
        server.call(`DELETE /users/${first?.id ?? ''}`, { token: second.token }),
        server.call(`DELETE /users/${second.id}`, { token: admin }),
      ]);
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
      if (answers[0].status !== 204) return;
      // The first admin is gone: make it again for the tests that follow.
      const json = { username: 'admin', password: ADMIN_PASSWORD, role: 'admin' };
      await server.call('POST /users', { token: second.token, json });
      admin = await logIn('admin', ADMIN_PASSWORD);
      await server.call(`DELETE /users/${second.id}`, { token: admin });
    });
  });

  describe('/api-keys', () => {
    const create = (token: string, scopes: readonly string[], more: object = {}) =>
      server.call<KeyBody & ProblemBody>('POST /api-keys', {
        token,
        json: { name: 'machine', scopes, ...more },
      });

    it('shows the key once, stores its hash, and lets it call within its scopes', async () => {
      const { token, id: owner } = await makeUser('operator');
      const { status, headers, body } = await create(token, ['predict']);
      expect(status).toBe(201);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(body.key).toMatch(new RegExp(`^ftl_${body.id}_[\\w-]{43}$`));
      expect((await server.call('GET /probe/predict', { key: body.key })).status).toBe(200);
      const refused = await server.call<ProblemBody>('GET /probe/read', { key: body.key });
      expect({ status: refused.status, detail: refused.body.detail }).toEqual({
        status: 403,
        detail: 'This needs the scope read.',
      });
      expect((await server.call('GET /probe/any', { key: body.key })).body).toMatchObject({
        userId: owner,
        via: 'api_key',
        credentialId: body.id,
        scopes: ['predict'],
      });
      const listed = await server.call<KeyBody[]>('GET /api-keys', { token });
      expect(listed.body.map(({ id }) => id)).toEqual([body.id]);
      expect(JSON.stringify(listed.body)).not.toContain(body.key);
      for (const file of ['foretell.db', 'foretell.db-wal']) {
        const stored = readFileSync(join(varDir, file));
        expect(stored.includes(body.key.slice(-43))).toBe(false);
      }
    });

    it('notes the use, once a minute', async () => {
      const { token } = await makeUser('client');
      const { key } = (await create(token, ['predict'])).body;
      const lastUsed = async (): Promise<string | null | undefined> =>
        (await server.call<KeyBody[]>('GET /api-keys', { token })).body[0]?.last_used_at;
      expect(await lastUsed()).toBeNull();
      await server.call('GET /probe/predict', { key });
      const first = await lastUsed();
      expect(Date.parse(first ?? '')).toBeGreaterThan(Date.now() - 5000);
      await server.call('GET /probe/predict', { key });
      expect(await lastUsed()).toBe(first);
    });

    it('is refused when deleted, expired, altered, foreign or empty', async () => {
      const { token } = await makeUser('client');
      const { id, key } = (await create(token, ['predict'])).body;
      const soon = new Date(Date.now() + 300).toISOString();
      const brief = (await create(token, ['predict'], { expires_at: soon })).body.key;
      expect((await server.call('GET /probe/predict', { key: brief })).status).toBe(200);
      expect((await server.call('GET /probe/predict', { key })).status).toBe(200);
      expect((await server.call(`DELETE /api-keys/${id}`, { token })).status).toBe(204);
      await new Promise((resolve) => setTimeout(resolve, 350));
      const altered = (await create(token, ['predict'])).body.key.slice(0, -2) + '__';
      for (const bad of [key, brief, altered, 'garbage', '']) {
        const { status, headers, body } = await server.call('GET /probe/predict', { key: bad });
        expect({ status, code: body['code'] }).toEqual({ status: 401, code: 'INVALID_API_KEY' });
        expect(headers.get('www-authenticate')).toBe('Bearer realm="foretell"');
      }
    });

    it.each<[string, object, number]>([
      ['a scope its owner lacks', { scopes: ['operate'] }, 403],
      ['an unknown scope', { scopes: ['root'] }, 422],
      ['no scope', { scopes: [] }, 422],
      ['a scope twice', { scopes: ['predict', 'predict'] }, 422],
      ['no name', { name: '' }, 422],
      ['an end in the past', { expires_at: '2020-01-01T00:00:00Z' }, 422],
      ['an end that is no instant', { expires_at: 'tomorrow' }, 422],
    ])('is not made with %s', async (_, more, expected) => {
      const { token } = await makeUser('client');
      expect((await create(token, ['predict'], more)).status).toBe(expected);
    });

    it('is its owner’s and the admin’s to see and to delete', async () => {
      const [ann, bob] = [await makeUser('client'), await makeUser('client')];
      const { id } = (await create(ann.token, ['predict'])).body;
      expect((await server.call('GET /api-keys', { token: bob.token })).body).toEqual([]);
      expect((await server.call(`DELETE /api-keys/${id}`, { token: bob.token })).status).toBe(404);
      const all = await server.call<KeyBody[]>('GET /api-keys', { token: admin });
      expect(all.body.map((key) => key.id)).toContain(id);
      expect((await server.call(`DELETE /api-keys/${id}`, { token: admin })).status).toBe(204);
    });

    it('cannot make or delete keys, nor log out, unless it is an admin’s', async () => {
      const { token } = await makeUser('client');
      const { id, key } = (await create(token, ['predict'])).body;
      const json = { name: 'child', scopes: ['predict'] };
      expect((await server.call('POST /api-keys', { key, json })).status).toBe(403);
      expect((await server.call(`DELETE /api-keys/${id}`, { key })).status).toBe(403);
      expect((await server.call('POST /token/revoke', { key })).status).toBe(400);
      const adminKey = (await create(admin, ['admin'])).body.key;
      const asked = { name: 'child', scopes: ['predict'] };
      expect((await server.call('POST /api-keys', { key: adminKey, json: asked })).status).toBe(
        403,
      );
      const child = { name: 'child', scopes: ['admin'] };
      expect((await server.call('POST /api-keys', { key: adminKey, json: child })).status).toBe(
        201,
      );
    });

    it('loses what its owner’s role loses, and goes with its owner', async () => {
      const { id, token } = await makeUser('operator');
      const { key } = (await create(token, ['predict', 'operate'])).body;
      expect((await server.call('GET /probe/operate', { key })).status).toBe(200);
      const json = { role: 'client' };
      await server.call(`PATCH /users/${id}`, { token: admin, json });
      expect((await server.call('GET /probe/operate', { key })).status).toBe(403);
      expect((await server.call('GET /probe/predict', { key })).status).toBe(200);
      await server.call(`DELETE /users/${id}`, { token: admin });
      expect((await server.call('GET /probe/predict', { key })).status).toBe(401);
      const rows = await server.app
        .get(DataSource)
        .query<unknown[]>('SELECT 1 FROM api_keys WHERE user_id = ?', [id]);
      expect(rows).toEqual([]);
    });
  });
});

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
