// What a version was measured at over real HTTP: of any registered version, its curves against its own held-out rows and its report.
import { readFileSync } from 'node:fs';
import type { ModelEvaluationResponse } from '../../src/model/model-evaluation.dto.ts';
import { ModelRegistry } from '../../src/model/registry/model-registry.ts';
import type { HoldoutFile } from '../../src/model/model-bundle.ts';
import {
  PredictionServer,
  publish,
  type Answer,
  type Problem,
} from '../support/prediction-server.ts';
import { TINY_GATE } from '../support/tiny-bundle.ts';

let server: PredictionServer;
let headers: Record<string, string>;

beforeAll(async () => {
  server = await PredictionServer.start(async (dir) => {
    await publish(dir, { runId: 'run-of-one' });
    await publish(dir, { threshold: 0.7, sign: -1 }, 'challenger');
    await publish(dir, { gate: null }, 'elsewhere');
  });
  headers = { authorization: `Bearer ${await server.token()}` };
});
afterAll(() => server.stop());

const get = <Body = ModelEvaluationResponse>(
  version: string,
  model = 'foretell',
): Promise<Answer<Body>> =>
  server.send<Body>(`/models/${model}/versions/${version}/evaluation`, { headers });

async function holdoutOf(version: string): Promise<HoldoutFile> {
  const registry = server.app.get(ModelRegistry);
  const dir = await registry.fetchBundle(await registry.resolve(`models:/foretell/${version}`));
  return JSON.parse(readFileSync(`${dir}/holdout.json`, 'utf8')) as HoldoutFile;
}

/** By its definition: the share of pairs in which the positive row ranks above the negative one. */
function pairsInOrder({ y, probability }: HoldoutFile): number {
  const of = (label: number): number[] => probability.filter((_, row) => y[row] === label);
  const pairs = of(1).flatMap((above) => of(0).map((below) => Number(above > below)));
  return pairs.reduce((sum, each) => sum + each, 0) / pairs.length;
}

describe('GET /models/:name/versions/:version/evaluation', () => {
  it('answers what the report of the version says, live or not', async () => {
    const [live, other] = [await get('1'), await get('2')];
    expect(live.status).toBe(200);
    expect(live.body).toMatchObject({
      name: 'foretell',
      version: '1',
      run_id: 'run-of-one',
      learner: 'linear',
      params: { bias: 0 },
      positive_label: 'malignant',
      negative_label: 'benign',
      threshold: 0.5,
      metrics: { accuracy: 0.9, roc_auc: 0.95 },
      confusion_matrix: { tn: 5, fp: 1, fn: 0, tp: 4 },
      cross_validation: { metric: 'roc_auc', mean: 0.94, sd: 0.01, folds: 5 },
      gate: TINY_GATE,
      intervals: {},
      threshold_choice: null,
      baselines: [],
    });
    expect(other.body).toMatchObject({ version: '2', threshold: 0.7 });
  });

  it.each(['1', '2'])(
    'computes the curves of version %s from its held-out rows',
    async (version) => {
      const { curves } = (await get(version)).body;
      const held = await holdoutOf(version);
      const positives = held.y.filter((label) => label === 1).length;
      expect(curves).toMatchObject({ rows: 60, positives });
      expect(curves?.roc?.auc).toBeCloseTo(pairsInOrder(held), 12);
      const points = curves?.roc?.points ?? [];
      expect(points[0]).toEqual({ fpr: 0, tpr: 0, threshold: null });
      expect(points.at(-1)).toMatchObject({ fpr: 1, tpr: 1 });
      const area = points.reduce((sum, { fpr, tpr }, i) => {
        const before = points[i - 1] ?? { fpr, tpr };
        return sum + ((fpr - before.fpr) * (tpr + before.tpr)) / 2;
      }, 0);
      expect(area).toBeCloseTo(pairsInOrder(held), 12);
      expect(curves?.precision_recall?.points.at(-1)).toMatchObject({ recall: 1 });
    },
  );

  it('counts the mistakes at every hundredth, and the scores by class', async () => {
    const { curves } = (await get('1')).body;
    const { y, probability } = await holdoutOf('1');
    expect(curves?.thresholds.map(({ threshold }) => threshold)).toEqual(
      Array.from({ length: 101 }, (_, i) => i / 100),
    );
    const count = (label: number, is: (p: number) => boolean): number =>
      probability.filter((p, row) => y[row] === label && is(p)).length;
    for (const { threshold, tn, fp, fn, tp } of curves?.thresholds ?? [])
      expect([tn, fp, fn, tp]).toEqual([
        count(0, (p) => p < threshold),
        count(0, (p) => p >= threshold),
        count(1, (p) => p < threshold),
        count(1, (p) => p >= threshold),
      ]);
    expect(curves?.scores.positive).toEqual(
      Array.from({ length: 20 }, (_, i) => count(1, (p) => Math.floor(p * 20) === i)),
    );
    const binned = curves?.calibration.bins ?? [];
    expect(binned.map(({ observed }) => observed.n)).toEqual(new Array(10).fill(6));
    const [lowest] = binned;
    const six = probability.toSorted((a, b) => a - b).slice(0, 6);
    expect(lowest?.mean_probability).toBeCloseTo(
      six.reduce((sum, p) => sum + p / 6, 0),
      12,
    );
  });

  it('answers null for what a bundle from elsewhere does not tell', async () => {
    const { status, body } = await get('3');
    expect(status).toBe(200);
    expect(body).toMatchObject({ gate: null, curves: null });
  });

  it('answers 404 for what is not registered', async () => {
    for (const answer of [await get<Problem>('99'), await get<Problem>('1', 'other')])
      expect([answer.status, answer.body.code]).toEqual([404, 'MODEL_NOT_FOUND']);
  });

  it('needs the scope read', async () => {
    expect((await server.send('/models/foretell/versions/1/evaluation')).status).toBe(401);
  });
});
