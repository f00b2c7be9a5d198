// Quality and fairness over real HTTP: figures of labels that came over the feedback route, computed again here from what was stored.
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { Feedback } from '../../src/feedback/feedback.entity.ts';
import { LoggedPrediction } from '../../src/prediction/logged-prediction.entity.ts';
import { estimatePerformance } from '../../src/statistics/cbpe.ts';
import { brier, rocAuc } from '../../src/statistics/classification.ts';
import { PredictionServer, publish, type Problem } from '../support/prediction-server.ts';

interface Figure {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly n?: number;
}
interface Quality {
  readonly window: { readonly from: string; readonly to: string };
  readonly model: { readonly name: string; readonly version: string };
  readonly predictions: number;
  readonly labelled: number;
  readonly measured: number;
  readonly coverage: number | null;
  readonly delay: { readonly mean: number; readonly p50: number; readonly p95: number } | null;
  readonly roc_auc: Figure | null;
  readonly brier: number | null;
  readonly confusion_matrix: Readonly<Record<string, number>>;
  readonly precision: Figure | null;
  readonly estimated_roc_auc: Figure | null;
  readonly estimated_f1: Figure | null;
  readonly reference: object | null;
  readonly concept_drift: { readonly verdict: string; readonly live: number | null };
  readonly assumptions: readonly string[];
}
interface Group {
  readonly group: string;
  readonly rows: number;
  readonly selection_rate: Figure;
}
interface Fairness {
  readonly by: string;
  readonly names: readonly string[];
  readonly measured: number;
  readonly without_group: number;
  readonly groups: readonly Group[];
  readonly demographic_parity_difference: Figure | null;
}

const ROWS = 160;
const DAY_MS = 86_400_000;

describe('quality', () => {
  let server: PredictionServer;
  let headers: Record<string, string>;
  beforeAll(async () => {
    server = await PredictionServer.start((varDir) => publish(varDir), {
      BODY_LIMIT_BYTES: '200000',
      DRIFT_EVERY: 'off',
    });
    headers = { authorization: `Bearer ${await server.token()}` };
  });
  afterAll(() => server.stop());

  const get = async <Body>(path: string): Promise<Body> =>
    (await server.send<Body>(path, { headers })).body;
  const predictions = () => server.app.get(DataSource).getRepository(LoggedPrediction);
  const labels = () => server.app.get(DataSource).getRepository(Feedback);
  /** The database refuses a change that is no new revision. */
  const rewrite = (predictionId: string, change: Partial<Feedback>): Promise<unknown> =>
    labels().update({ predictionId }, { ...change, revision: () => 'revision + 1' });

  it('knows nothing before the first answer, and says so with null', async () => {
    expect(await get<Quality>('/monitoring/quality')).toMatchObject({
      model: { name: 'foretell', version: '1' },
      predictions: 0,
      labelled: 0,
      coverage: null,
      delay: null,
      roc_auc: null,
      average_precision: null,
      brier: null,
      precision: null,
      f1: null,
      estimated_roc_auc: null,
      estimated_accuracy: null,
      calibration: { expected_calibration_error: null, bins: [] },
      concept_drift: { verdict: 'insufficient_data', live: null },
    });
  });

  it('gives the figures of the answers and labels in the window, and both estimates side by side', async () => {
    for (let i = 0; i < ROWS; i += 1) {
      const features = {
        'mean radius': 6 + ((i * 7) % 22),
        'mean texture': 9 + ((i * 13) % 31),
        side: i % 2 === 0 ? 'left' : 'right',
      };
      await server.post('/predict', JSON.stringify({ features }), headers);
    }
    const stored = await predictions().find({ order: { createdAt: 'ASC', id: 'ASC' } });
    const labelled = stored.slice(0, 130);
    const items = labelled.map(({ id, probability, createdAt }, i) => ({
      prediction_id: id,
      label: ((i * 37) % 100) / 100 < probability ? 'malignant' : 'benign',
      observed_at: new Date(Math.min(createdAt + i, Date.now())).toISOString(),
      ...(i < 120 && { groups: { sex: i % 3 === 0 ? 'female' : 'male' } }),
    }));
    const { status } = await server.post('/feedback', JSON.stringify({ items }), headers);
    expect(status).toBe(200);

    const quality = await get<Quality>('/monitoring/quality?window=1h');
    const y = Uint8Array.from(items, ({ label }) => Number(label === 'malignant'));
    const p = Float64Array.from(labelled, ({ probability }) => probability);
    expect(quality).toMatchObject({
      predictions: ROWS,
      labelled: 130,
      measured: 130,
      coverage: 130 / ROWS,
    });
    expect(quality.roc_auc?.value).toBeCloseTo(rocAuc(y, p), 12);
    expect(quality.roc_auc?.low).toBeLessThan(quality.roc_auc?.value ?? 0);
    expect(quality.brier).toBeCloseTo(brier(y, p), 12);
    const { tn, fp, fn, tp } = quality.confusion_matrix as Record<string, number>;
    expect((tn ?? 0) + (fp ?? 0) + (fn ?? 0) + (tp ?? 0)).toBe(130);
    expect(quality.precision).toMatchObject({ n: (tp ?? 0) + (fp ?? 0) });
    const all = Float64Array.from(stored, ({ probability }) => probability);
    const expected = estimatePerformance(all, Math.fround(0.5));
    expect(quality.estimated_roc_auc?.value).toBeCloseTo(expected.roc_auc ?? NaN, 9);
    expect(quality.estimated_f1?.value).toBeCloseTo(expected.f1 ?? NaN, 9);
    expect(quality.estimated_f1?.low).toBeLessThan(expected.f1 ?? 0);
    const delays = items.map(
      (item, i) => Date.parse(item.observed_at) - (labelled[i]?.createdAt ?? 0),
    );
    expect(quality.delay?.p50).toBeCloseTo((delays.sort((a, b) => a - b)[64] ?? NaN) / 1000, 12);
    expect(quality.concept_drift.live).toBeCloseTo(rocAuc(y, p), 12);
    expect(quality.assumptions.join()).toContain('No concept drift');
  });

  it('gives the same digits again', async () => {
    const [one, other] = [
      await get<Quality>('/monitoring/quality'),
      await get<Quality>('/monitoring/quality'),
    ];
    const figures = ({ window, ...rest }: Quality): object => ({
      ...rest,
      window: typeof window,
      at: 0,
    });
    expect(figures(one)).toEqual(figures(other));
  });

  it('compares the groups that labels came with', async () => {
    const fairness = await get<Fairness>('/monitoring/fairness?by=sex');
    expect(fairness).toMatchObject({
      by: 'sex',
      names: ['sex'],
      measured: 130,
      without_group: 10,
      groups: [
        { group: 'female', rows: 40, selection_rate: { n: 40 } },
        { group: 'male', rows: 80 },
      ],
    });
    const [female, male] = fairness.groups as [Group, Group];
    expect(fairness.demographic_parity_difference?.value).toBeCloseTo(
      Math.abs(female.selection_rate.value - male.selection_rate.value),
      12,
    );
    expect(await get<Fairness>('/monitoring/fairness?by=age')).toMatchObject({
      names: ['sex'],
      groups: [],
      without_group: 130,
    });
  });

  it('windows are by when the prediction was answered, not by when the label came', async () => {
    const [first] = await labels().find({ order: { predictedAt: 'ASC' }, take: 1 });
    const id = first?.predictionId ?? '';
    await rewrite(id, { predictedAt: Date.now() - 2 * DAY_MS });
    await predictions().update({ id }, { createdAt: Date.now() - 2 * DAY_MS });
    expect(await get<Quality>('/monitoring/quality')).toMatchObject({
      predictions: ROWS - 1,
      labelled: 129,
    });
    expect(await get<Quality>('/monitoring/quality?window=7d')).toMatchObject({
      predictions: ROWS,
      labelled: 130,
    });
  });

  it('refuses a version that is neither loaded nor labelled, and a window that there is not', async () => {
    expect(await get<Problem>('/monitoring/quality?version=9')).toMatchObject({
      code: 'MODEL_NOT_FOUND',
    });
    expect(await get<Problem>('/monitoring/fairness?version=9&by=sex')).toMatchObject({
      code: 'MODEL_NOT_FOUND',
    });
    expect(await get<Problem>('/monitoring/quality?window=2d')).toMatchObject({
      code: 'INVALID_INPUT',
    });
    expect(await get<Problem>('/monitoring/fairness')).toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('measures a version that is not loaded any more by the labels that still come', async () => {
    const some = await labels().find({ take: 30 });
    for (const { predictionId } of some) {
      await rewrite(predictionId, { modelVersion: '7' });
      await predictions().update({ id: predictionId }, { modelVersion: '7' });
    }
    const quality = await get<Quality>('/monitoring/quality?version=7&window=7d');
    expect(quality).toMatchObject({
      model: { version: '7' },
      predictions: 30,
      labelled: 30,
      reference: null,
    });
  });
});

it('quality of the champion is shown as metrics, on schedule; what is not known has no series', async () => {
  const server = await PredictionServer.start((varDir) => publish(varDir), { DRIFT_EVERY: '1s' });
  const headers = { authorization: `Bearer ${await server.token()}` };
  const metrics = async (): Promise<string> => (await server.send<string>('/metrics')).body;
  const gauge = async (name: string): Promise<string | undefined> => {
    const series = `${name}{model="foretell",version="1"} `;
    const line = (await metrics()).split('\n').find((each) => each.startsWith(series));
    return line?.slice(series.length);
  };
  // The one without a label first: whenever three have theirs, four are answered.
  for (const radius of [28, 7, 14, 21]) {
    const features = { 'mean radius': radius, 'mean texture': 18, side: 'left' };
    const { body } = await server.post<{ id: string }>(
      '/predict',
      JSON.stringify({ features }),
      headers,
    );
    const items = [{ prediction_id: body.id, label: 'malignant' }];
    if (radius !== 28) await server.post('/feedback', JSON.stringify({ items }), headers);
  }
  const until = Date.now() + 45_000;
  while ((await gauge('model_live_labelled_samples')) !== '3' && Date.now() < until)
    await sleep(500);
  expect(await gauge('model_live_labelled_samples')).toBe('3');
  expect(await gauge('model_live_label_coverage_ratio')).toBe('0.75');
  expect(Number(await gauge('model_estimated_roc_auc'))).toBeGreaterThan(0.5);
  expect(await gauge('model_live_roc_auc')).toBeUndefined();
  expect(await gauge('model_concept_drift_detected')).toBeUndefined();
  await server.stop();
});
