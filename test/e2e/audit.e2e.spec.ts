// Who did what, over real HTTP with a real database: every action leaves its event, no event holds a secret, and nothing changes one.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { promoteVersion } from '../../ml/promotion/promote-version.ts';
import type { AuditEventResponse, AuditPageResponse } from '../../src/audit/audit.dto.ts';
import { AuditLog } from '../../src/audit/audit-log.ts';
import { commandOrigin, type AuditAction } from '../../src/common/audit-trail.ts';
import { Config } from '../../src/config/load-config.ts';
import { FileModelRegistry } from '../../src/model/registry/file-model-registry.ts';
import { startAccounts, type AccountServer, type Answer } from '../support/account-server.ts';
import { PredictionServer, publish } from '../support/prediction-server.ts';
import { cleanEnvironment } from '../support/started-server.ts';
import { untilTrue } from '../support/until.ts';

const ADMIN_PASSWORD = 'the admin of the tests';
const PASSWORD = 'correct horse battery';
const OTHER_PASSWORD = 'another horse battery';

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}
interface Made {
  readonly id: string;
  readonly username: string;
}

describe('accounts', () => {
  let varDir: string;
  let server: AccountServer;
  let admin: string;
  let adminId: string;
  beforeEach(async () => {
    varDir = mkdtempSync(join(tmpdir(), 'audit-'));
    server = await startAccounts({ VAR_DIR: varDir, ADMIN_PASSWORD, LOGIN_ATTEMPTS: '4' });
    admin = (await logIn('admin', ADMIN_PASSWORD)).body.access_token;
    adminId = (await server.call<Made>('GET /users/me', { token: admin })).body.id;
  });
  afterEach(async () => {
    await server.app.close();
    rmSync(varDir, { recursive: true });
  });

  const logIn = (username: string, password = PASSWORD): Promise<Answer<Tokens>> =>
    server.call<Tokens>('POST /token', { form: { username, password } });
  const refresh = (refresh_token: string): Promise<Answer<Tokens>> =>
    server.call('POST /token', { json: { grant_type: 'refresh_token', refresh_token } });
  const makeUser = async (username: string, role = 'client'): Promise<Made> =>
    (
      await server.call<Made>('POST /users', {
        token: admin,
        json: { username, password: PASSWORD, role },
      })
    ).body;
  const audit = (query = ''): Promise<Answer<AuditPageResponse>> =>
    server.call<AuditPageResponse>(`GET /audit${query}`, { token: admin });
  const eventsOf = async (action: AuditAction): Promise<readonly AuditEventResponse[]> =>
    (await audit(`?action=${action}`)).body.items;
  const theEventOf = async (action: AuditAction): Promise<AuditEventResponse> => {
    const events = await eventsOf(action);
    expect(events).toHaveLength(1);
    return events[0] as AuditEventResponse;
  };
  const byAdmin = () => ({ kind: 'user', user_id: adminId, name: 'admin', api_key_id: null });
  const table = async (): Promise<string> =>
    JSON.stringify(await server.app.get(DataSource).query('SELECT * FROM audit_events'));

  it('tells of a login who it was, from where and in which request', async () => {
    const { headers } = await logIn('admin', ADMIN_PASSWORD);
    const [event] = await eventsOf('login');
    expect(event).toEqual({
      id: expect.any(Number) as number,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      actor: { ...byAdmin(), api_key_name: null },
      action: 'login',
      target: { kind: 'user', id: adminId, name: 'admin' },
      outcome: 'done',
      details: {},
      address: '127.0.0.1',
      request_id: expect.stringMatching(/^req-/) as string,
    });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(Math.abs(Date.parse(event?.at ?? '') - Date.now())).toBeLessThan(60_000);
  });

  it('tells that the first administrator was made at the start', async () => {
    expect(await theEventOf('user_created')).toMatchObject({
      actor: { kind: 'command', user_id: null, name: 'start' },
      target: { kind: 'user', id: adminId, name: 'admin' },
      details: { role: 'admin' },
      address: null,
      request_id: null,
    });
  });

  it('keeps the name of a refused login only where there is such a user: it may be a password', async () => {
    await logIn('ADMIN', 'wrong password 1');
    await logIn('my secret phrase', 'wrong password 2');
    const [unknown, known] = await eventsOf('login_refused');
    expect(known).toMatchObject({
      actor: { kind: 'nobody', user_id: null, name: null },
      target: { kind: 'user', id: adminId, name: 'admin' },
      outcome: 'refused',
    });
    expect(unknown).toMatchObject({ target: null, outcome: 'refused', address: '127.0.0.1' });
    expect(await table()).not.toMatch(/my secret phrase|wrong password/);
  });

  it('is not filled by logins beyond the limit', async () => {
    for (let i = 0; i < 12; i += 1) await logIn(`nobody ${i}`);
    expect(await eventsOf('login_refused')).toHaveLength(4);
  });

  it('tells once of a refresh token that came again, however often it comes', async () => {
    await makeUser('ann');
    const { refresh_token } = (await logIn('ann')).body;
    expect((await refresh(refresh_token)).status).toBe(200);
    for (let i = 0; i < 5; i += 1) expect((await refresh(refresh_token)).status).toBe(401);
    expect(await theEventOf('token_refresh_reused')).toMatchObject({
      actor: { kind: 'nobody' },
      target: { kind: 'user', name: 'ann' },
      outcome: 'refused',
    });
    await refresh('a token that nobody was given');
    expect(await eventsOf('token_refresh_reused')).toHaveLength(1);
  });

  it('tells of a logout', async () => {
    const ann = await makeUser('ann');
    const { access_token: token } = (await logIn('ann')).body;
    expect((await server.call('POST /token/revoke', { token })).status).toBe(204);
    expect(await theEventOf('logout')).toMatchObject({ actor: { user_id: ann.id, name: 'ann' } });
  });

  it('tells which fields of a user were changed, from which role to which, and who was deleted', async () => {
    const { id } = await makeUser('ann');
    const [created] = await eventsOf('user_created');
    const ann = { kind: 'user', id, name: 'ann' };
    expect(created).toMatchObject({ actor: byAdmin(), target: ann, details: { role: 'client' } });
    const json = { username: 'anna', password: OTHER_PASSWORD, role: 'operator' };
    expect((await server.call(`PATCH /users/${id}`, { token: admin, json })).status).toBe(200);
    expect(await theEventOf('user_changed')).toMatchObject({
      actor: byAdmin(),
      target: ann,
      details: {
        fields: ['username', 'role', 'password'],
        username: { from: 'ann', to: 'anna' },
        role: { from: 'client', to: 'operator' },
      },
    });
    expect((await server.call(`DELETE /users/${id}`, { token: admin })).status).toBe(204);
    expect(await theEventOf('user_deleted')).toMatchObject({
      actor: byAdmin(),
      target: { ...ann, name: 'anna' },
    });
  });

  it('tells nothing of a change that was refused', async () => {
    const demotion = { token: admin, json: { role: 'viewer' } };
    expect((await server.call(`PATCH /users/${adminId}`, demotion)).status).toBe(409);
    expect((await server.call(`DELETE /users/${adminId}`, { token: admin })).status).toBe(409);
    const json = { username: 'Admin', password: PASSWORD, role: 'client' };
    expect((await server.call('POST /users', { token: admin, json })).status).toBe(409);
    for (const action of ['user_changed', 'user_deleted'] as const)
      expect(await eventsOf(action)).toEqual([]);
    expect(await eventsOf('user_created')).toHaveLength(1);
  });

  it('tells of a password that was changed, and of one whose change was refused', async () => {
    await makeUser('ann');
    const change = async (current_password: string): Promise<number> => {
      const { access_token: token } = (await logIn('ann')).body;
      const json = { current_password, new_password: OTHER_PASSWORD };
      return (await server.call('PATCH /users/me/password', { token, json })).status;
    };
    expect(await change('wrong')).toBe(401);
    expect(await change(PASSWORD)).toBe(204);
    const [done, refused] = await eventsOf('password_changed');
    expect(done).toMatchObject({
      actor: { name: 'ann' },
      outcome: 'done',
      target: { name: 'ann' },
    });
    expect(refused).toMatchObject({ actor: { name: 'ann' }, outcome: 'refused' });
    expect(await eventsOf('login_refused')).toEqual([]);
  });

  it('tells of an API key its scopes, and of what is done with it whose it is', async () => {
    const json = { name: 'nightly', scopes: ['admin', 'predict'] };
    const { body } = await server.call<{ id: string; key: string }>('POST /api-keys', {
      token: admin,
      json,
    });
    expect(await theEventOf('api_key_created')).toMatchObject({
      actor: byAdmin(),
      target: { kind: 'api_key', id: body.id, name: 'nightly' },
      details: { scopes: ['admin', 'predict'], expires_at: null },
    });
    const user = { username: 'bob', password: PASSWORD, role: 'viewer' };
    expect((await server.call('POST /users', { key: body.key, json: user })).status).toBe(201);
    const [made] = await eventsOf('user_created');
    expect(made?.actor).toEqual({
      kind: 'api_key',
      user_id: adminId,
      name: 'admin',
      api_key_id: body.id,
      api_key_name: 'nightly',
    });
    expect((await audit(`?actor=${body.id}`)).body.items).toEqual([made]);
    expect((await server.call(`DELETE /api-keys/${body.id}`, { token: admin })).status).toBe(204);
    expect((await server.call(`DELETE /api-keys/${body.id}`, { token: admin })).status).toBe(404);
    expect(await theEventOf('api_key_deleted')).toMatchObject({ target: { name: 'nightly' } });
  });

  it('holds no password, key or token', async () => {
    await makeUser('ann');
    const tokens = (await logIn('ann')).body;
    const made = await server.call<{ key: string }>('POST /api-keys', {
      token: admin,
      json: { name: 'a key', scopes: ['read'] },
    });
    const next = (await refresh(tokens.refresh_token)).body;
    await refresh(tokens.refresh_token);
    await server.call('PATCH /users/me/password', {
      token: admin,
      json: { current_password: ADMIN_PASSWORD, new_password: OTHER_PASSWORD },
    });
    const stored = await table();
    expect(stored).toContain('password_changed');
    const secrets = [
      ...[ADMIN_PASSWORD, PASSWORD, OTHER_PASSWORD, made.body.key.slice(-43), admin],
      ...[tokens, next].flatMap(({ access_token, refresh_token }) => [access_token, refresh_token]),
    ];
    expect(secrets.every((secret) => secret.length > 10)).toBe(true);
    expect(secrets.filter((secret) => stored.includes(secret))).toEqual([]);
  });

  it('keeps a change and its event together: without the one there is not the other', async () => {
    const database = server.app.get(DataSource);
    const { id } = await makeUser('ann');
    await database.query('ALTER TABLE audit_events RENAME TO audit_events_away');
    const json = { username: 'bob', password: PASSWORD, role: 'viewer' };
    const refused = [
      await server.call('POST /users', { token: admin, json }),
      await server.call(`PATCH /users/${id}`, { token: admin, json: { role: 'admin' } }),
      await server.call(`DELETE /users/${id}`, { token: admin }),
      await server.call('POST /api-keys', { token: admin, json: { name: 'k', scopes: ['read'] } }),
      await logIn('ann'),
    ];
    expect(refused.map(({ status }) => status)).toEqual([500, 500, 500, 500, 500]);
    await database.query('ALTER TABLE audit_events_away RENAME TO audit_events');
    const users = await server.call<Made[]>('GET /users', { token: admin });
    expect(users.body).toMatchObject([{ username: 'admin' }, { username: 'ann', role: 'client' }]);
    expect((await server.call('GET /api-keys', { token: admin })).body).toEqual([]);
    const sessions = await database.query<object[]>('SELECT * FROM sessions');
    expect(sessions).toHaveLength(1);
  });

  it('refuses to be changed, by the database itself', async () => {
    const database = server.app.get(DataSource);
    const before = await table();
    for (const change of [`UPDATE audit_events SET action = 'logout'`, 'DELETE FROM audit_events'])
      await expect(database.query(change)).rejects.toThrow('audit_events only grows');
    expect(await table()).toBe(before);
  });

  describe('GET /audit', () => {
    it('is for administrators', async () => {
      for (const role of ['operator', 'client', 'viewer']) {
        await makeUser(role, role);
        const { access_token: token } = (await logIn(role)).body;
        expect((await server.call('GET /audit', { token })).status).toBe(403);
      }
      expect((await server.call('GET /audit')).status).toBe(401);
    });

    it('answers the newest first, page by page, whatever is added meanwhile', async () => {
      for (const name of ['a', 'b', 'c']) await makeUser(name);
      const first = (await audit('?limit=2')).body;
      await makeUser('d');
      const rest = (await audit(`?cursor=${first.next_cursor ?? ''}`)).body;
      const names = [...first.items, ...rest.items].map(({ target }) => target?.name);
      expect(names).toEqual(['c', 'b', 'a', 'admin', 'admin']);
      expect(rest.next_cursor).toBeNull();
    });

    it('filters by time, action and actor', async () => {
      await makeUser('ann');
      await logIn('ann');
      const [login] = (await audit('?actor=ann')).body.items;
      expect(login).toMatchObject({ action: 'login', actor: { name: 'ann' } });
      const actions = async (query: string): Promise<string[]> =>
        (await audit(query)).body.items.map(({ action }) => action);
      expect(await actions(`?actor=${adminId}&action=user_created`)).toEqual(['user_created']);
      expect(await actions('?actor=start')).toEqual(['user_created']);
      expect(await actions(`?to=${login?.at ?? ''}`)).not.toEqual([]);
      expect(await actions('?from=2100-01-01')).toEqual([]);
      expect(await actions('?to=2000-01-01')).toEqual([]);
    });

    it('refuses what is not a filter, with what is expected', async () => {
      for (const query of ['action=anything', 'from=yesterday', 'cursor=abc', 'format=csv', 'x=1'])
        expect((await audit(`?${query}`)).status).toBe(422);
    });

    it.each([
      ['?format=jsonl', '*/*'],
      ['', 'application/x-ndjson'],
    ])(
      'answers JSON Lines, every event that matches, for %j and Accept %s',
      async (query, accept) => {
        const log = server.app.get(AuditLog);
        const origin = commandOrigin('a trial');
        for (let i = 0; i < 600; i += 1)
          await log.record({ action: 'login', origin, target: null, outcome: 'done' });
        const answer = await server.call<string>(`GET /audit${query}`, {
          token: admin,
          headers: { accept },
        });
        expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
        const lines = answer.body.trim().split('\n');
        const { items } = (await audit('?limit=1000')).body;
        expect(lines.length).toBeGreaterThan(600);
        expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(items);
      },
    );
  });
});

describe('models and predictions', () => {
  let server: PredictionServer;
  let headers: Record<string, string>;
  beforeEach(async () => {
    server = await PredictionServer.start(publish);
    headers = { authorization: `Bearer ${await server.token()}` };
  });
  afterEach(async () => {
    await server.stop();
  });

  const post = async (path: string, body: object): Promise<number> =>
    (await server.post(path, JSON.stringify(body), headers)).status;
  const eventsOf = async (action: AuditAction): Promise<readonly AuditEventResponse[]> =>
    (await server.send<AuditPageResponse>(`/audit?action=${action}`, { headers })).body.items;
  const predict = (key?: string): Promise<number> =>
    post('/predict', {
      features: { 'mean radius': 13, 'mean texture': 18, side: 'left' },
      ...(key !== undefined && { key }),
    });
  const ADMIN = { kind: 'user', name: 'admin' };

  it('tells of promotions, refused ones and the way back', async () => {
    await server.publish({ sign: -1 }, 'challenger');
    expect(await post('/models/foretell/promote', { version: '2' })).toBe(409);
    const forced = { version: '2', force: true, reason: 'a drill' };
    expect(await post('/models/foretell/promote', forced)).toBe(200);
    expect(await post('/models/foretell/rollback', { reason: 'enough' })).toBe(200);
    expect(await eventsOf('promotion_refused')).toMatchObject([
      {
        actor: ADMIN,
        target: { kind: 'model', id: '2', name: 'foretell' },
        outcome: 'refused',
        details: { failed: ['roc_auc_vs_champion', 'log_loss_vs_champion'], force: false },
      },
    ]);
    expect(await eventsOf('model_promoted')).toMatchObject([
      {
        actor: ADMIN,
        target: { id: '2' },
        outcome: 'done',
        details: { from_version: '1', forced: true, reason: 'a drill' },
      },
    ]);
    expect(await eventsOf('model_rolled_back')).toMatchObject([
      { target: { id: '1' }, details: { from_version: '2', reason: 'enough' } },
    ]);
  });

  it('tells of a promotion from the command line', async () => {
    const version = await server.publish({ bias: 0.001 }, 'challenger');
    const config = server.app.get(Config, { strict: false });
    await promoteVersion({ config, version, force: false, reason: null });
    expect(await eventsOf('model_promoted')).toMatchObject([
      { actor: { kind: 'command', name: 'promote' }, target: { id: '2' }, address: null },
    ]);
  });

  it('tells that a promotion failed where the registry did not take it', async () => {
    await server.publish({ bias: 0.001 }, 'challenger');
    const setAlias = jest
      .spyOn(FileModelRegistry.prototype, 'setAlias')
      .mockRejectedValueOnce(new Error('the registry is away'));
    expect(await post('/models/foretell/promote', { version: '2' })).toBe(500);
    setAlias.mockRestore();
    expect((await eventsOf('model_promoted')).map(({ outcome }) => outcome)).toEqual([
      'failed',
      'done',
    ]);
  });

  it('moves no model where the event cannot be stored', async () => {
    await server.publish({ bias: 0.001 }, 'challenger');
    const database = server.app.get(DataSource);
    await database.query('ALTER TABLE audit_events RENAME TO audit_events_away');
    expect(await post('/models/foretell/promote', { version: '2' })).toBe(500);
    await database.query('ALTER TABLE audit_events_away RENAME TO audit_events');
    const info = await server.send<{ version: string }>('/model-info', { headers });
    expect(info.body.version).toBe('1');
  });

  it('tells of a reload and of what the challenger does', async () => {
    expect(await post('/models/reload', {})).toBe(200);
    await server.publish({ bias: 0.1 }, 'challenger');
    const set = await server.send('/models/challenger', {
      method: 'PUT',
      body: JSON.stringify({ mode: 'canary', share: 0.25 }),
      headers: { ...headers, 'content-type': 'application/json' },
    });
    expect(set.status).toBe(200);
    expect(await eventsOf('model_reloaded')).toMatchObject([
      {
        actor: ADMIN,
        outcome: 'done',
        details: { name: 'foretell', version: '1', changed: false },
      },
    ]);
    expect(await eventsOf('challenger_changed')).toMatchObject([
      { actor: ADMIN, outcome: 'done', details: { mode: 'canary', share: 0.25 } },
    ]);
  });

  it('tells of an export the format and the names of its filters', async () => {
    await predict();
    const path = '/predictions/export?format=csv&label=a%20person&from=2020-01-01';
    expect((await server.send(path, { headers })).status).toBe(200);
    const events = await eventsOf('predictions_exported');
    expect(events).toMatchObject([
      {
        actor: ADMIN,
        target: { kind: 'predictions', id: null, name: null },
        outcome: 'done',
        details: { format: 'csv', filters: ['from', 'label'] },
      },
    ]);
    expect(JSON.stringify(events)).not.toContain('a person');
  });

  it('lets nothing out where the export cannot be told', async () => {
    await predict();
    await server.app.get(DataSource).query('ALTER TABLE audit_events RENAME TO audit_events_away');
    expect((await server.send('/predictions/export', { headers })).status).toBe(500);
  });

  it('tells of an erasure how much went, by whom, and not whose it was', async () => {
    await predict('subject 17');
    await predict('subject 17');
    const erase = { method: 'DELETE', headers };
    expect((await server.send('/predictions?key=subject%2017', erase)).status).toBe(200);
    await predict('subject 18');
    await eraseByCommand('subject 18');
    const [byCommand, byAdmin] = await eventsOf('predictions_erased');
    expect(byAdmin).toMatchObject({ actor: ADMIN, details: { predictions: 2, labels: 0 } });
    expect(byCommand).toMatchObject({
      actor: { kind: 'command', name: 'log erase' },
      details: { predictions: 1 },
      address: null,
    });
    expect(JSON.stringify([byCommand, byAdmin])).not.toContain('subject');
  });

  it('tells of the result of a job that was downloaded', async () => {
    const row = { 'mean radius': 13, 'mean texture': 18, side: 'left' };
    const { body: job } = await server.post<{ id: string }>('/jobs', `${JSON.stringify(row)}\n`, {
      ...headers,
      'content-type': 'application/x-ndjson',
    });
    await untilTrue(
      async () =>
        (await server.send<{ state: string }>(`/jobs/${job.id}`, { headers })).body.state ===
        'done',
      50_000,
    );
    expect((await server.send(`/jobs/${job.id}/result`, { headers })).status).toBe(200);
    expect(await eventsOf('job_result_downloaded')).toMatchObject([
      { actor: ADMIN, target: { kind: 'job', id: job.id }, details: { format: 'ndjson' } },
    ]);
  });

  it('says each event in one line of the log', async () => {
    const talking = await PredictionServer.start(publish, { LOG_LEVEL: 'log' });
    const written = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    await talking.token();
    const text = written.mock.calls.map(([chunk]) => String(chunk)).join('');
    written.mockRestore();
    await talking.stop();
    const said = text.split('\n').filter((line) => line.includes('[Audit]'));
    expect(said).toHaveLength(1);
    for (const word of ['login', 'admin', '127.0.0.1', 'done']) expect(said[0]).toContain(word);
  });

  function eraseByCommand(key: string): Promise<void> {
    const { database } = server.app.get(Config, { strict: false });
    const DATABASE_URL = database.kind === 'sqlite' ? `sqlite:${database.path}` : database.url;
    return new Promise((resolve, reject) => {
      execFile(
        process.execPath,
        ['--import', 'tsx', 'src/log.ts', 'erase', '--key', key],
        { env: cleanEnvironment({ DATABASE_URL }) },
        (error, stdout, stderr) => {
          if (error === null && stdout.startsWith('erased: 1 ')) resolve();
          else reject(new Error(`${stdout}${stderr}`));
        },
      );
    });
  }
});
