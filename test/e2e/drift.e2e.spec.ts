// Drift over real HTTP: what predictions in the log are found to be beside the reference in the bundle, by whom it is asked and by the schedule.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import type { RawRow } from '../../src/features/feature-spec.ts';
import { readDriftReference } from '../../src/model/drift-reference.ts';
import { ModelSlot } from '../../src/model/model-slot.ts';
import type { DriftHistoryResponse, DriftResponse } from '../../src/monitoring/drift/drift.dto.ts';
import { DriftHistory } from '../../src/monitoring/drift/drift-history.ts';
import { DriftService } from '../../src/monitoring/drift/drift.service.ts';
import { LoggedPrediction } from '../../src/prediction/logged-prediction.entity.ts';
import { categorySample } from '../../src/statistics/drift/categories.ts';
import { datasetDrift } from '../../src/statistics/drift/dataset-drift.ts';
import type { DriftColumn } from '../../src/statistics/drift/drift-of.ts';
import { numericSample } from '../../src/statistics/drift/numeric-sample.ts';
import { Random } from '../../src/statistics/random.ts';
import {
  PredictionServer,
  publish,
  type Answer,
  type Problem,
} from '../support/prediction-server.ts';

const ROOM = { BODY_LIMIT_BYTES: '1000000' };

/** Rows of one population, moved upwards by `shift` of what they spread; every tenth texture is missing. */
function population(rows: number, seed: number, shift = 0): readonly RawRow[] {
  const random = Random.of(seed);
  const bell = (): number =>
    Array.from({ length: 12 }, () => random.nextInt(1000) / 1000).reduce((a, b) => a + b) - 6;
  return Array.from({ length: rows }, (_, i) => ({
    'mean radius': Math.round((14 + 2 * (bell() + shift)) * 1000) / 1000,
    'mean texture': i % 10 === 0 ? null : Math.round((19 + 3 * bell()) * 100) / 100,
    side: random.nextInt(3) === 0 ? 'left' : 'right',
  }));
}

const TRAINED = population(1500, 1);

class DriftServer {
  private constructor(
    readonly server: PredictionServer,
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  static async start(
    prepare: (varDir: string) => Promise<unknown> = (varDir) =>
      publish(varDir, { trainingRows: TRAINED }),
    settings: Readonly<Record<string, string>> = {},
  ): Promise<DriftServer> {
    const server = await PredictionServer.start(prepare, { ...ROOM, ...settings });
    return new DriftServer(server, { authorization: `Bearer ${await server.token()}` });
  }

  async predict(rows: readonly RawRow[]): Promise<void> {
    const body = JSON.stringify({ dataframe_records: rows });
    expect((await this.server.post('/invocations', body, this.headers)).status).toBe(200);
  }

  get<Body>(path: string): Promise<Answer<Body>> {
    return this.server.send<Body>(path, { headers: this.headers });
  }

  async drift(query = ''): Promise<DriftResponse> {
    const { status, body } = await this.get<DriftResponse>(`/monitoring/drift${query}`);
    expect(status).toBe(200);
    return body;
  }

  async history(query = ''): Promise<DriftHistoryResponse['items']> {
    return (await this.get<DriftHistoryResponse>(`/monitoring/drift/history${query}`)).body.items;
  }

  async metrics(): Promise<string> {
    return (await this.server.send<string>('/metrics')).body;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}

/** All but when it was evaluated. */
const figuresOf = (drift: DriftResponse): object => Object.assign({}, drift, { at: null });

const verdictsOf = ({ features, predictions }: DriftResponse) =>
  Object.fromEntries([...features, ...predictions].map(({ name, verdict }) => [name, verdict]));

describe('GET /monitoring/drift', () => {
  let drift: DriftServer;
  afterEach(() => drift.stop());

  it('has insufficient data where nothing was predicted, and no figure that nobody knows', async () => {
    drift = await DriftServer.start();
    const body = await drift.drift();
    expect(body).toMatchObject({
      model: { name: 'foretell', version: '1' },
      convention: 'evidently-0.7',
      verdict: 'insufficient_data',
      convention_verdict: 'insufficient_data',
      reference: { digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string, rows: 1500 },
      window: { rows: 0, sampled: 0 },
      minimum_rows: 500,
      share: null,
      weighted_share: null,
      convention_share: null,
      multivariate: null,
    });
    for (const { score, significance, n_current } of [...body.features, ...body.predictions])
      expect([score, significance, n_current]).toEqual([null, null, 0]);
    for (const { missing } of body.features)
      expect(missing).toMatchObject({ current: null, p_value: null, verdict: 'insufficient_data' });
  });

  it('finds none in rows of the population that the model was trained on, and says what it went by', async () => {
    drift = await DriftServer.start();
    await drift.predict(population(600, 2));
    const body = await drift.drift('?window=1h');
    expect(verdictsOf(body)).toEqual({
      'mean radius': 'no_drift',
      'mean texture': 'no_drift',
      side: 'no_drift',
      prediction_score: 'no_drift',
      prediction_label: 'no_drift',
    });
    expect(body.verdict).toBe('no_drift');
    expect(Date.parse(body.window.to) - Date.parse(body.window.from)).toBe(3_600_000);
    const [radius, texture, side] = body.features;
    expect(radius).toMatchObject({ kind: 'numeric', method: 'wasserstein', n_current: 600 });
    expect(texture).toMatchObject({
      n_reference: 1350,
      n_current: 540,
      missing: { reference: 0.1, current: 0.1, p_value: 1, verdict: 'no_drift' },
    });
    expect(side).toMatchObject({ kind: 'categorical', method: 'jensenshannon', n_current: 600 });
    expect(body.multivariate).toMatchObject({
      domain_classifier: { rows: { reference: 60, current: 600 } },
      pca: { components: expect.any(Number) as number },
    });
  });

  it('finds a shift in the feature that moved and in the score, and not in the others', async () => {
    drift = await DriftServer.start();
    await drift.predict(population(600, 3, 0.5));
    const body = await drift.drift();
    expect(verdictsOf(body)).toMatchObject({
      'mean radius': 'drift',
      'mean texture': 'no_drift',
      side: 'no_drift',
      prediction_score: 'drift',
    });
    expect(body).toMatchObject({ verdict: 'drift', share: 0.4 });
  });

  it('says nothing of too few rows, whatever the convention says of them', async () => {
    drift = await DriftServer.start();
    await drift.predict(population(499, 4, 2));
    const body = await drift.drift();
    expect(body.verdict).toBe('insufficient_data');
    expect(body.features[0]).toMatchObject({
      verdict: 'insufficient_data',
      convention_verdict: 'drift',
    });
  });

  it('finds a feature whose values stay away, which has none to measure', async () => {
    drift = await DriftServer.start();
    await drift.predict(population(600, 5).map((row) => ({ ...row, 'mean texture': null })));
    const body = await drift.drift();
    expect(body.features[1]).toMatchObject({
      score: null,
      verdict: 'insufficient_data',
      missing: { reference: 0.1, current: 1, verdict: 'drift' },
    });
    expect(body.verdict).toBe('drift');
  });

  it('takes numbers of a tensor of float32 for the decimals that they were written as', async () => {
    drift = await DriftServer.start();
    const rows = population(520, 6);
    await drift.predict(rows);
    const asJson = (await drift.drift()).features[0];
    await drift.server.app
      .get(DataSource)
      .createQueryBuilder()
      .delete()
      .from(LoggedPrediction)
      .execute();
    await drift.predict(
      rows.map((row) => ({ ...row, 'mean radius': Math.fround(row['mean radius'] as number) })),
    );
    expect((await drift.drift()).features[0]).toEqual(asJson);
  });

  it('gives the same digits again, from the stated bounds and the log alone', async () => {
    drift = await DriftServer.start();
    await drift.predict(population(700, 7, 0.3));
    const body = await drift.drift();
    // By a way of its own: the rows by SQL, the figures by the measures themselves.
    const [from, to] = [Date.parse(body.window.from), Date.parse(body.window.to)];
    const rows = (await drift.server.app.get(DataSource).getRepository(LoggedPrediction).find())
      .filter(({ createdAt }) => createdAt >= from && createdAt <= to)
      .map(({ inputs, probability, label }) => ({
        ...(JSON.parse(inputs) as RawRow),
        probability,
        label,
      }));
    expect(rows).toHaveLength(body.window.sampled);
    const model = drift.server.app.get(ModelSlot).current();
    const reference = await readDriftReference(model.bundle);
    if (reference === null) throw new Error('expected a reference');
    expect(body.reference.digest).toBe(reference.digest);
    const valuesOf = (name: string) => rows.map((row) => (row as RawRow)[name] ?? null);
    const numbers = (name: string) =>
      numericSample(valuesOf(name).map((value) => (value === null ? Number.NaN : Number(value))));
    const columns: DriftColumn[] = reference.columns.map((column) =>
      column.kind === 'numeric'
        ? { ...column, reference: column.sample, current: numbers(column.name) }
        : {
            ...column,
            reference: column.sample,
            current: categorySample(valuesOf(column.name).map(String)),
          },
    );
    columns.push(
      {
        name: 'prediction_score',
        kind: 'numeric',
        reference: reference.score,
        current: numbers('probability'),
      },
      {
        name: 'prediction_label',
        kind: 'categorical',
        reference: reference.label,
        current: categorySample(valuesOf('label').map(String)),
      },
    );
    const again = datasetDrift(columns, 'evidently-0.7');
    expect([...body.features, ...body.predictions]).toEqual(
      again.features.map((feature) => expect.objectContaining(feature) as object),
    );
    expect(body.weighted_share).toBe(again.weighted_share);

    const measured = await drift.server.app
      .get(DriftService)
      .measure(model, 'evidently-0.7', { from, to });
    expect(figuresOf(measured)).toEqual(figuresOf(body));
  });

  it('is one evaluation for those who ask the same at once', async () => {
    drift = await DriftServer.start();
    await drift.predict(population(500, 8));
    const answers = await Promise.all(Array.from({ length: 5 }, () => drift.drift()));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('looks at the rows of one version: the champion, or the challenger that is loaded', async () => {
    drift = await DriftServer.start(
      async (varDir) => {
        await publish(varDir, { trainingRows: TRAINED });
        await publish(varDir, { trainingRows: TRAINED, bias: -0.3 }, 'challenger');
      },
      { CHALLENGER: 'canary:100%' },
    );
    await drift.predict(population(10, 9));
    expect((await drift.drift()).window.rows).toBe(0);
    expect(await drift.drift('?version=2')).toMatchObject({
      model: { version: '2' },
      window: { rows: 10 },
    });
  });

  it.each([
    ['?version=9', 404, 'MODEL_NOT_FOUND'],
    ['?convention=other', 422, 'INVALID_INPUT'],
    ['?window=2h', 422, 'INVALID_INPUT'],
    ['/history?limit=0', 422, 'INVALID_INPUT'],
  ])('refuses %s with %i %s', async (query, status, code) => {
    drift = await DriftServer.start();
    const answer = await drift.get<Problem>(`/monitoring/drift${query}`);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('does not go by a reference that is not what the bundle states, and goes on once it is again', async () => {
    drift = await DriftServer.start();
    const { dir } = drift.server.app.get(ModelSlot).current().bundle;
    const file = join(dir, 'drift.json');
    const content = readFileSync(file);
    writeFileSync(file, '{}');
    const answer = await drift.get<Problem>('/monitoring/drift');
    expect([answer.status, answer.body.code]).toEqual([503, 'BUNDLE_INVALID']);
    writeFileSync(file, content);
    expect((await drift.drift()).verdict).toBe('insufficient_data');
  });

  it('is not to be had of a bundle without reference, nor without the scope', async () => {
    drift = await DriftServer.start((varDir) => publish(varDir, { gate: null }));
    const answer = await drift.get<Problem>('/monitoring/drift');
    expect([answer.status, answer.body.code]).toEqual([409, 'DRIFT_REFERENCE_UNAVAILABLE']);
    expect((await drift.server.send('/monitoring/drift')).status).toBe(401);
  });
});

describe('the schedule', () => {
  let drift: DriftServer;
  afterEach(() => drift.stop());
  const withSeries = async (series: RegExp): Promise<string> => {
    for (let i = 0; i < 600 && !series.test(await drift.metrics()); i += 1) await sleep(50);
    const metrics = await drift.metrics();
    expect(metrics).toMatch(series);
    return metrics;
  };

  it('evaluates the champion again and again, keeps what it finds and shows the last of it', async () => {
    drift = await DriftServer.start(undefined, { DRIFT_EVERY: '1', DRIFT_WINDOW: '1h' });
    await drift.predict(population(600, 10, 0.5));
    const metrics = await withSeries(/^model_drift_window_rows\{model="foretell"\} 600$/m);
    const labels = 'model="foretell",version="1"';
    expect(metrics).toContain(`model_dataset_drift_detected{${labels}} 1`);
    expect(metrics).toContain(`model_dataset_drift_ratio{${labels}} 0.4`);
    const radius = `${labels},feature="mean radius",method="wasserstein"`;
    expect(metrics).toContain(`model_feature_drift_detected{${radius}} 1`);
    const score = `${labels},feature="prediction_score",method="wasserstein"`;
    expect(metrics).toContain(`model_feature_drift_detected{${score}} 1`);
    expect(metrics).toMatch(/^model_drift_evaluation_interval_seconds\{model="foretell"\} 1$/m);

    const [newest] = await drift.history('?limit=1');
    expect(newest).toMatchObject({
      model: { name: 'foretell', version: '1' },
      window_name: '1h',
      verdict: 'drift',
      window: { rows: 600, sampled: 600 },
    });
    expect(newest?.columns.map(({ name, verdict }) => [name, verdict])).toContainEqual([
      'mean radius',
      'drift',
    ]);
    const length = async (): Promise<number> => (await drift.history()).length;
    const before = await length();
    for (let i = 0; i < 400 && (await length()) <= before; i += 1) await sleep(50);
    expect(await length()).toBeGreaterThan(before);
  });

  it('shows no drift of a champion without reference, and no series of the one before', async () => {
    drift = await DriftServer.start((varDir) => publish(varDir, { gate: null }), {
      DRIFT_EVERY: '1h',
    });
    const metrics = await withSeries(/^model_drift_last_evaluation_timestamp_seconds\{/m);
    expect(metrics).not.toMatch(/^model_(feature|dataset)_drift/m);
    expect(await drift.history()).toEqual([]);
  });

  it('evaluates nothing by itself while it is off', async () => {
    drift = await DriftServer.start();
    expect(await drift.metrics()).toMatch(/^model_drift_evaluation_interval_seconds\{.*\} 0$/m);
    expect(await drift.metrics()).not.toMatch(/^model_drift_last_evaluation/m);
  });
});

describe('the history', () => {
  it('keeps the newest evaluations and answers them newest first', async () => {
    const drift = await DriftServer.start();
    const found = await drift.drift();
    const history = drift.server.app.get(DriftHistory);
    for (let i = 0; i < 25; i += 1) {
      const at = new Date(1_764_000_000_000 + i * 1000).toISOString();
      await history.keep('1h', Object.assign({}, found, { at }), 20);
    }
    const items = await drift.history('?limit=1000');
    expect(items).toHaveLength(20);
    expect(items[0]?.at).toBe('2025-11-24T16:00:24.000Z');
    expect(items.at(-1)?.at).toBe('2025-11-24T16:00:05.000Z');
    expect(items[0]?.columns.map(({ name, score }) => [name, score])).toEqual([
      ['mean radius', null],
      ['mean texture', null],
      ['side', null],
      ['prediction_score', null],
      ['prediction_label', null],
    ]);
    await drift.stop();
  });
});
