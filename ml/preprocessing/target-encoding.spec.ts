// Cross-fitted target encoding against its definition, row by row.
import { Random } from '../../src/statistics/random.ts';
import type { Task } from '../learners/learner.ts';
import { dealFolds, TargetSums, type Targets } from './target-encoding.ts';

const ROWS = 400;
const CATEGORIES = 9;
const tasks: readonly Task[] = [
  { kind: 'binary' },
  { kind: 'multiclass', classes: 4 },
  { kind: 'regression' },
];

/** Category 8 is never seen; one row in ten has none. */
function sample(task: Task, weighted: boolean): { codes: Int32Array; targets: Targets } {
  const random = Random.of(3);
  const codes = Int32Array.from({ length: ROWS }, () =>
    random.nextInt(10) === 0 ? -1 : random.nextInt(CATEGORIES - 1),
  );
  const y = Float64Array.from({ length: ROWS }, () =>
    task.kind === 'regression'
      ? random.nextInt(1000) / 7 - 30
      : random.nextInt(task.kind === 'binary' ? 2 : task.classes),
  );
  const weights = weighted ? Float64Array.from(y, () => random.nextInt(4) / 3) : null;
  return { codes, targets: { y, weights, task } };
}

/** (sum of w t + m prior) / (sum of w + m) over the rows of the category that are not in `fold`. */
function slow(
  codes: Int32Array,
  { y, weights, task }: Targets,
  output: number,
  folds: Uint8Array,
  code: number,
  fold: number | null,
  smoothing: number,
): number {
  const others = [...y.keys()].filter((row) => folds[row] !== fold);
  const weight = (row: number): number => weights?.[row] ?? 1;
  const target = (row: number): number =>
    task.kind === 'multiclass' ? Number(y[row] === output) : (y[row] as number);
  const sum = (of: readonly number[]): number =>
    of.reduce((total, row) => total + weight(row) * target(row), 0);
  const total = (of: readonly number[]): number => of.reduce((w, row) => w + weight(row), 0);
  const prior = sum(others) / total(others);
  const own = others.filter((row) => code >= 0 && codes[row] === code);
  return total(own) > 0 ? (sum(own) + smoothing * prior) / (total(own) + smoothing) : prior;
}

describe.each(tasks)('target encoding of a $kind target', (task) => {
  it.each([
    [false, 0],
    [false, 10],
    [true, 2.5],
  ])('is its definition: weighted %s, smoothing %d', (weighted, smoothing) => {
    const { codes, targets } = sample(task, weighted);
    const folds = dealFolds(targets, Random.of(4));
    const output = task.kind === 'multiclass' ? 2 : 0;
    const sums = new TargetSums({ codes, count: CATEGORIES, targets, output, folds, smoothing });
    const { byCode, prior } = sums.means(null);
    for (let code = 0; code < CATEGORIES; code++)
      expect(byCode[code]).toBeCloseTo(
        slow(codes, targets, output, folds, code, null, smoothing),
        12,
      );
    expect(prior).toBeCloseTo(slow(codes, targets, output, folds, -1, null, smoothing), 12);
    sums.crossFitted(codes, folds).forEach((value, row) => {
      const [code, fold] = [codes[row] as number, folds[row] as number];
      expect(value).toBeCloseTo(slow(codes, targets, output, folds, code, fold, smoothing), 12);
    });
  });

  it('never lets a row see a target of its own fold, not in the last bit', () => {
    const { codes, targets } = sample(task, true);
    const folds = dealFolds(targets, Random.of(4));
    const encode = (y: Targets['y']): Float64Array =>
      new TargetSums({
        codes,
        count: CATEGORIES,
        targets: { ...targets, y },
        output: 0,
        folds,
        smoothing: 1,
      }).crossFitted(codes, folds);
    const before = encode(targets.y);
    for (const changed of [0, 17, 399]) {
      const other = (value: number): number =>
        task.kind === 'regression' ? 1 - value : Number(value === 0);
      const flipped = targets.y.map((value, row) => (row === changed ? other(value) : value));
      const after = encode(flipped);
      const moved = [...before.keys()].filter((row) => after[row] !== before[row]);
      expect(moved.some((row) => folds[row] === folds[changed])).toBe(false);
      if (targets.weights?.[changed] !== 0) expect(moved.length).toBeGreaterThan(0);
    }
  });

  it('deals five folds alike in size and, for classes, in share of each class', () => {
    const { targets } = sample(task, false);
    const folds = dealFolds(targets, Random.of(4));
    const groups = task.kind === 'regression' ? [null] : [null, 0, 1];
    for (const label of groups) {
      const sizes = [0, 1, 2, 3, 4].map(
        (fold) =>
          [...folds.keys()].filter(
            (row) => folds[row] === fold && (label === null || targets.y[row] === label),
          ).length,
      );
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }
    expect(dealFolds(targets, Random.of(4))).toEqual(folds);
    expect(dealFolds(targets, Random.of(5))).not.toEqual(folds);
  });
});
