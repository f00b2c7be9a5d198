// Splits of every kind of target against a slow, obvious search over all cuts.
import { Random } from '../../../src/statistics/random.ts';
import { matrixOf } from '../../numeric/matrix.ts';
import type { Task, TrainingSet } from '../learner.ts';
import { Bag } from './bag.ts';
import type { ForestJob } from './forest-job.ts';
import { MeanSearch } from './mean-search.ts';
import { MANY_ROWS } from './occupied-bins.ts';
import { PackedSearch } from './packed-search.ts';
import { randomForestParams } from './params.ts';
import { prepareJob } from './prepare-job.ts';
import { SharesSearch } from './shares-search.ts';
import { BETTER, CONSTANT, NOT_BETTER, type SplitSearch } from './split-search.ts';

const COLUMNS = 4;

interface Sample {
  readonly task: Task;
  readonly rows: number;
  /** Few make ties. */
  readonly distinct: number;
  readonly weighted: boolean;
  readonly minLeaf: number;
}

/** The target follows the first two columns with noise; the third is missing here and there, the last does not vary. */
function jobOf({ task, rows, distinct, weighted, minLeaf }: Sample): ForestJob {
  const random = Random.of(31, rows, distinct);
  const data = Float32Array.from({ length: rows * COLUMNS }, (_, i) => {
    if (i % COLUMNS === 3) return 1;
    if (i % COLUMNS === 2 && random.nextInt(6) === 0) return NaN;
    return Math.fround(random.nextInt(distinct) / 7) - 1;
  });
  const y = Float64Array.from({ length: rows }, (_, row) => {
    const signal = (data[row * COLUMNS] as number) - (data[row * COLUMNS + 1] as number);
    const value = signal * (7 / distinct) + random.nextInt(100) / 100;
    if (task.kind === 'regression') return value;
    return Math.min(task.kind === 'binary' ? 1 : 2, Math.max(0, Math.floor(value * 2)));
  });
  const columns = ['a', 'b', 'c', 'd'].map((name) => ({ name, categories: null }));
  const weights = weighted ? Float64Array.from(y, () => random.nextInt(4) / 2) : null;
  const set: TrainingSet = { x: matrixOf(data, COLUMNS), columns, y, task, weights };
  const params = randomForestParams.parse({ min_samples_leaf: minLeaf });
  return prepareJob(params, set, { random: Random.of(1), threads: 1 }).job;
}

interface Drawn {
  readonly bin: number;
  readonly weight: number;
  readonly target: number;
}

/** Weighted Gini impurity, or squared error, of a side. */
function impurity({ target }: ForestJob, side: readonly Drawn[]): number {
  const weight = side.reduce((sum, row) => sum + row.weight, 0);
  if (target.kind === 'mean' && !target.labels) {
    const mean = side.reduce((sum, row) => sum + row.weight * row.target, 0) / weight;
    return side.reduce((sum, row) => sum + row.weight * (row.target - mean) ** 2, 0);
  }
  const shares = [0, 1, 2].map(
    (label) => side.reduce((sum, row) => sum + (row.target === label ? row.weight : 0), 0) / weight,
  );
  return weight * (1 - shares.reduce((sum, share) => sum + share * share, 0));
}

/** The impurity left by each cut that keeps enough rows on both sides, by the last occupied bin on its left. */
function slowCuts(job: ForestJob, bag: Bag, column: number, places: number): Map<number, number> {
  const drawn = Array.from(bag.rows.subarray(0, places), (row): Drawn => ({
    bin: job.bins[column * job.rows + row] as number,
    weight: (bag.times[row] as number) * (job.weights?.[row] ?? 1),
    target: job.y[row] as number,
  }));
  const cuts = new Map<number, number>();
  for (const bin of new Set(drawn.map((row) => row.bin))) {
    const left = drawn.filter((row) => row.bin <= bin);
    const right = drawn.filter((row) => row.bin > bin);
    if (Math.min(left.length, right.length) < job.limits.minSamplesLeaf) continue;
    cuts.set(bin, impurity(job, left) + impurity(job, right));
  }
  return cuts;
}

const BINARY: Sample = {
  task: { kind: 'binary' },
  rows: 900,
  distinct: 40,
  weighted: false,
  minLeaf: 1,
};
const MULTICLASS: Sample = { ...BINARY, task: { kind: 'multiclass', classes: 3 } };
const REGRESSION: Sample = { ...BINARY, task: { kind: 'regression' } };

const packed = (job: ForestJob): SplitSearch => new PackedSearch(job);
const mean = (job: ForestJob): SplitSearch => new MeanSearch(job);
const shares = (job: ForestJob): SplitSearch => new SharesSearch(job, 3);

describe('the best split of a column', () => {
  it.each<[string, (job: ForestJob) => SplitSearch, Sample]>([
    ['two classes', packed, BINARY],
    ['two classes, many values', packed, { ...BINARY, distinct: 5000 }],
    ['two classes, large leaves', packed, { ...BINARY, minLeaf: 100 }],
    ['two weighted classes', mean, { ...BINARY, weighted: true }],
    ['three classes', shares, MULTICLASS],
    [
      'three weighted classes, large leaves',
      shares,
      { ...MULTICLASS, weighted: true, minLeaf: 60 },
    ],
    ['values', mean, REGRESSION],
    ['weighted values, many of them', mean, { ...REGRESSION, weighted: true, distinct: 5000 }],
  ])('is the one of least impurity among all: %s', (_, searchOf, sample) => {
    const job = jobOf(sample);
    const bag = new Bag(job);
    const search = searchOf(job);
    bag.draw(Random.of(2));
    search.begin(bag);
    // Nodes on both sides of the number of rows at which bins are listed in another way; the search has to leave no trace.
    for (const places of [bag.size, MANY_ROWS - 50, bag.size]) {
      expect(search.open(0, places)).toBe(false);
      for (let column = 0; column < 3; column++) {
        const cuts = slowCuts(job, bag, column, places);
        const least = Math.min(...cuts.values());
        if (cuts.size === 0) {
          expect(search.search(column, 0, places, -Infinity)).toBe(NOT_BETTER);
          continue;
        }
        expect(search.search(column, 0, places, -Infinity)).toBe(BETTER);
        expect(cuts.get(search.lower)).toBeCloseTo(least, 9);
        expect(search.upper).toBeGreaterThan(search.lower);
        expect(search.search(column, 0, places, search.score)).toBe(NOT_BETTER);
      }
      expect(search.search(3, 0, places, -Infinity)).toBe(CONSTANT);
    }
  });

  it('is the same for two classes whether their sums share a number or not', () => {
    const job = jobOf(BINARY);
    const bag = new Bag(job);
    const answers = [mean(job), packed(job)].map((search) => {
      bag.draw(Random.of(3));
      search.begin(bag);
      search.open(0, bag.size);
      const values: number[] = [];
      search.pushLeaf(values);
      return [0, 1, 2].map((column) => {
        search.search(column, 0, bag.size, -Infinity);
        return [search.score, search.lower, search.upper, ...values];
      });
    });
    expect(answers[0]).toEqual(answers[1]);
  });

  it('is not looked for where all rows have one target', () => {
    for (const [sample, searchOf] of [
      [BINARY, packed],
      [REGRESSION, mean],
      [MULTICLASS, shares],
    ] as const) {
      const job = jobOf(sample);
      job.y.fill(1);
      const bag = new Bag(job);
      bag.draw(Random.of(4));
      const search = searchOf(job);
      search.begin(bag);
      expect(search.open(0, bag.size)).toBe(true);
    }
  });
});

describe('PackedSearch', () => {
  it('takes as many rows as its sums have bits for', () => {
    const limits = jobOf(BINARY).limits;
    expect(PackedSearch.holds({ rows: 150_000, limits })).toBe(true);
    expect(PackedSearch.holds({ rows: 150_000, limits: { ...limits, bootstrap: false } })).toBe(
      false,
    );
    expect(PackedSearch.holds({ rows: 200_000, limits })).toBe(false);
  });
});

describe('Bag', () => {
  it('draws as many rows as there are, about 63 % of them distinct, and copies their bins', () => {
    const job = jobOf({ ...BINARY, rows: 5000 });
    const bag = new Bag(job);
    bag.draw(Random.of(2));
    expect(bag.times.reduce((sum, times) => sum + times, 0)).toBe(5000);
    expect(Math.abs(bag.size / 5000 - (1 - Math.exp(-1)))).toBeLessThan(0.02);
    for (let place = 0; place < bag.size; place += 97)
      for (let column = 0; column < COLUMNS; column++)
        expect(bag.bins[column * bag.size + place]).toBe(
          job.bins[column * job.rows + (bag.rows[place] as number)],
        );
  });

  it('draws from rows that weigh anything only, or takes each of them once', () => {
    const job = jobOf({ ...BINARY, weighted: true });
    for (const bootstrap of [true, false]) {
      const bag = new Bag({ ...job, limits: { ...job.limits, bootstrap } });
      bag.draw(Random.of(2));
      expect(bag.times.some((times, row) => times > 0 && job.weights?.[row] === 0)).toBe(false);
      expect(bag.times.reduce((sum, times) => sum + times, 0)).toBe(job.counted?.length);
      if (!bootstrap) expect(bag.size).toBe(job.counted?.length);
    }
  });
});
