// What a fitted pipeline tells of its splits: columns of the design by name, in shares.
import { Random } from '../src/statistics/random.ts';
import type { FeatureSpec } from '../src/features/feature-spec.ts';
import { calibrated } from './calibration/calibrated-pipeline.ts';
import { learners, type LearnerName } from './learners/index.ts';
import { matrixOf, type Float32Matrix } from './numeric/matrix.ts';
import { fitPipeline, type Pipeline } from './pipeline.ts';
import { deriveFeature } from './preprocessing/derived.ts';
import type { Preprocessing } from './preprocessing/options.ts';

const FEATURES: readonly FeatureSpec[] = [
  { kind: 'numeric', name: 'income', nullable: true },
  { kind: 'numeric', name: 'debt', nullable: false },
  { kind: 'categorical', name: 'region', nullable: false, categories: ['north', 'east', 'south'] },
];
const DERIVED = [deriveFeature('debt_ratio', 'debt / income', FEATURES)];
const ROWS = 600;

/** Positive where debt is high for the income, or the income is missing; the region moves it a little. */
function sample(): { x: Float32Matrix; y: Uint8Array } {
  const random = Random.of(19);
  const data = Float32Array.from({ length: ROWS * 3 }, (_, i) => {
    if (i % 3 === 0) return random.nextInt(4) === 0 ? NaN : 1 + random.nextInt(100);
    return i % 3 === 1 ? random.nextInt(100) : random.nextInt(3);
  });
  const y = Uint8Array.from({ length: ROWS }, (_, row) => {
    const [income = 0, debt = 0, region = 0] = data.subarray(row * 3);
    if (Number.isNaN(income)) return random.nextInt(10) > 1 ? 1 : 0;
    return debt / income + region / 4 + random.nextInt(100) / 200 > 1.2 ? 1 : 0;
  });
  return { x: matrixOf(data, 3), y };
}

const { x, y } = sample();

function fit(
  name: LearnerName,
  params: object = {},
  preprocessing: Preprocessing = {},
  target = y,
): Promise<Pipeline> {
  const learner = learners[name] as (typeof learners)['gradient_boosting'];
  return fitPipeline(
    {
      learner,
      params: learner.params.parse(params),
      features: FEATURES,
      derived: DERIVED,
      preprocessing,
      task: { kind: 'binary' },
    },
    { x, y: target, weights: null },
    { random: Random.of(2), threads: 1 },
  );
}

describe('the gains of a pipeline', () => {
  const preprocessing: Preprocessing = {
    numeric: { missing_indicator: true, impute: 'median' },
  };

  it.each(['gradient_boosting', 'random_forest'] as const)(
    'are shares of the design columns, the largest first, indicators and derived ones by name: %s',
    async (learner) => {
      const { gains, columns } = await fit(learner, { n_estimators: 20 }, preprocessing);
      const shares = gains?.map(({ share }) => share) ?? [];
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
      expect(shares).toEqual(shares.toSorted((a, b) => b - a));
      expect(gains?.map(({ column }) => column).toSorted()).toEqual(columns.toSorted());
      const shareOf = (name: string): number =>
        gains?.find(({ column }) => column === name)?.share ?? NaN;
      expect(gains?.[0]?.column).toBe('debt_ratio');
      expect(shareOf('income missing')).toBeGreaterThan(0);
      expect(shareOf('debt missing')).toBe(0);
      expect(shareOf('region')).toBeGreaterThan(0);
    },
  );

  it('stand under the name of the feature where target encoding replaces its categories', async () => {
    const { gains } = await fit('random_forest', {}, { categorical: { encode: 'target' } });
    expect(gains?.map(({ column }) => column)).toContain('region');
  });

  it.each(['logistic_regression', 'prior', 'majority', 'best_feature'] as const)(
    'are none for a learner that splits nothing: %s',
    async (learner) => {
      expect((await fit(learner)).gains).toBeNull();
    },
  );

  it('are none where no split was worth making', async () => {
    const { gains } = await fit('gradient_boosting', { min_child_samples: ROWS });
    expect(gains).toBeNull();
  });

  it('are those of the pipeline behind a calibration curve', async () => {
    const pipeline = await fit('gradient_boosting', { n_estimators: 5 });
    const behind = calibrated(pipeline, { kind: 'platt', slope: 0.5, intercept: 0 });
    expect(behind.gains).toEqual(pipeline.gains);
    expect(behind.gains).not.toBeNull();
  });
});
