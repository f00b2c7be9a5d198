// Labels that come later over real HTTP: what becomes of each, what is kept, who may, and that they go with their predictions.
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { Feedback } from '../../src/feedback/feedback.entity.ts';
import { FeedbackChange } from '../../src/feedback/feedback-change.entity.ts';
import { LoggedPrediction } from '../../src/prediction/logged-prediction.entity.ts';
import {
  PredictionServer,
  publish,
  register,
  type Answer,
  type Problem,
} from '../support/prediction-server.ts';
import { writeTinyBundle } from '../support/tiny-bundle.ts';

interface Item {
  readonly prediction_id: string;
  readonly label: string;
  readonly observed_at?: string;
  readonly groups?: Readonly<Record<string, string>>;
}
interface Results {
  readonly items: readonly { readonly prediction_id: string; readonly result: string }[];
}
interface Label extends Item {
  readonly revision: number;
  readonly received_at: string;
  readonly user_id: string;
  readonly credential: string;
  readonly history: readonly Label[];
}

describe('feedback', () => {
  let server: PredictionServer;
  let headers: Record<string, string>;
  beforeAll(async () => {
    server = await PredictionServer.start(publish);
    headers = { authorization: `Bearer ${await server.token()}` };
  });
  afterAll(() => server.stop());

  const predict = async (radius = 7): Promise<string> => {
    const features = { 'mean radius': radius, 'mean texture': 18, side: 'left' };
    const { body } = await server.post<{ id: string }>(
      '/predict',
      JSON.stringify({ features }),
      headers,
    );
    return body.id;
  };
  const tell = <Body = Results>(items: readonly unknown[], by = headers): Promise<Answer<Body>> =>
    server.post<Body>('/feedback', JSON.stringify({ items }), by);
  const resultsOf = async (items: readonly Item[]): Promise<string[]> => {
    const { status, body } = await tell(items);
    expect(status).toBe(200);
    expect(body.items.map(({ prediction_id }) => prediction_id)).toEqual(
      items.map(({ prediction_id }) => prediction_id),
    );
    return body.items.map(({ result }) => result);
  };
  const labelOf = (id: string): Promise<Answer<Label>> =>
    server.send(`/feedback/${id}`, { headers });
  const table = () => server.app.get(DataSource).getRepository(Feedback);
  const metric = async (result: string): Promise<number> => {
    const { body } = await server.send<string>('/metrics');
    const series = `model_feedback_total{model="foretell",result="${result}"}`;
    return Number(
      body
        .split('\n')
        .find((line) => line.startsWith(series))
        ?.slice(series.length),
    );
  };

  it('accepts a label, knows it again, and updates it; every state is kept with who and when', async () => {
    const id = await predict();
    const item = { prediction_id: id, label: 'malignant' };
    expect(await resultsOf([item])).toEqual(['accepted']);
    expect(await resultsOf([item])).toEqual(['duplicate']);
    const observed_at = '2026-01-01T00:00:00.000Z';
    expect(await resultsOf([{ ...item, observed_at }])).toEqual(['updated']);
    expect(await resultsOf([item])).toEqual(['duplicate']);
    expect(await resultsOf([{ prediction_id: id, label: 'benign' }])).toEqual(['updated']);
    const groups = { sex: 'female' };
    expect(await resultsOf([{ prediction_id: id, label: 'benign', groups }])).toEqual(['updated']);

    const { body } = await labelOf(id);
    expect(body).toMatchObject({ prediction_id: id, label: 'benign', observed_at: null, groups });
    expect(
      body.history.map(({ revision, label, observed_at: at, groups: of }) => [
        revision,
        label,
        at,
        of,
      ]),
    ).toEqual([
      [4, 'benign', null, groups],
      [3, 'benign', null, null],
      [2, 'malignant', observed_at, null],
      [1, 'malignant', null, null],
    ]);
    for (const state of body.history) {
      expect(state.credential).toMatch(/^token:/);
      expect(state.user_id).toMatch(/^[0-9a-f-]{36}$/);
      expect(Date.parse(state.received_at)).toBeGreaterThan(Date.now() - 60_000);
    }
  });

  it('keeps what quality needs of the prediction beside its label', async () => {
    const id = await predict(25);
    await resultsOf([{ prediction_id: id, label: 'benign' }]);
    const { body: prediction } = await server.send<Record<string, unknown>>(`/predictions/${id}`, {
      headers,
    });
    expect(await table().findOneByOrFail({ predictionId: id })).toMatchObject({
      predictedAt: Date.parse(prediction['created_at'] as string),
      modelName: 'foretell',
      modelVersion: '1',
      probability: prediction['probability'],
      threshold: 0.5,
      predicted: Number(prediction['label'] === 'malignant'),
      actual: 0,
    });
  });

  it('answers unknown, duplicate and contradicting items each for itself, and counts them', async () => {
    const [known, twice, torn] = [await predict(), await predict(), await predict()];
    const before = await Promise.all(
      ['accepted', 'duplicate', 'conflict', 'unknown_id', 'updated'].map(metric),
    );
    const missing = randomUUID();
    const of = (prediction_id: string, label: string): Item => ({ prediction_id, label });
    expect(
      await resultsOf([
        of(torn, 'benign'),
        of(known, 'benign'),
        of(missing, 'benign'),
        of(twice, 'malignant'),
        of(torn, 'malignant'),
        of(twice, 'malignant'),
      ]),
    ).toEqual(['conflict', 'accepted', 'unknown', 'accepted', 'conflict', 'duplicate']);
    expect((await labelOf(torn)).status).toBe(404);
    expect((await labelOf(twice)).body.history).toHaveLength(1);
    const after = await Promise.all(
      ['accepted', 'duplicate', 'conflict', 'unknown_id', 'updated'].map(metric),
    );
    expect(after.map((count, i) => count - (before[i] ?? NaN))).toEqual([2, 1, 2, 1, 0]);
  });

  it('refuses a request with a label that the model does not have; names its labels, tells no value, stores nothing', async () => {
    const [fine, wrong] = [await predict(), await predict()];
    const { status, body } = await tell<Problem>([
      { prediction_id: fine, label: 'benign' },
      { prediction_id: wrong, label: 'harmless' },
    ]);
    expect(status).toBe(422);
    expect(body).toMatchObject({
      code: 'INVALID_INPUT',
      errors: [{ field: 'items.1.label', code: 'label', expected: '"malignant" or "benign"' }],
    });
    expect(JSON.stringify(body)).not.toContain('harmless');
    expect((await labelOf(fine)).status).toBe(404);
  });

  it('gives one of many who say the same thing at once the first label', async () => {
    const id = await predict();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => resultsOf([{ prediction_id: id, label: 'benign' }])),
    );
    expect(answers.flat().sort()).toEqual(['accepted', ...Array<string>(7).fill('duplicate')]);
  });

  it('stores more labels than one statement takes', async () => {
    const ids = await Promise.all(Array.from({ length: 130 }, () => predict()));
    const items = ids.map((id) => ({ prediction_id: id, label: 'benign' }));
    expect(new Set(await resultsOf(items))).toEqual(new Set(['accepted']));
    expect(new Set(await resultsOf(items))).toEqual(new Set(['duplicate']));
  });

  it('goes with its prediction, and its history with it', async () => {
    const id = await predict();
    await resultsOf([{ prediction_id: id, label: 'benign' }]);
    await resultsOf([{ prediction_id: id, label: 'malignant' }]);
    const database = server.app.get(DataSource);
    await database.getRepository(LoggedPrediction).delete({ id });
    expect((await labelOf(id)).status).toBe(404);
    expect(await database.getRepository(FeedbackChange).countBy({ predictionId: id })).toBe(0);
  });

  it('is for those who may predict, and read by those who may read', async () => {
    const id = await predict();
    await server.post(
      '/users',
      JSON.stringify({ username: 'viewer', password: 'a viewer of the tests', role: 'viewer' }),
      headers,
    );
    await server.post(
      '/users',
      JSON.stringify({ username: 'client', password: 'a client of the tests', role: 'client' }),
      headers,
    );
    const viewer = {
      authorization: `Bearer ${await server.token('viewer', 'a viewer of the tests')}`,
    };
    const client = {
      authorization: `Bearer ${await server.token('client', 'a client of the tests')}`,
    };
    const items = [{ prediction_id: id, label: 'benign' }];
    expect((await tell(items, viewer)).status).toBe(403);
    expect((await tell(items, {})).status).toBe(401);
    expect((await tell(items, client)).status).toBe(200);
    expect((await server.send(`/feedback/${id}`, { headers: client })).status).toBe(403);
    expect((await server.send(`/feedback/${id}`, { headers: viewer })).status).toBe(200);
    expect((await server.send('/feedback/no-id', { headers: viewer })).status).toBe(404);
  });
});

/** A bundle whose model words its classes otherwise; `M` is how the data write the positive one. */
async function publishInOtherWords(varDir: string): Promise<void> {
  const dir = mkdtempSync(join(varDir, 'other-words-'));
  await writeTinyBundle(dir);
  const read = (file: string) =>
    JSON.parse(readFileSync(join(dir, file), 'utf8')) as Record<string, unknown>;
  const features = JSON.stringify({
    ...read('features.json'),
    positive_label: 'krank',
    positive_value: 'M',
    negative_label: 'gesund',
  });
  writeFileSync(join(dir, 'features.json'), features);
  const manifest = read('manifest.json') as { sha256: Record<string, string> };
  manifest.sha256['features.json'] = createHash('sha256').update(features).digest('hex');
  writeFileSync(join(dir, 'manifest.json'), JSON.stringify(manifest));
  await register(varDir, dir);
}

describe('labels of a version that words its classes otherwise than the live one', () => {
  let server: PredictionServer;
  afterEach(() => server.stop());

  it('are in the words of the version that answered, or in those of its data', async () => {
    server = await PredictionServer.start(publishInOtherWords);
    const headers = { authorization: `Bearer ${await server.token()}` };
    const features = { 'mean radius': 7, 'mean texture': 18, side: 'left' };
    const predict = async (): Promise<string> =>
      (await server.post<{ id: string }>('/predict', JSON.stringify({ features }), headers)).body
        .id;
    const [first, second] = [await predict(), await predict()];
    await server.publish();
    expect((await server.send('/models/reload', { method: 'POST', headers })).status).toBe(200);
    const tell = (prediction_id: string, label: string) =>
      server.post<Problem & Results>(
        '/feedback',
        JSON.stringify({ items: [{ prediction_id, label }] }),
        headers,
      );
    expect((await tell(first, 'benign')).body.errors?.[0]).toMatchObject({
      field: 'items.0.label',
      expected: '"krank" or "gesund"',
    });
    expect((await tell(first, 'gesund')).body.items[0]?.result).toBe('accepted');
    expect((await tell(second, 'M')).body.items[0]?.result).toBe('accepted');
    expect((await tell(second, 'krank')).body.items[0]?.result).toBe('duplicate');
    expect((await tell(await predict(), 'benign')).body.items[0]?.result).toBe('accepted');
  });
});
