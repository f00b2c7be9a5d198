// Accounts over real HTTP with a real database.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
});
