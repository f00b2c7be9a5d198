// API keys over real HTTP with a real database.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { startAccounts, type AccountServer } from '../support/account-server.ts';
import { everythingStored } from '../support/test-database.ts';

const ADMIN_PASSWORD = 'the admin of the tests';
const PASSWORD = 'correct horse battery';

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

describe('API keys', () => {
  const varDir = mkdtempSync(join(tmpdir(), 'keys-'));
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
      expect(await everythingStored(server.app.get(DataSource))).not.toContain(body.key.slice(-43));
    });

    it('notes the use, once a minute', async () => {
      const { token } = await makeUser('client');
      const { key } = (await create(token, ['predict'])).body;
      const lastUsed = async (): Promise<string | null | undefined> =>
        (await server.call<KeyBody[]>('GET /api-keys', { token })).body[0]?.last_used_at;
      expect(await lastUsed()).toBeNull();
      await server.call('GET /probe/predict', { key });
      const first = await lastUsed();
      expect(Date.parse(first ?? '')).toBeGreaterThan(Date.now() - 50_000);
      await server.call('GET /probe/predict', { key });
      expect(await lastUsed()).toBe(first);
    });

    it('is refused when deleted, expired, altered, foreign or empty', async () => {
      const { token } = await makeUser('client');
      const { id, key } = (await create(token, ['predict'])).body;
      const soon = Date.now() + 3000;
      const expires_at = new Date(soon).toISOString();
      const brief = (await create(token, ['predict'], { expires_at })).body.key;
      expect((await server.call('GET /probe/predict', { key: brief })).status).toBe(200);
      expect((await server.call('GET /probe/predict', { key })).status).toBe(200);
      expect((await server.call(`DELETE /api-keys/${id}`, { token })).status).toBe(204);
      await new Promise((resolve) => setTimeout(resolve, soon - Date.now() + 50));
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
      // The audit log tells of those who are gone.
      const stored = await everythingStored(server.app.get(DataSource), ['audit_events']);
      expect(stored).not.toContain(id);
    });
  });
});
