// MLflow's scoring protocol over real HTTP: each form of a table gives the answer of the native door, and the log holds every row.
import type { OpenAPIObject } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { inCanary } from '../../src/prediction/canary-share.ts';
import {
  byChallenger,
  byChampion,
  ChallengedServer,
  OTHER_FEATURES,
  rowOf,
} from '../support/challenged-server.ts';
import { PredictionServer, publish, type Answer } from '../support/prediction-server.ts';
import { TINY_FEATURES, tinyProbability } from '../support/tiny-bundle.ts';

interface Predictions {
  readonly predictions: readonly { readonly label: number; readonly probability: number }[];
}
interface MlflowError {
  readonly error_code: string;
  readonly message: string;
}

const ROWS = [
  { 'mean radius': 13, 'mean texture': 18, side: 'left' },
  { 'mean radius': 26.5, 'mean texture': null, side: 'right' },
];
const COLUMNS = ['mean radius', 'mean texture', 'side'] as const;
const PROBABILITIES = ROWS.map((row) => tinyProbability(TINY_FEATURES, 0, row));
const SPLIT = { columns: COLUMNS, data: ROWS.map((row) => COLUMNS.map((name) => row[name])) };
const BY_COLUMN = Object.fromEntries(COLUMNS.map((name) => [name, ROWS.map((row) => row[name])]));

describe('POST /invocations', () => {
  let server: PredictionServer;
  let bearer: Record<string, string>;
  beforeAll(async () => {
    server = await PredictionServer.start(publish, { MAX_ROWS_PER_REQUEST: '600' });
    bearer = { authorization: `Bearer ${await server.token()}` };
  });
  afterAll(() => server.stop());

  const invoke = <Body = Predictions>(
    body: unknown,
    headers: Record<string, string> = {},
    path = '/invocations',
  ): Promise<Answer<Body>> =>
    server.post<Body>(path, typeof body === 'string' ? body : JSON.stringify(body), {
      ...bearer,
      ...headers,
    });
  const csv = (body: string): Promise<Answer<Predictions>> =>
    invoke(body, { 'content-type': 'text/csv' });
  const stored = async (): Promise<number> => {
    const rows: { n: number }[] = await server.app
      .get(DataSource)
      .query('SELECT count(*) AS n FROM predictions');
    return Number(rows[0]?.n);
  };
  const expectBoth = ({ status, headers, body }: Answer<Predictions>): void => {
    expect([status, body]).toEqual([
      200,
      {
        predictions: PROBABILITIES.map((probability) => ({
          label: probability >= 0.5 ? 1 : 0,
          probability: expect.closeTo(probability, 6) as number,
        })),
      },
    ]);
    expect(headers.get('x-model-version')).toBe('1');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  };

  it.each([
    ['dataframe_split', { dataframe_split: { ...SPLIT, index: [7, 8] } }],
    ['dataframe_records', { dataframe_records: ROWS }],
    ['instances as records', { instances: ROWS }],
    ['instances as columns', { instances: BY_COLUMN }],
    ['inputs as columns', { inputs: BY_COLUMN }],
    ['inputs as records', { inputs: ROWS }],
    ['params, which are not used', { inputs: ROWS, params: { seed: 1 } }],
  ])('reads %s', async (_, body) => {
    expectBoth(await invoke(body));
  });

  it('reads columns in any order and leaves out those that the model does not know', async () => {
    const extra = ROWS.map((row) => ({ id: 'case', ...row, note: null }));
    expectBoth(await invoke({ dataframe_records: extra }));
    const columns = ['side', 'id', 'mean texture', 'mean radius'];
    const data = ROWS.map((row) => [row.side, 1, row['mean texture'], row['mean radius']]);
    expectBoth(await invoke({ dataframe_split: { columns, data } }));
  });

  it('reads CSV as pandas writes it, with and without the index', async () => {
    const header = 'mean radius,mean texture,side';
    expectBoth(await csv(`${header}\n13,18.0,left\n26.5,,right\n`));
    expectBoth(await csv(`,${header}\r\n0,13,18.0,"left"\r\n1,26.5,,right\r\n`));
  });

  it('takes a category by its position, as the signature of the model in MLflow has it', async () => {
    expectBoth(await invoke({ dataframe_records: ROWS.map((row, i) => ({ ...row, side: i })) }));
  });

  it('leaves out a value that may be missing', async () => {
    expectBoth(
      await invoke({ dataframe_records: [ROWS[0], { 'mean radius': 26.5, side: 'right' }] }),
    );
  });

  it('takes charset=utf-8 and no other parameter of the content type', async () => {
    const type = (value: string): Promise<Answer<MlflowError>> =>
      invoke<MlflowError>({ inputs: ROWS }, { 'content-type': value });
    expect((await type('application/json; charset=UTF-8')).status).toBe(200);
    for (const other of ['application/json; charset=latin-1', 'text/csv; header=present'])
      expect((await type(other)).status).toBe(415);
  });

  it('answers under /endpoints/<model> too, where the MLflow deployment client asks', async () => {
    expectBoth(await invoke({ inputs: ROWS }, {}, '/endpoints/foretell/invocations'));
    const other = await invoke<MlflowError>({ inputs: ROWS }, {}, '/endpoints/nope/invocations');
    expect([other.status, other.body.error_code]).toEqual([404, 'RESOURCE_DOES_NOT_EXIST']);
  });

  it('logs every row with its inputs, and counts them, before it answers', async () => {
    const before = await stored();
    const { body } = await invoke({ dataframe_records: ROWS });
    expect(await stored()).toBe(before + 2);
    const { body: page } = await server.send<{ items: Record<string, unknown>[] }>(
      '/predictions?limit=2',
      { headers: bearer },
    );
    const bySide = page.items.toSorted((a, b) =>
      JSON.stringify(a['features']) < JSON.stringify(b['features']) ? -1 : 1,
    );
    expect(bySide).toMatchObject(
      ROWS.map((features, i) => ({
        features,
        probability: body.predictions[i]?.probability,
        label: body.predictions[i]?.label === 1 ? 'malignant' : 'benign',
        key: null,
      })),
    );
    const { body: metrics } = await server.send<string>('/metrics');
    const total = [...metrics.matchAll(/^model_predictions_total\{[^}]*\} (\d+)/gm)];
    expect(total.reduce((sum, [, n]) => sum + Number(n), 0)).toBe(await stored());
    expect(metrics).toContain(`prediction_log_writes_total ${await stored()}`);
  });

  it('refuses all rows for one bad cell, names it by row and column, and stores none', async () => {
    const before = await stored();
    const { status, body } = await invoke<MlflowError>({
      dataframe_records: [ROWS[0], { ...ROWS[0], 'mean radius': 'secret' }],
    });
    expect(status).toBe(400);
    expect(body).toEqual({
      error_code: 'INVALID_PARAMETER_VALUE',
      message:
        'The input does not fit the model: rows[1].mean radius. Expected rows[1].mean radius: a number from 0 to 50, not a string.',
    });
    expect(await stored()).toBe(before);
    const { body: metrics } = await server.send<string>('/metrics');
    expect(metrics).toContain(
      'model_input_validation_failures_total{model="foretell",feature="mean radius",rule="type"} 1',
    );
  });

  it('answers more rows than one statement stores, up to the limit and no further', async () => {
    const before = await stored();
    const rows = (n: number) => ({
      dataframe_split: { columns: ['mean radius', 'side'], data: Array(n).fill([9, 'left']) },
    });
    const { status, body } = await invoke(rows(600));
    expect([status, body.predictions.length]).toEqual([200, 600]);
    expect(await stored()).toBe(before + 600);
    const refused = await invoke<MlflowError>(rows(601));
    expect([refused.status, refused.body.error_code]).toEqual([413, 'BAD_REQUEST']);
    expect(await stored()).toBe(before + 600);
  });

  it('needs a credential that holds the scope predict, and says so in its own shape', async () => {
    const none = await server.post<MlflowError>('/invocations', '{}', {});
    expect([none.status, none.body.error_code]).toEqual([401, 'UNAUTHENTICATED']);
    expect(none.headers.get('www-authenticate')).toContain('Bearer');
    const user = { username: 'reader', password: 'a password of a viewer', role: 'viewer' };
    await server.post('/users', JSON.stringify(user), bearer);
    const viewer = { authorization: `Bearer ${await server.token(user.username, user.password)}` };
    const refused = await server.post<MlflowError>('/invocations', '{}', viewer);
    expect([refused.status, refused.body.error_code]).toEqual([403, 'PERMISSION_DENIED']);
  });

  it('has an example in the OpenAPI document that is answered as it stands', async () => {
    const { body: document } = await server.send<OpenAPIObject>('/docs-json');
    const schema = document.components?.schemas?.['InvocationsRequest'] as { example: unknown };
    expect((await invoke(schema.example)).status).toBe(200);
  });

  it('answers /ping and /version to anyone', async () => {
    const ping = await fetch(`${server.url}/ping`);
    expect([ping.status, await ping.text()]).toEqual([200, '\n']);
    const version = await fetch(`${server.url}/version`);
    expect([version.status, await version.text()]).toEqual([
      200,
      expect.stringMatching(/^\d+\.\d+\.\d+$/),
    ]);
  });
});

describe('POST /invocations of a server', () => {
  it('without a model is 503 with a time to come back, and so is /ping', async () => {
    const server = await PredictionServer.start();
    const headers = { authorization: `Bearer ${await server.token()}` };
    const answer = await server.post<MlflowError>('/invocations', '{"inputs": []}', headers);
    expect([answer.status, answer.body.error_code]).toEqual([503, 'TEMPORARILY_UNAVAILABLE']);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect((await fetch(`${server.url}/ping`)).status).toBe(503);
    await server.stop();
  });

  it('whose log cannot be written acknowledges nothing', async () => {
    const server = await PredictionServer.start(publish);
    const headers = { authorization: `Bearer ${await server.token()}` };
    await server.app.get(DataSource).query('ALTER TABLE predictions RENAME TO gone');
    const body = JSON.stringify({ inputs: ROWS });
    const answer = await server.post<MlflowError>('/invocations', body, headers);
    expect([answer.status, answer.body.error_code]).toEqual([503, 'TEMPORARILY_UNAVAILABLE']);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(JSON.stringify(answer.body)).not.toMatch(/probability|SQL|table/i);
    await server.stop();
  });

  it('whose model names categories by numbers refuses a number that could mean two of them', async () => {
    const features = [
      {
        name: 'grade',
        kind: 'categorical',
        nullable: false,
        categories: ['1', '2', '3'],
        training: { mode: '1' },
      },
    ] as const;
    const server = await PredictionServer.start((dir) => publish(dir, { features }));
    const headers = { authorization: `Bearer ${await server.token()}` };
    const invoke = (grade: unknown): Promise<Answer<MlflowError & Predictions>> =>
      server.post('/invocations', JSON.stringify({ inputs: [{ grade }] }), headers);
    const ambiguous = await invoke(1);
    expect(ambiguous.status).toBe(400);
    expect(ambiguous.body.message).toContain('rows[0].grade: the category in quotes');
    const probability = tinyProbability(features, 0, { grade: '2' });
    expect((await invoke('2')).body.predictions[0]?.probability).toBeCloseTo(probability, 6);
    await server.stop();
  });
});

describe('many rows and a challenger', () => {
  let challenged: ChallengedServer;
  afterEach(() => challenged.stop());

  const N = 12;
  const invoke = (): Promise<Answer<Predictions>> =>
    challenged.server.post<Predictions>(
      '/invocations',
      JSON.stringify({ inputs: Array.from({ length: N }, (_, i) => rowOf(i)) }),
      challenged.headers,
    );

  it('a shadow gets to see each of them', async () => {
    challenged = await ChallengedServer.startWith();
    await challenged.setMode('shadow');
    const { body, headers } = await invoke();
    expect(headers.get('x-model-version')).toBe('1');
    expect(body.predictions[3]?.probability).toBeCloseTo(byChampion(3), 6);
    const compared = await challenged.recorded(N);
    const probabilities = compared.map(({ probability }) => probability ?? 0).sort((a, b) => a - b);
    const expected = Array.from({ length: N }, (_, i) => byChallenger(i)).sort((a, b) => a - b);
    probabilities.forEach((probability, i) => {
      expect(probability).toBeCloseTo(expected[i] ?? 0, 6);
    });
  });

  it('a canary answers all of them, once its share holds the caller', async () => {
    challenged = await ChallengedServer.startWith();
    const { body: me } = await challenged.get<{ id: string }>('/users/me');
    await challenged.setMode('canary', 0.5);
    const { body, headers } = await invoke();
    const version = inCanary(me.id, 0.5) ? '2' : '1';
    expect(headers.get('x-model-version')).toBe(version);
    const expected = version === '2' ? byChallenger(3) : byChampion(3);
    expect(body.predictions[3]?.probability).toBeCloseTo(expected, 6);
  });

  it('a canary that cannot score them leaves them to the champion, and each failure is kept', async () => {
    challenged = await ChallengedServer.startWith(OTHER_FEATURES);
    await challenged.setMode('canary', 1);
    const { status, body, headers } = await invoke();
    expect([status, headers.get('x-model-version')]).toEqual([200, '1']);
    expect(body.predictions[3]?.probability).toBeCloseTo(byChampion(3), 6);
    const kept = await challenged.recorded(N);
    expect(new Set(kept.map(({ mode, error }) => `${mode} ${error ?? ''}`))).toEqual(
      new Set(['canary invalid_input']),
    );
  });
});
