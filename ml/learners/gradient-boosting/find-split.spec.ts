// Splits from histograms against a slow search over rows: all boundaries, both directions of missing values, all subsets of categories.
import { Random } from '../../../src/statistics/random.ts';
import { MISSING_BIN, type BinnedColumn } from '../../trees/binning.ts';
import { FitError } from '../learner.ts';
import {
  leafValue,
  SplitFinder,
  type NodeStats,
  type Split,
  type SplitRules,
} from './find-split.ts';
import { SHIFT, type PackedScale } from './packing.ts';
import { gradientBoostingParams } from './params.ts';

const SCALE: PackedScale = { shift: SHIFT, gradientUnit: 1 / 64, hessianUnit: 1 / 128 };
const rules = (changes: Partial<SplitRules> = {}): SplitRules => ({
  ...gradientBoostingParams.parse({
    reg_lambda: 0,
    min_child_samples: 1,
    cat_smooth: 0,
    cat_l2: 0,
    min_data_per_group: 1,
  }),
  ...changes,
});
const numbers = (name: string, bins: number, hasMissing = false): BinnedColumn => ({
  name,
  bins,
  hasMissing,
  uppers: Float32Array.from({ length: bins }, (_, bin) => (bin === bins - 1 ? Infinity : bin)),
  codes: null,
});
const categories = (name: string, bins: number, hasMissing = false): BinnedColumn => ({
  name,
  bins,
  hasMissing,
  uppers: null,
  codes: Array.from({ length: bins }, (_, bin) => Int32Array.of(bin)),
});

/** Rows as bins [columns][rows], with gradients and hessians on the grid of the scale. */
interface Rows {
  readonly bins: readonly Uint8Array[];
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

function sample(columns: readonly BinnedColumn[], rows: number, seed: number): Rows {
  const random = Random.of(seed);
  const bins = columns.map(({ bins: most, hasMissing }) =>
    Uint8Array.from({ length: rows }, () =>
      hasMissing && random.nextInt(5) === 0 ? MISSING_BIN : random.nextInt(most),
    ),
  );
  return {
    bins,
    gradient: Float64Array.from({ length: rows }, (_, row) => {
      const lean = bins[0]?.[row] ?? 0;
      return (random.nextInt(80) - 40 + (lean % 5) * 6) / 64;
    }),
    hessian: Float64Array.from({ length: rows }, () => (1 + random.nextInt(40)) / 128),
  };
}

const sumOf = (values: Float64Array, keep: (row: number) => boolean = () => true): number =>
  values.reduce((sum, value, row) => (keep(row) ? sum + value : sum), 0);

const nodeOf = ({ gradient, hessian }: Rows): NodeStats => ({
  gradient: sumOf(gradient),
  hessian: sumOf(hessian),
  rows: gradient.length,
  lowest: -Infinity,
  highest: Infinity,
});

function histogramOf({ bins, gradient, hessian }: Rows): Float64Array {
  const histogram = new Float64Array(256 * bins.length);
  bins.forEach((of, column) => {
    of.forEach((bin, row) => {
      const at = 256 * column + bin;
      const packed =
        Math.round((gradient[row] ?? 0) * 64) * SHIFT + Math.round((hessian[row] ?? 0) * 128);
      histogram[at] = (histogram[at] ?? 0) + packed;
    });
  });
  return histogram;
}

const find = (
  columns: readonly BinnedColumn[],
  rows: Rows,
  changes: Partial<SplitRules> = {},
  node = nodeOf(rows),
  allowed: Uint8Array | null = null,
): Split | null =>
  new SplitFinder(columns, rules(changes)).find(histogramOf(rows), SCALE, node, allowed);

const score = (gradient: number, hessian: number, lambda: number): number =>
  gradient ** 2 / (hessian + lambda);

/** The gain of sending the rows of `left` left, from the rows themselves. */
function gainOf(
  { gradient, hessian }: Rows,
  left: (row: number) => boolean,
  lambda: number,
): number {
  const [g, h] = [sumOf(gradient, left), sumOf(hessian, left)];
  const [G, H] = [sumOf(gradient), sumOf(hessian)];
  if (h === 0 || h === H) return -Infinity;
  return score(g, h, lambda) + score(G - g, H - h, lambda) - score(G, H, lambda);
}

describe('SplitFinder on numbers', () => {
  const columns = [numbers('a', 9), numbers('b', 30, true), numbers('c', 2, true)];

  it.each([0, 1, 2, 3, 4])(
    'finds the boundary and direction of most gain among all, sample %i',
    (seed) => {
      const rows = sample(columns, 60, seed);
      const lambda = 0.5;
      let most = -Infinity;
      columns.forEach(({ bins, hasMissing }, column) => {
        const of = rows.bins[column] as Uint8Array;
        for (let bin = 0; bin < bins; bin++)
          for (const missingLeft of hasMissing ? [true, false] : [false])
            most = Math.max(
              most,
              gainOf(
                rows,
                (row) => (of[row] === MISSING_BIN ? missingLeft : (of[row] as number) <= bin),
                lambda,
              ),
            );
      });
      const split = find(columns, rows, { reg_lambda: lambda });
      expect(split?.gain).toBeCloseTo(most, 9);
      const of = rows.bins[split?.column ?? 0] as Uint8Array;
      const goesLeft = (row: number): boolean =>
        of[row] === MISSING_BIN
          ? split?.missingLeft === true
          : (of[row] as number) <= (split?.bin ?? -1);
      expect(gainOf(rows, goesLeft, lambda)).toBeCloseTo(most, 9);
      expect(split?.left.gradient).toBeCloseTo(sumOf(rows.gradient, goesLeft), 9);
      expect(split?.right.hessian).toBeCloseTo(
        sumOf(rows.hessian, (row) => !goesLeft(row)),
        9,
      );
    },
  );

  it('leaves the rows and the hessian on both sides that it is told to', () => {
    const rows = sample([numbers('a', 200)], 60, 7);
    rows.hessian.fill(0.25);
    const split = find([numbers('a', 200)], rows, { min_child_samples: 25 });
    expect(Math.min(split?.left.rows ?? 0, split?.right.rows ?? 0)).toBeGreaterThanOrEqual(25);
    expect(find([numbers('a', 200)], rows, { min_child_samples: 31 })).toBeNull();
    expect(find([numbers('a', 200)], rows, { min_child_weight: 7.6 })).toBeNull();
  });

  it('splits nothing that gains less than it is told to, and nothing on a column of one bin', () => {
    const rows = sample(columns, 60, 1);
    const gain = find(columns, rows)?.gain ?? NaN;
    expect(find(columns, rows, { min_split_gain: gain * 1.001 })).toBeNull();
    expect(find(columns, rows, { min_split_gain: gain * 0.999 })?.gain).toBe(gain);
    const one = [numbers('a', 1)];
    expect(find(one, sample(one, 20, 1))).toBeNull();
  });

  it('keeps to the columns that are allowed, and takes the first of equals', () => {
    const rows = sample([numbers('a', 9)], 60, 2);
    const twice = { ...rows, bins: [rows.bins[0] as Uint8Array, rows.bins[0] as Uint8Array] };
    const both = [numbers('a', 9), numbers('b', 9)];
    expect(find(both, twice)?.column).toBe(0);
    expect(find(both, twice, {}, nodeOf(twice), Uint8Array.of(0, 1))?.column).toBe(1);
    expect(find(both, twice, {}, nodeOf(twice), Uint8Array.of(0, 0))).toBeNull();
  });

  it('sends missing values that training never saw to the heavier side', () => {
    const rows = sample([numbers('a', 9)], 60, 3);
    const split = find([numbers('a', 9)], rows);
    expect(split?.missingLeft).toBe((split?.left.hessian ?? 0) > (split?.right.hessian ?? 0));
  });

  it('cuts through the middle of bins that no row falls into', () => {
    const rows: Rows = {
      bins: [Uint8Array.of(2, 2, 7, 7)],
      gradient: Float64Array.of(-1, -1, 1, 1),
      hessian: Float64Array.of(0.25, 0.25, 0.25, 0.25),
    };
    expect(find([numbers('a', 10)], rows)?.bin).toBe(4);
  });
});

describe('SplitFinder on missing values', () => {
  const column = [numbers('a', 10, true)];

  it('cuts above all bins where all values go left and missing ones right', () => {
    const rows: Rows = {
      bins: [Uint8Array.of(2, 3, MISSING_BIN, MISSING_BIN)],
      gradient: Float64Array.of(-1, -1, 1, 1),
      hessian: Float64Array.of(0.25, 0.25, 0.25, 0.25),
    };
    expect(find(column, rows)).toMatchObject({ bin: 9, missingLeft: false });
  });

  it('sets all values against missing ones', () => {
    const two = [numbers('a', 2, true)];
    const rows: Rows = {
      bins: [Uint8Array.of(0, 1, MISSING_BIN, MISSING_BIN)],
      gradient: Float64Array.of(-1, -1, 1, 1),
      hessian: Float64Array.of(0.25, 0.25, 0.25, 0.25),
    };
    expect(find(two, rows)).toMatchObject({ bin: 1, missingLeft: false, gain: 16 });
  });

  it.each([0, 1, 2, 3])(
    'keeps enough rows on both sides in either direction, sample %i',
    (seed) => {
      const rows = sample(column, 60, seed);
      rows.hessian.fill(0.5);
      const of = rows.bins[0] as Uint8Array;
      let most = -Infinity;
      for (let bin = 0; bin < 10; bin++)
        for (const missingLeft of [true, false]) {
          const left = (row: number): boolean =>
            of[row] === MISSING_BIN ? missingLeft : (of[row] as number) <= bin;
          const count = [...of.keys()].filter(left).length;
          if (Math.min(count, 60 - count) >= 21) most = Math.max(most, gainOf(rows, left, 3));
        }
      const split = find(column, rows, { min_child_samples: 21, reg_lambda: 3 });
      if (most > 0) expect(split?.gain).toBeCloseTo(most, 9);
      else expect(split).toBeNull();
    },
  );

  it('splits nothing where no row weighs anything', () => {
    const rows = sample(column, 40, 1);
    rows.gradient.fill(0);
    rows.hessian.fill(0);
    const free = { min_child_weight: 0, reg_lambda: 0 };
    expect(find(column, rows, free)).toBeNull();
    expect(find([categories('a', 10, true)], rows, free)).toBeNull();
  });
});

describe('SplitFinder with monotone constraints', () => {
  const column = [numbers('a', 12)];
  const value = (side: NodeStats | undefined): number =>
    leafValue(side?.gradient ?? NaN, side?.hessian ?? NaN, 0);

  it.each([1, -1] as const)('finds no split in the wrong order, direction %i', (direction) => {
    for (let seed = 0; seed < 30; seed++) {
      const rows = sample(column, 50, seed);
      const split = find(column, rows, { monotone_constraints: { a: direction } });
      if (split === null) continue;
      expect(direction * (value(split.right) - value(split.left))).toBeGreaterThanOrEqual(0);
      const middle = (value(split.left) + value(split.right)) / 2;
      const [low, high] = direction > 0 ? [split.left, split.right] : [split.right, split.left];
      expect(low.highest).toBeCloseTo(middle, 12);
      expect(high.lowest).toBeCloseTo(middle, 12);
    }
  });

  it('finds the best of the splits in the right order', () => {
    const rows = sample(column, 50, 5);
    const of = rows.bins[0] as Uint8Array;
    const gains = Array.from({ length: 11 }, (_, bin) => {
      const left = (row: number): boolean => (of[row] as number) <= bin;
      const [g, h] = [sumOf(rows.gradient, left), sumOf(rows.hessian, left)];
      const falls =
        leafValue(sumOf(rows.gradient) - g, sumOf(rows.hessian) - h, 0) < leafValue(g, h, 0);
      return falls ? -Infinity : gainOf(rows, left, 0);
    });
    const split = find(column, rows, { monotone_constraints: { a: 1 } });
    const most = Math.max(...gains);
    if (most > 0) expect(split?.gain).toBeCloseTo(most, 9);
    else expect(split).toBeNull();
  });

  /** What the values of the sides, kept within bounds, take off the loss, doubled; from the rows themselves. */
  function boundedGainOf(rows: Rows, left: (row: number) => boolean, bounds: NodeStats): number {
    const taken = (keep?: (row: number) => boolean): number => {
      const [g, h] = [sumOf(rows.gradient, keep), sumOf(rows.hessian, keep)];
      const free = -g / (h + 0.5);
      const bounded = Math.min(bounds.highest, Math.max(bounds.lowest, free));
      return -(2 * g * bounded + (h + 0.5) * bounded ** 2);
    };
    if (sumOf(rows.hessian, left) === 0) return -Infinity;
    return taken(left) + taken((row) => !left(row)) - taken();
  }

  it.each([0, 1, 2, 3, 4])('gains by values within the bounds of the node, sample %i', (seed) => {
    const rows = sample(column, 50, seed);
    const of = rows.bins[0] as Uint8Array;
    const bounds = { ...nodeOf(rows), lowest: -0.2, highest: 0.1 };
    const free = { reg_lambda: 0.5, monotone_constraints: { a: 0, b: 1 } } as const;
    const two = [...column, numbers('b', 1)];
    const alone = { ...rows, bins: [of, new Uint8Array(50)] };
    const cuts = Array.from({ length: 11 }, (_, bin) =>
      boundedGainOf(rows, (row) => (of[row] as number) <= bin, bounds),
    );
    const split = find(two, alone, free, bounds);
    expect(split?.gain ?? 0).toBeCloseTo(Math.max(0, ...cuts), 9);

    const single = Array.from({ length: 12 }, (_, bin) =>
      boundedGainOf(rows, (row) => of[row] === bin, bounds),
    );
    const set = [categories('a', 12), numbers('b', 1)];
    const one = find(set, alone, { ...free, max_cat_to_onehot: 12 }, bounds);
    expect(one?.gain ?? 0).toBeCloseTo(Math.max(0, ...single), 9);
  });

  it('refuses names that are no columns, and columns of categories', () => {
    const both = [numbers('a', 3), categories('b', 3)];
    const make = (monotone_constraints: SplitRules['monotone_constraints']) => () =>
      new SplitFinder(both, rules({ monotone_constraints }));
    expect(make({ c: 1 })).toThrow(FitError);
    expect(make({ c: 1 })).toThrow('monotone_constraints: expected names of columns, "c" is none');
    expect(make({ b: 1 })).toThrow('"b" holds categories, which have no order');
    expect(make({ b: 0, a: 1 })).not.toThrow();
  });
});

describe('SplitFinder on categories', () => {
  /** The most gain over all subsets of the categories of column 0. */
  function bestSubset(rows: Rows, bins: readonly number[], lambda: number): number {
    const of = rows.bins[0] as Uint8Array;
    let most = -Infinity;
    for (let subset = 1; subset < 2 ** bins.length - 1; subset++)
      most = Math.max(
        most,
        gainOf(rows, (row) => ((subset >> bins.indexOf(of[row] as number)) & 1) === 1, lambda),
      );
    return most;
  }

  it.each([0, 1, 2, 3, 4, 5])('finds the subset of most gain among all, sample %i', (seed) => {
    const column = [categories('a', 7, true)];
    const rows = sample(column, 80, seed);
    const split = find(column, rows, { max_cat_to_onehot: 1 });
    expect(split?.gain).toBeCloseTo(bestSubset(rows, [0, 1, 2, 3, 4, 5, 6, MISSING_BIN], 0), 9);
    const of = rows.bins[0] as Uint8Array;
    const left = (row: number): boolean => split?.leftBins?.[of[row] as number] === 1;
    expect(gainOf(rows, left, 0)).toBeCloseTo(split?.gain ?? NaN, 9);
    expect(split?.missingLeft).toBe(split?.leftBins?.[MISSING_BIN] === 1);
  });

  it('tries each of a few categories against the others', () => {
    const column = [categories('a', 4)];
    const rows = sample(column, 80, 3);
    const of = rows.bins[0] as Uint8Array;
    const gains = [0, 1, 2, 3].map((bin) => gainOf(rows, (row) => of[row] === bin, 0.5));
    const split = find(column, rows, { max_cat_to_onehot: 4, reg_lambda: 0.5 });
    expect(split?.gain).toBeCloseTo(Math.max(...gains), 9);
    expect(split?.leftBins?.reduce((sum, one) => sum + one, 0)).toBe(1);
  });

  it('asks more of subsets with more smoothing, fewer categories or larger groups', () => {
    const column = [categories('a', 30)];
    const rows = sample(column, 300, 8);
    const free = find(column, rows);
    const gain = (changes: Partial<SplitRules>): number => find(column, rows, changes)?.gain ?? 0;
    expect(gain({ cat_l2: 5 })).toBeLessThan(free?.gain ?? 0);
    const grouped = find(column, rows, { min_data_per_group: 70 });
    expect(grouped?.left.rows).toBeGreaterThanOrEqual(65);
    const few = find(column, rows, { max_cat_threshold: 2 });
    expect(few?.leftBins?.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(2);
  });

  it.each([1, 2, 3, 4, 5])('scans the order from both ends in groups, sample %i', (seed) => {
    const [smooth, penalty, lambda, group] = [6, 3, 0.5, 30];
    const column = [categories('a', 12)];
    const rows = sample(column, 240, seed);
    rows.hessian.fill(16 / 128);
    const random = Random.of(seed, 7);
    const of = (rows.bins[0] as Uint8Array).map((bin) => random.nextInt(bin + 1));
    of.forEach((bin, row) => {
      rows.gradient[row] = (random.nextInt(80) - 40 + (((bin * 7) % 5) - 2) * 30) / 64;
    });
    const [G, H] = [sumOf(rows.gradient), sumOf(rows.hessian)];
    const members = (bins: readonly number[]) => (row: number) => bins.includes(of[row] as number);
    const rank = (bin: number): number =>
      sumOf(rows.gradient, members([bin])) / (sumOf(rows.hessian, members([bin])) + smooth);
    const order = [...new Set(of)].sort((a, b) => rank(a) - rank(b));
    let most = 0;
    for (const from of [order, order.toReversed()]) {
      let grouped = 0;
      for (let count = 1; count <= 4; count++) {
        grouped += [...of].filter((bin) => bin === from[count - 1]).length;
        if (grouped < group) continue;
        grouped = 0;
        const left = members(from.slice(0, count));
        const [g, h] = [sumOf(rows.gradient, left), sumOf(rows.hessian, left)];
        const sides = score(g, h, lambda + penalty) + score(G - g, H - h, lambda + penalty);
        most = Math.max(most, sides - score(G, H, lambda));
      }
    }
    const changes = {
      cat_smooth: smooth,
      cat_l2: penalty,
      reg_lambda: lambda,
      max_cat_to_onehot: 1,
      max_cat_threshold: 4,
      min_data_per_group: group,
    };
    expect(most).toBeGreaterThan(0);
    expect(find(column, { ...rows, bins: [of] }, changes)?.gain).toBeCloseTo(most, 9);
  });

  it('takes missing for a category of its own', () => {
    const column = [categories('a', 3, true)];
    const rows: Rows = {
      bins: [Uint8Array.of(0, 1, 2, MISSING_BIN, MISSING_BIN)],
      gradient: Float64Array.of(-1, -1, -1, 1, 1),
      hessian: new Float64Array(5).fill(0.25),
    };
    for (const max_cat_to_onehot of [1, 4])
      expect(find(column, rows, { max_cat_to_onehot })).toMatchObject({
        missingLeft: true,
        left: { gradient: 2, rows: 2 },
      });
  });

  it.each([1, 4])('leaves enough rows on both sides, one-hot up to %i', (max_cat_to_onehot) => {
    const column = [categories('a', 3)];
    const rows = sample(column, 60, 2);
    rows.hessian.fill(0.25);
    const of = Uint8Array.from({ length: 60 }, (_, row) => (row < 50 ? 0 : row < 55 ? 1 : 2));
    rows.gradient.fill(0.25).fill(-0.25, 50);
    const split = (min_child_samples: number): Split | null =>
      find(column, { ...rows, bins: [of] }, { max_cat_to_onehot, min_child_samples });
    expect(split(11)).toBeNull();
    expect(split(10)?.gain ?? 0).toBeGreaterThan(0);
  });

  it('sends categories and missing values that the node does not hold right', () => {
    const column = [categories('a', 9, true)];
    const rows = sample(column, 60, 4);
    const of = (rows.bins[0] as Uint8Array).map((bin) => (bin > 5 ? 2 : bin));
    const split = find(column, { ...rows, bins: [of] });
    expect(split?.missingLeft).toBe(false);
    expect([6, 7, 8].map((bin) => split?.leftBins?.[bin])).toEqual([0, 0, 0]);
  });

  it('has nothing to split where one category is left', () => {
    const column = [categories('a', 5)];
    const rows = sample(column, 40, 1);
    (rows.bins[0] as Uint8Array).fill(3);
    expect(find(column, rows)).toBeNull();
  });
});
