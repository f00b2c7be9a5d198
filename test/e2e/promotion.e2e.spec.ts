// A model's life over real HTTP: promoted through the gate, refused, forced, rolled back, and every prediction traced to its origin.
import { readFileSync } from 'node:fs';
import { DataSource } from 'typeorm';
import type { HistoryResponse, LineageResponse } from '../../src/governance/governance.dto.ts';
import { ModelHistory } from '../../src/governance/model-history.ts';
import { ServingRecorder } from '../../src/governance/serving-recorder.ts';
import { ModelRegistry } from '../../src/model/registry/model-registry.ts';
import {
  PredictionServer,
  publish,
  type Answer,
  type Problem,
} from '../support/prediction-server.ts';
import { TINY_GATE } from '../support/tiny-bundle.ts';
import { untilTrue } from '../support/until.ts';

const ROW = JSON.stringify({ features: { 'mean radius': 13, 'mean texture': 18, side: 'left' } });

interface Check {
  readonly name: string;
  readonly passed: boolean;
  readonly value: number | null;
  readonly limit: number | null;
  readonly detail: string;
}
interface Promoted {
  readonly version: string;
  readonly from_version: string | null;
  readonly passed: boolean;
  readonly forced: boolean;
  readonly serving: boolean;
  readonly serving_problem: string | null;
  readonly checks: readonly Check[];
}
type Refused = Problem & { readonly report: { readonly checks: readonly Check[] } };

let server: PredictionServer;
let authorization: string;
beforeEach(async () => {
  server = await PredictionServer.start(publish);
  authorization = `Bearer ${await server.token()}`;
});
afterEach(() => server.stop());

const post = <Body>(
  path: string,
  body: unknown,
  credential = authorization,
): Promise<Answer<Body>> =>
  server.post<Body>(path, JSON.stringify(body), { authorization: credential });
const promote = <Body = Promoted>(body: object): Promise<Answer<Body>> =>
  post<Body>('/models/foretell/promote', body);
const rollback = <Body = Promoted>(body: object = {}): Promise<Answer<Body>> =>
  post<Body>('/models/foretell/rollback', body);
const get = async <Body>(path: string): Promise<Answer<Body>> =>
  server.send<Body>(path, { headers: { authorization } });
const events = async (query = ''): Promise<HistoryResponse['items']> => {
  await server.app.get(ServingRecorder).written();
  return (await get<HistoryResponse>(`/models/foretell/history${query}`)).body.items;
};
const predict = async (): Promise<{ id: string; model: { version: string } }> =>
  (
    await server.post<{ id: string; model: { version: string } }>('/predict', ROW, {
      authorization,
    })
  ).body;
const challenger = (options?: Parameters<typeof publish>[1]): Promise<string> =>
  server.publish(options, 'challenger');

describe('promote', () => {
  it('passes a version as good as the champion, and answers with the report when it serves', async () => {
    const version = await challenger({ bias: 0.001 });
    const { status, body } = await promote({ version });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      version: '2',
      from_version: '1',
      passed: true,
      forced: false,
      serving: true,
      serving_problem: null,
    });
    expect(body.checks.map(({ name, passed }) => [name, passed])).toEqual([
      ['golden_rows', true],
      ['roc_auc', true],
      ['latency_ms', true],
      ['roc_auc_vs_champion', true],
      ['log_loss_vs_champion', true],
    ]);
    expect((await predict()).model.version).toBe('2');
  });

  it('takes a version number as JSON number too', async () => {
    await challenger();
    expect((await promote({ version: 2 })).status).toBe(200);
  });

  it('refuses a version that ranks the rows worse with 409, the report and the failed checks; nothing moves', async () => {
    const version = await challenger({ sign: -1 });
    const { status, body } = await promote<Refused>({ version });
    expect([status, body.code]).toEqual([409, 'GATE_FAILED']);
    expect(body.detail).toBe(
      'The gate refuses version 2: roc_auc_vs_champion, log_loss_vs_champion.',
    );
    const failed = body.report.checks.filter(({ passed }) => !passed);
    expect(failed[0]?.value).toBeLessThan(failed[0]?.limit ?? -1);
    expect((await predict()).model.version).toBe('1');
    expect(await events()).toContainEqual(
      expect.objectContaining({
        kind: 'promotion_refused',
        version: '2',
        actor: 'admin',
        report: body.report,
      }),
    );
  });

  it('refuses a version that misses a threshold of its policy', async () => {
    const gate = { ...TINY_GATE, thresholds: { roc_auc: 0.96, log_loss: 0.1, recall: 0.5 } };
    const version = await challenger({ gate, metrics: { roc_auc: 0.95, log_loss: 0.2 } });
    const { body } = await promote<Refused>({ version });
    expect(body.detail).toBe('The gate refuses version 2: roc_auc, log_loss, recall.');
  });

  it('lets an operator overrule the gate with a reason, which is recorded, and not without', async () => {
    const version = await challenger({ sign: -1 });
    for (const reason of [undefined, '', '  ']) {
      const { status, body } = await promote<Problem>({ version, force: true, reason });
      expect([status, body.code, body.errors?.[0]?.field]).toEqual([
        422,
        'INVALID_INPUT',
        'reason',
      ]);
    }
    const { status, body } = await promote({ version, force: true, reason: 'A drill' });
    expect([status, body.passed, body.forced, body.serving]).toEqual([200, false, true, true]);
    const [move] = (await events()).filter(({ kind }) => kind === 'alias_moved');
    expect(move).toMatchObject({ cause: 'forced_promotion', reason: 'A drill', actor: 'admin' });
    expect(move?.report?.passed).toBe(false);
  });

  it('forces no version that cannot be served', async () => {
    const version = await challenger();
    const registry = server.app.get(ModelRegistry);
    const dir = await registry.fetchBundle(await registry.resolve('models:/foretell/2'));
    const { truncate } = await import('node:fs/promises');
    await truncate(`${dir}/model.onnx`, 100);
    const order = { version, force: true, reason: 'in spite of all' };
    const { status, body } = await promote<Refused>(order);
    expect([status, body.code]).toEqual([409, 'GATE_FAILED']);
    expect(body.report.checks[0]?.detail).toContain('model.onnx');
  });

  it('asks for evidence from a version from elsewhere: neither policy nor held-out rows', async () => {
    const { body } = await promote<Refused>({ version: await challenger({ gate: null }) });
    expect(body.detail).toBe('The gate refuses version 2: policy.');
  });

  it.each([
    ['no version', {}, 422],
    ['a version that is a word', { version: 'champion' }, 422],
    ['a member that does not exist', { version: '1', forced: true }, 422],
    ['a version that does not exist', { version: '9' }, 404],
    ['the champion itself', { version: '1' }, 409],
  ])('refuses %s', async (_, body, status) => {
    expect((await promote<Problem>(body)).status).toBe(status);
  });

  it('refuses a model that does not exist, and a name that none can have', async () => {
    expect((await post('/models/other/promote', { version: '1' })).status).toBe(404);
    expect((await post('/models/..%2f..%2fetc/promote', { version: '1' })).status).toBe(400);
  });

  it('is for operators: a viewer reads the history and moves nothing', async () => {
    const user = { username: 'vera', password: 'a long enough password', role: 'viewer' };
    await post('/users', user);
    const viewer = `Bearer ${await server.token(user.username, user.password)}`;
    expect((await post('/models/foretell/promote', { version: '1' }, viewer)).status).toBe(403);
    expect((await post('/models/foretell/rollback', {}, viewer)).status).toBe(403);
    const history = await server.send('/models/foretell/history', {
      headers: { authorization: viewer },
    });
    expect(history.status).toBe(200);
  });

  it('is not put off by a server that writes down meanwhile how the champion came to be', async () => {
    const noticed = async (): Promise<boolean> =>
      (await events()).some(({ cause }) => cause === 'outside');
    while (!(await noticed())) await new Promise((resolve) => setTimeout(resolve, 20));
    // As read before that event was written.
    const lastMove = jest
      .spyOn(server.app.get(ModelHistory), 'lastMove')
      .mockResolvedValueOnce(null);
    expect((await promote({ version: await challenger() })).status).toBe(200);
    expect(lastMove.mock.calls.length).toBeGreaterThan(1);
    lastMove.mockRestore();
  });

  it('lets one of two operators win who promote at once, and tells the other', async () => {
    const [two, three] = [await challenger(), await challenger({ bias: 0.001 })];
    const answers = await Promise.all([
      promote<Promoted & Problem>({ version: two }),
      promote<Promoted & Problem>({ version: three }),
    ]);
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409]);
    const won = answers.find(({ status }) => status === 200)?.body.version;
    const lost = answers.find(({ status }) => status === 409)?.body;
    expect(lost?.code).toBe('CONFLICT');
    expect((await predict()).model.version).toBe(won);
    const moves = (await events()).filter(({ cause }) => cause === 'promotion');
    expect(moves.map(({ version }) => version)).toEqual([won]);
  });

  it('takes back what the registry does not take', async () => {
    await challenger();
    const registry = server.app.get(ModelRegistry);
    const setAlias = jest.spyOn(registry, 'setAlias').mockRejectedValueOnce(new Error('disk full'));
    expect((await promote<Problem>({ version: '2' })).status).toBe(500);
    setAlias.mockRestore();
    expect((await events())[0]).toMatchObject({
      kind: 'alias_moved',
      cause: 'undone',
      from_version: '2',
      version: '1',
    });
    expect((await promote({ version: '2' })).status).toBe(200);
    expect((await rollback()).body.version).toBe('1');
  });
});

describe('rollback', () => {
  it('goes back champion by champion, and says when there is none', async () => {
    for (const version of ['2', '3']) {
      expect(await challenger()).toBe(version);
      expect((await promote({ version })).status).toBe(200);
    }
    const { status, body } = await rollback({ reason: 'alarms' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ version: '2', from_version: '3', serving: true });
    expect((await predict()).model.version).toBe('2');
    expect((await rollback()).body.version).toBe('1');
    const refused = await rollback<Problem>();
    expect([refused.status, refused.body.code]).toEqual([409, 'CONFLICT']);
    const moves = (await events()).filter(({ cause }) => cause === 'rollback');
    expect(moves.map(({ reason }) => reason)).toEqual([null, 'alarms']);
  });

  it('needs no body', async () => {
    await promote({ version: await challenger() });
    const path = '/models/foretell/rollback';
    const { status } = await server.send(path, { method: 'POST', headers: { authorization } });
    expect(status).toBe(200);
  });
});

describe('history', () => {
  it('tells which version served from when to when, newest first, a page at a time', async () => {
    await promote({ version: await challenger() });
    await rollback();
    const all = await events();
    const told = all.map(({ kind, version }) => `${kind} ${version ?? ''}`).reverse();
    expect(told.filter((each) => each.startsWith('serving'))).toEqual([
      'serving_started 1',
      'serving_ended 1',
      'serving_started 2',
      'serving_ended 2',
      'serving_started 1',
    ]);
    expect(all.map(({ id }) => id)).toEqual(all.map(({ id }) => id).toSorted((a, b) => b - a));
    const paged: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body }: Answer<HistoryResponse> = await get<HistoryResponse>(
        `/models/foretell/history?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      paged.push(...body.items.map(({ id }) => id));
      cursor = body.next_cursor;
    }
    expect(paged).toEqual(all.map(({ id }) => id));
  });

  it('notices a champion that was set in the registry by other hands', async () => {
    const first = async () => (await events()).find(({ cause }) => cause === 'outside');
    await untilTrue(async () => (await first()) !== undefined, 30_000, 20);
    expect(await first()).toMatchObject({
      kind: 'alias_moved',
      alias: 'champion',
      version: '1',
      from_version: null,
      actor: 'registry',
    });
  });

  it('writes down a version that could not be loaded, once', async () => {
    const registry = server.app.get(ModelRegistry);
    const version = await challenger();
    const dir = await registry.fetchBundle(await registry.resolve('models:/foretell/2'));
    const { truncate } = await import('node:fs/promises');
    await truncate(`${dir}/model.onnx`, 100);
    await registry.setAlias('foretell', 'champion', version);
    await post('/models/reload', {});
    await post('/models/reload', {});
    const failures = (await events()).filter(({ kind }) => kind === 'load_failed');
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({
      version: '2',
      reason: expect.stringContaining('model.onnx') as string,
    });
  });

  it('cannot be changed or deleted, by whatever statement', async () => {
    await events();
    const database = server.app.get(DataSource);
    for (const statement of [
      "UPDATE model_events SET actor = 'nobody'",
      'DELETE FROM model_events',
    ])
      await expect(database.query(statement)).rejects.toThrow('model_events only grows');
    expect((await events()).length).toBeGreaterThan(0);
  });

  it('answers 404 for a model that never was, and 422 for a cursor not of ours', async () => {
    expect((await get('/models/other/history')).status).toBe(404);
    expect((await get('/models/foretell/history?cursor=abc')).status).toBe(422);
  });
});

describe('lineage', () => {
  it('traces a prediction to bytes, run, parameters and data, also after the version is gone', async () => {
    const version = await challenger({ bias: 0.001, runId: 'run-of-two' });
    await promote({ version, reason: 'as good, and newer' });
    const { id } = await predict();
    const registry = server.app.get(ModelRegistry);
    const dir = await registry.fetchBundle(await registry.resolve('models:/foretell/2'));
    const { createHash } = await import('node:crypto');
    const sha256 = createHash('sha256')
      .update(readFileSync(`${dir}/model.onnx`))
      .digest('hex');
    const { rm } = await import('node:fs/promises');
    await rollback();
    await promote({ version, reason: 'after the prediction' });
    await rollback();
    await rm(`${dir}/..`, { recursive: true });
    const { status, body } = await get<LineageResponse>(`/predictions/${id}/lineage`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      prediction_id: id,
      model: { name: 'foretell', version: '2' },
      served_as: 'champion',
      onnx_sha256: sha256,
      run_id: 'run-of-two',
      params: { bias: 0.001 },
      data_digest: '0'.repeat(64),
      git_commit: null,
      alias_moves: [
        {
          alias: 'champion',
          from_version: '1',
          actor: 'admin',
          cause: 'promotion',
          reason: 'as good, and newer',
        },
      ],
    });
    expect(Date.parse(body.serving_since ?? '')).toBeLessThanOrEqual(Date.parse(body.predicted_at));
  });

  it('answers 404 for a prediction that does not exist', async () => {
    for (const id of ['8d0c1c5e-7f0e-4a52-9a53-0d6f6a1f2b7c', 'nonsense'])
      expect((await get(`/predictions/${id}/lineage`)).status).toBe(404);
  });
});
