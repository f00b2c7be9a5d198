// Logging in, tokens, sessions and the guard, over real HTTP with a real database.
import { createHmac, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signingKeyOf, type PublicJwk } from '../../src/auth/signing-key.ts';
import { startAccounts, type AccountServer, type Answer } from '../support/account-server.ts';

const SECRET = 'a secret of the tests, 32 characters or more';
const ADMIN_PASSWORD = 'the admin of the tests';
const PASSWORD = 'correct horse battery';

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly token_type: string;
  readonly expires_in: number;
}

interface UserBody {
  readonly id: string;
  readonly username: string;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >;

/** A token made without any JWT library: what a forger could send, who has our secret or another. */
function forge(claims: object, alg = 'ES256', secret = SECRET): string {
  const { kid, privateKey } = signingKeyOf(secret);
  const signed = `${encode({ alg, typ: 'JWT', kid })}.${encode(claims)}`;
  if (alg.toLowerCase() === 'none') return `${signed}.`;
  if (alg === 'HS256') {
    // The known confusion: what verifies is public, and taken as a shared secret.
    const pem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' });
    return `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`;
  }
  const signature = sign('sha256', Buffer.from(signed), {
    key: privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return `${signed}.${signature.toString('base64url')}`;
}

describe('authentication', () => {
  const varDir = mkdtempSync(join(tmpdir(), 'auth-'));
  const environment = {
    VAR_DIR: varDir,
    JWT_SECRET: SECRET,
    ADMIN_PASSWORD,
    LOGIN_ATTEMPTS: '1000',
  };
  let server: AccountServer;
  let admin: string;

  const logIn = async (username: string, password: string): Promise<Tokens> =>
    (await server.call<Tokens>('POST /token', { form: { username, password } })).body;
  const refresh = (refresh_token: string): Promise<Answer<Tokens>> =>
    server.call<Tokens>('POST /token', { json: { grant_type: 'refresh_token', refresh_token } });
  const probe = async (token: string): Promise<number> =>
    (await server.call('GET /probe/any', { token })).status;
  let made = 0;
  const makeUser = async (role = 'client'): Promise<UserBody> => {
    const json = { username: `user-${++made}`, password: PASSWORD, role };
    return (await server.call<UserBody>('POST /users', { token: admin, json })).body;
  };

  beforeAll(async () => {
    server = await startAccounts(environment);
    admin = (await logIn('admin', ADMIN_PASSWORD)).access_token;
  });
  afterAll(async () => {
    await server.app.close();
    rmSync(varDir, { recursive: true });
  });

  describe('logging in', () => {
    it('answers the four members of RFC 6749 to the OAuth2 form, uncached', async () => {
      const { status, headers, body } = await server.call<Tokens>('POST /token', {
        form: {
          grant_type: 'password',
          username: 'admin',
          password: ADMIN_PASSWORD,
          scope: '',
          client_id: '',
          client_secret: '',
        },
      });
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(body).toEqual({
        access_token: expect.any(String) as string,
        token_type: 'bearer',
        expires_in: 900,
        refresh_token: expect.any(String) as string,
      });
    });

    it('takes JSON, and any case of the name', async () => {
      const json = { username: 'ADMIN', password: ADMIN_PASSWORD };
      const { status, body } = await server.call<Tokens>('POST /token', { json });
      expect(status).toBe(200);
      expect(claimsOf(body.access_token)).toMatchObject({
        iss: 'foretell',
        aud: 'foretell-api',
        role: 'admin',
        sub: expect.any(String) as string,
        sid: expect.any(String) as string,
      });
    });

    it('answers an unknown user, a wrong password and a name no user can have alike', async () => {
      const answers = await Promise.all(
        ['admin', 'nobody', 'no\u0000body', 'x'.repeat(500)].map((username) =>
          server.call('POST /token', { json: { username, password: 'wrong wrong wrong' } }),
        ),
      );
      for (const { status, headers, body } of answers) {
        expect({ status, ...body, instance: '' }).toEqual({
          type: 'urn:foretell:problem:invalid-credentials',
          title: 'The credentials are not valid',
          status: 401,
          code: 'INVALID_CREDENTIALS',
          detail: 'The username or the password is wrong.',
          instance: '',
        });
        expect(headers.get('www-authenticate')).toBe('Bearer realm="foretell"');
      }
    });

    it('refuses a password that agrees with the right one in its first 72 bytes only', async () => {
      const password = 'p'.repeat(72);
      const json = { username: 'seventy-two', password, role: 'client' };
      expect((await server.call('POST /users', { token: admin, json })).status).toBe(201);
      expect((await logIn('seventy-two', password)).token_type).toBe('bearer');
      const longer = { username: 'seventy-two', password: `${password}!` };
      expect((await server.call('POST /token', { json: longer })).status).toBe(401);
    });

    it.each([
      ['no field', {}],
      ['an unknown grant', { grant_type: 'implicit', username: 'a', password: 'b' }],
      ['a number as password', { username: 'admin', password: 12 }],
      ['a refresh without its token', { grant_type: 'refresh_token' }],
      ['an array', []],
      ['null', null],
      ['an unknown field', { username: 'admin', password: 'b', admin: true }],
    ])('names what is wrong with %s', async (_, json) => {
      const { status, body } = await server.call('POST /token', { json });
      expect({ status, code: body['code'] }).toEqual({ status: 422, code: 'INVALID_INPUT' });
    });
  });

  describe('a route that needs credentials', () => {
    const now = Math.floor(Date.now() / 1000);
    const good = (): Record<string, unknown> => claimsOf(admin);

    it('answers 401 without any and says how to send them', async () => {
      const { status, headers, body } = await server.call('GET /probe/any');
      expect({ status, code: body['code'] }).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
      expect(headers.get('www-authenticate')).toBe('Bearer realm="foretell"');
    });

    it('takes a token with exactly our algorithm, issuer, audience and key', async () => {
      expect(await probe(forge(good()))).toBe(200);
    });

    const rsa = (): string => {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(good())}`;
      return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
    };
    it.each<[string, () => string]>([
      ['garbage', () => 'garbage'],
      ['three dots', () => '...'],
      ['an expired token', () => forge({ ...good(), exp: now - 1 })],
      ['alg none', () => forge(good(), 'none')],
      ['alg none in other letters', () => forge(good(), 'nOnE')],
      ['HS256 with our public key as the secret', () => forge(good(), 'HS256')],
      ['our key under another name of the algorithm', () => forge(good(), 'ES384')],
      ['RS256', rsa],
      ['another key', () => forge(good(), 'ES256', `${SECRET}.`)],
      [
        'another key under the id of ours',
        () => {
          const [, claims, signature] = forge(good(), 'ES256', `${SECRET}.`).split('.');
          return [forge(good()).split('.')[0], claims, signature].join('.');
        },
      ],
      ['another issuer', () => forge({ ...good(), iss: 'other' })],
      ['another audience', () => forge({ ...good(), aud: 'other' })],
      ['a session that does not exist', () => forge({ ...good(), sid: 'none' })],
      ['the session of somebody else', () => forge({ ...good(), sub: 'other' })],
      ['a refresh token', () => 'sPzYnG1n0hT0e0lTqkM3m3m4o9cQ7v1yZyJ8w2b5x6A'],
    ])('refuses %s', async (_, token) => {
      const { status, headers, body } = await server.call('GET /probe/any', { token: token() });
      expect({ status, code: body['code'] }).toEqual({ status: 401, code: 'INVALID_TOKEN' });
      expect(headers.get('www-authenticate')).toBe(
        'Bearer realm="foretell", error="invalid_token"',
      );
    });
  });

  it('publishes the keys that verify its tokens', async () => {
    const { status, body } = await server.call<{ keys: readonly PublicJwk[] }>(
      'GET /.well-known/jwks.json',
    );
    expect(status).toBe(200);
    const [header = '', claims = '', signature = ''] = admin.split('.');
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
    const jwk = body.keys.find((each) => each.kid === kid);
    expect(jwk).not.toHaveProperty('d');
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    expect(
      verify(
        'sha256',
        Buffer.from(`${header}.${claims}`),
        { key, dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      ),
    ).toBe(true);
  });

  it('signs by a changed secret without a restart, and still takes tokens of the one before', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'auth-'));
    const file = join(folder, 'secret');
    writeFileSync(file, SECRET);
    const rotated = await startAccounts({
      VAR_DIR: folder,
      ADMIN_PASSWORD,
      JWT_SECRET_FILE: file,
    });
    const form = { username: 'admin', password: ADMIN_PASSWORD };
    const grant = async (): Promise<string> =>
      (await rotated.call<Tokens>('POST /token', { form })).body.access_token;
    const before = await grant();
    writeFileSync(file, `${SECRET}, changed`);
    const kids = async (): Promise<number> =>
      (await rotated.call<{ keys: unknown[] }>('GET /.well-known/jwks.json')).body.keys.length;
    while ((await kids()) < 2) await new Promise((resolve) => setTimeout(resolve, 100));
    const after = await grant();
    expect(after.split('.')[0]).not.toBe(before.split('.')[0]);
    for (const token of [before, after])
      expect((await rotated.call('GET /probe/any', { token })).status).toBe(200);
    await rotated.app.close();
    rmSync(folder, { recursive: true });
  });

  it('refuses an access token once its life is over', async () => {
    const shortDir = mkdtempSync(join(tmpdir(), 'auth-'));
    const short = await startAccounts({ ...environment, VAR_DIR: shortDir, JWT_EXPIRES_IN: '3s' });
    const form = { username: 'admin', password: ADMIN_PASSWORD };
    const { access_token: token } = (await short.call<Tokens>('POST /token', { form })).body;
    expect((await short.call('GET /probe/any', { token })).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 3100));
    expect((await short.call('GET /probe/any', { token })).status).toBe(401);
    await short.app.close();
    rmSync(shortDir, { recursive: true });
  });

  describe('the guard', () => {
    it('lets everybody through where a route is public, and nobody where it says nothing', async () => {
      expect((await server.call('GET /probe/public')).status).toBe(200);
      for (const token of [admin, undefined]) {
        const { status, body } = await server.call('GET /probe/unmarked', { token });
        expect({ status, code: body['code'] }).toEqual({ status: 403, code: 'FORBIDDEN' });
      }
    });

    it.each([
      ['admin', ['predict', 'read', 'operate', 'admin']],
      ['operator', ['predict', 'read', 'operate']],
      ['client', ['predict']],
      ['viewer', ['read']],
    ])(
      'lets the role %s reach %j and names the scope it lacks elsewhere',
      async (role, allowed) => {
        const { username } = await makeUser(role);
        const { access_token: token } = await logIn(username, PASSWORD);
        for (const scope of ['predict', 'read', 'operate', 'admin']) {
          const { status, headers, body } = await server.call(`GET /probe/${scope}`, { token });
          if (allowed.includes(scope)) {
            expect(status).toBe(200);
            continue;
          }
          expect(status).toBe(403);
          expect(body['detail']).toBe(`This needs the scope ${scope}.`);
          expect(headers.get('www-authenticate')).toContain('error="insufficient_scope"');
        }
      },
    );
  });

  describe('a session', () => {
    it('continues with each refresh token once', async () => {
      const first = await logIn('admin', ADMIN_PASSWORD);
      const second = await refresh(first.refresh_token);
      expect(second.status).toBe(200);
      expect(second.body.refresh_token).not.toBe(first.refresh_token);
      expect(claimsOf(second.body.access_token)['sid']).toBe(claimsOf(first.access_token)['sid']);
      expect((await refresh(second.body.refresh_token)).status).toBe(200);
    });

    it('ends entirely when a used refresh token comes again', async () => {
      const first = await logIn('admin', ADMIN_PASSWORD);
      const second = (await refresh(first.refresh_token)).body;
      const reused = await server.call('POST /token', {
        json: { grant_type: 'refresh_token', refresh_token: first.refresh_token },
      });
      expect({ status: reused.status, code: reused.body['code'] }).toEqual({
        status: 401,
        code: 'INVALID_GRANT',
      });
      expect(await probe(first.access_token)).toBe(401);
      expect(await probe(second.access_token)).toBe(401);
      expect((await refresh(second.refresh_token)).status).toBe(401);
    });

    it('gives one of several simultaneous refreshes a token at most, and then ends', async () => {
      const { refresh_token } = await logIn('admin', ADMIN_PASSWORD);
      const answers = await Promise.all([1, 2, 3, 4].map(() => refresh(refresh_token)));
      const won = answers.filter(({ status }) => status === 200);
      expect(won.length).toBeLessThanOrEqual(1);
      for (const { body } of won) expect(await probe(body.access_token)).toBe(401);
    });

    it('ends with a logout, alone', async () => {
      const [mine, other] = [
        await logIn('admin', ADMIN_PASSWORD),
        await logIn('admin', ADMIN_PASSWORD),
      ];
      expect(await probe(mine.access_token)).toBe(200);
      expect((await server.call('POST /token/revoke', { token: mine.access_token })).status).toBe(
        204,
      );
      expect(await probe(mine.access_token)).toBe(401);
      expect((await refresh(mine.refresh_token)).status).toBe(401);
      expect(await probe(other.access_token)).toBe(200);
    });

    it('stays ended, and others stay open, when the server starts again', async () => {
      const [ended, open] = [
        await logIn('admin', ADMIN_PASSWORD),
        await logIn('admin', ADMIN_PASSWORD),
      ];
      await server.call('POST /token/revoke', { token: ended.access_token });
      await server.app.close();
      server = await startAccounts(environment);
      expect(await probe(ended.access_token)).toBe(401);
      expect(await probe(open.access_token)).toBe(200);
      expect((await refresh(open.refresh_token)).status).toBe(200);
    });

    it('ends on another server of the same database within its cache of one second', async () => {
      const other = await startAccounts(environment);
      const { access_token: token } = await logIn('admin', ADMIN_PASSWORD);
      expect((await other.call('GET /probe/any', { token })).status).toBe(200);
      await server.call('POST /token/revoke', { token });
      await new Promise((resolve) => setTimeout(resolve, 1050));
      expect((await other.call('GET /probe/any', { token })).status).toBe(401);
      await other.app.close();
    });
  });

  describe('changing one’s password', () => {
    it('ends every session of the user and makes the new password the only one', async () => {
      const { username } = await makeUser();
      const [here, there] = [await logIn(username, PASSWORD), await logIn(username, PASSWORD)];
      expect(await probe(there.access_token)).toBe(200);
      const { status } = await server.call('PATCH /users/me/password', {
        token: here.access_token,
        json: { current_password: PASSWORD, new_password: 'another good password' },
      });
      expect(status).toBe(204);
      expect(await probe(here.access_token)).toBe(401);
      expect(await probe(there.access_token)).toBe(401);
      expect((await refresh(there.refresh_token)).status).toBe(401);
      const form = { username, password: PASSWORD };
      expect((await server.call('POST /token', { form })).status).toBe(401);
      expect((await logIn(username, 'another good password')).token_type).toBe('bearer');
    });

    it('needs the current one', async () => {
      const { username } = await makeUser();
      const { access_token: token } = await logIn(username, PASSWORD);
      const json = { current_password: 'not the current', new_password: 'another good password' };
      const { status, body } = await server.call('PATCH /users/me/password', { token, json });
      expect({ status, code: body['code'] }).toEqual({ status: 401, code: 'INVALID_CREDENTIALS' });
      expect(await probe(token)).toBe(200);
    });
  });

  it('ends the sessions of a user whose role changes or who is deleted', async () => {
    const { id, username } = await makeUser('viewer');
    const before = await logIn(username, PASSWORD);
    expect(await probe(before.access_token)).toBe(200);
    const json = { role: 'operator' };
    expect((await server.call(`PATCH /users/${id}`, { token: admin, json })).status).toBe(200);
    expect(await probe(before.access_token)).toBe(401);
    const after = await logIn(username, PASSWORD);
    expect(await probe(after.access_token)).toBe(200);
    expect((await server.call(`DELETE /users/${id}`, { token: admin })).status).toBe(204);
    expect(await probe(after.access_token)).toBe(401);
    expect((await refresh(after.refresh_token)).status).toBe(401);
  });
});
