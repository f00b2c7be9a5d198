// Isotonic regression against its definition: least squares over all sequences that never fall, tried one by one, and the min-max formula.
import { Random } from '../../src/statistics/random.ts';
import {
  fitIsotonic,
  interpolate,
  poolAdjacentViolators,
  thinBlocks,
  type Block,
} from './isotonic.ts';

interface Rows {
  readonly y: Uint8Array;
  readonly p: Float64Array;
  readonly weights: Float64Array | null;
}

function sample(random: Random, rows: number, levels: number, weighted: boolean): Rows {
  const y = new Uint8Array(rows);
  const p = Float64Array.from(y, () => random.nextInt(levels) / levels);
  p.forEach((score, row) => {
    y[row] = random.nextInt(100) < 20 + 60 * score ? 1 : 0;
  });
  const weights = weighted ? Float64Array.from(y, () => random.nextInt(4)) : null;
  weights?.set([1], 0);
  return { y, p, weights };
}

const weightOf = ({ weights }: Rows, row: number): number => weights?.[row] ?? 1;

/** Weighted sums of y and of 1 by distinct score, rising; scores of weight 0 left out. */
function sumsByScore(rows: Rows): readonly { score: number; sum: number; weight: number }[] {
  return [...new Set(rows.p)]
    .sort((a, b) => a - b)
    .map((score) => {
      let [sum, weight] = [0, 0];
      rows.p.forEach((p, row) => {
        if (p !== score) return;
        sum += weightOf(rows, row) * (rows.y[row] as number);
        weight += weightOf(rows, row);
      });
      return { score, sum, weight };
    })
    .filter(({ weight }) => weight > 0);
}

const fittedAt = (blocks: readonly Block[], score: number): number =>
  blocks.find(({ from, to }) => score >= from && score <= to)?.value ?? NaN;

/** The best of all cuts of the scores into runs whose means never fall: an optimum is always of that form. */
function bruteForce(rows: Rows): readonly number[] {
  const groups = sumsByScore(rows);
  let best: { error: number; values: readonly number[] } = { error: Infinity, values: [] };
  for (let cuts = 0; cuts < 2 ** (groups.length - 1); cuts++) {
    const values: number[] = [];
    for (let first = 0; first < groups.length;) {
      let last = first;
      while (last + 1 < groups.length && ((cuts >> last) & 1) === 0) last += 1;
      const run = groups.slice(first, last + 1);
      const total = run.reduce((sum, { weight }) => sum + weight, 0);
      const mean = run.reduce((sum, group) => sum + group.sum, 0) / total;
      values.push(...run.map(() => mean));
      first = last + 1;
    }
    if (values.some((value, i) => value < (values[i - 1] ?? 0))) continue;
    const error = groups.reduce((sum, group, i) => {
      const value = values[i] as number;
      return sum + group.sum * (1 - value) ** 2 + (group.weight - group.sum) * value ** 2;
    }, 0);
    if (error < best.error) best = { error, values };
  }
  return best.values;
}

/** Barlow et al. 1972: the value at i is the largest over a <= i of the smallest over b >= i of the mean of a ... b. */
function minMax(rows: Rows): readonly number[] {
  const groups = sumsByScore(rows);
  return groups.map((_, i) => {
    let most = -Infinity;
    for (let a = 0; a <= i; a++) {
      let least = Infinity;
      for (let b = i; b < groups.length; b++) {
        const run = groups.slice(a, b + 1);
        const weight = run.reduce((sum, group) => sum + group.weight, 0);
        least = Math.min(least, run.reduce((sum, group) => sum + group.sum, 0) / weight);
      }
      most = Math.max(most, least);
    }
    return most;
  });
}

describe('poolAdjacentViolators', () => {
  it('pools a violator with as many before it as it takes', () => {
    const y = Uint8Array.of(0, 1, 0, 0, 1, 1);
    const p = Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6);
    const blocks = poolAdjacentViolators(y, p, null);
    expect(blocks.map(({ value }) => value)).toEqual([0, expect.closeTo(1 / 3, 15) as number, 1]);
    expect(blocks.map(({ from, to }) => [from, to])).toEqual([
      [0.1, 0.1],
      [0.2, 0.4],
      [0.5, 0.6],
    ]);
    expect(blocks.map(({ weight }) => weight)).toEqual([1, 3, 2]);
  });

  it('pools rows of one score before anything else, and weighs rows', () => {
    const y = Uint8Array.of(1, 0, 0, 1);
    const p = Float64Array.of(0.5, 0.5, 0.2, 0.9);
    const blocks = poolAdjacentViolators(y, p, Float64Array.of(3, 1, 1, 2));
    expect(blocks.map(({ from, value }) => [from, value])).toEqual([
      [0.2, 0],
      [0.5, 0.75],
      [0.9, 1],
    ]);
  });

  it.each([false, true])(
    'is the best of all sequences that never fall (weighted: %s)',
    (weighted) => {
      const random = Random.of(3, weighted ? 1 : 0);
      for (let trial = 0; trial < 60; trial++) {
        const rows = sample(random, 14, 9, weighted);
        const blocks = poolAdjacentViolators(rows.y, rows.p, rows.weights);
        const expected = bruteForce(rows);
        sumsByScore(rows).forEach(({ score }, i) => {
          expect(fittedAt(blocks, score)).toBeCloseTo(expected[i] as number, 12);
        });
      }
    },
  );

  it.each([false, true])('is the min-max formula on more rows (weighted: %s)', (weighted) => {
    const rows = sample(Random.of(5), 300, 80, weighted);
    const blocks = poolAdjacentViolators(rows.y, rows.p, rows.weights);
    const expected = minMax(rows);
    sumsByScore(rows).forEach(({ score }, i) => {
      expect(fittedAt(blocks, score)).toBeCloseTo(expected[i] as number, 12);
    });
  });

  it('puts the centre of a block at the mean of its scores', () => {
    const y = Uint8Array.of(1, 0, 0);
    const blocks = poolAdjacentViolators(y, Float64Array.of(0.1, 0.2, 0.6), null);
    expect(blocks).toHaveLength(1);
    expect(blocks[0]?.centre).toBeCloseTo(0.3, 15);
  });
});

describe('thinBlocks', () => {
  const entropy = ({ weight, value }: Block): number =>
    value === 0 || value === 1
      ? 0
      : -weight * (value * Math.log(value) + (1 - value) * Math.log(1 - value));
  const lossOf = (blocks: readonly Block[]): number =>
    blocks.reduce((sum, block) => sum + entropy(block), 0);
  const merged = (blocks: readonly Block[], i: number): readonly Block[] => {
    const [a, b] = [blocks[i] as Block, blocks[i + 1] as Block];
    const weight = a.weight + b.weight;
    const mean = (key: 'centre' | 'value'): number =>
      (a.weight * a[key] + b.weight * b[key]) / weight;
    const block = { weight, from: a.from, to: b.to, centre: mean('centre'), value: mean('value') };
    return [...blocks.slice(0, i), block, ...blocks.slice(i + 2)];
  };
  const { y, p } = sample(Random.of(8), 4000, 4000, false);
  const blocks = poolAdjacentViolators(y, p, null);

  it('pools the cheapest pair each time, as long as it may', () => {
    const most = 12;
    let expected: readonly Block[] = blocks;
    const limit = lossOf(blocks) + 4000 * 1e-4;
    for (;;) {
      const options = expected.slice(1).map((_, i) => merged(expected, i));
      const losses = options.map(lossOf);
      const cheapest = losses.indexOf(Math.min(...losses));
      if ((losses[cheapest] as number) > limit && expected.length <= most) break;
      expected = options[cheapest] as readonly Block[];
    }
    const thinned = thinBlocks(blocks, most, 1e-4);
    expect(expected.length).toBeLessThanOrEqual(most);
    expect(thinned).toHaveLength(expected.length);
    thinned.forEach((block, i) => {
      expect(block.value).toBeCloseTo(expected[i]?.value ?? NaN, 10);
      expect(block.centre).toBeCloseTo(expected[i]?.centre ?? NaN, 10);
    });
  });

  it('gives up no more log loss than it may, and never a rising order', () => {
    const thinned = thinBlocks(blocks, 1000, 1e-5);
    expect(lossOf(thinned) - lossOf(blocks)).toBeLessThanOrEqual(4000 * 1e-5);
    expect(thinned.length).toBeLessThan(blocks.length);
    expect(thinned.every(({ value }, i) => value > (thinned[i - 1]?.value ?? -1))).toBe(true);
    expect(thinBlocks(blocks, 1000, 0)).toHaveLength(blocks.length);
  });
});

describe('fitIsotonic', () => {
  it('stands each block at its centre, and draws straight lines between', () => {
    const y = Uint8Array.of(0, 0, 1, 0, 1, 1);
    const p = Float64Array.of(0.1, 0.2, 0.4, 0.5, 0.8, 0.9);
    const curve = fitIsotonic(y, p, null);
    // N+ = N- = 3: values stay between 1/5 and 4/5.
    expect(curve.scores.map((score) => Number(score.toFixed(12)))).toEqual([0.15, 0.45, 0.85]);
    expect(curve.values).toEqual([0.2, 0.5, 0.8]);
    expect(interpolate(curve, 0.3)).toBeCloseTo(0.35, 14);
    expect(interpolate(curve, 0.65)).toBeCloseTo(0.65, 14);
    expect([0, 0.15, 0.85, 1].map((score) => interpolate(curve, score))).toEqual([
      0.2, 0.2, 0.8, 0.8,
    ]);
  });

  it('never falls, stays off 0 and 1, is not steep and has 100 knots at most', () => {
    for (const levels of [5, 1000, 2 ** 30]) {
      const { y, p } = sample(Random.of(12, levels), 20_000, levels, false);
      const { scores, values } = fitIsotonic(y, p, null);
      expect(scores.length).toBeLessThanOrEqual(100);
      scores.slice(1).forEach((score, i) => {
        const [before, low, high] = [
          scores[i] as number,
          values[i] as number,
          values[i + 1] as number,
        ];
        expect(score).toBeGreaterThan(before);
        expect(high).toBeGreaterThanOrEqual(low);
        expect(((high - low) / (score - before)) * score).toBeLessThanOrEqual(8 + 1e-9);
      });
      expect(Math.min(...values)).toBeGreaterThan(0);
      expect(Math.max(...values)).toBeLessThan(1);
    }
  });

  it('is constant for one score, for one class and for one row', () => {
    const one = fitIsotonic(Uint8Array.of(0, 1, 1), Float64Array.of(0.3, 0.3, 0.3), null);
    expect(one.values).toEqual([expect.closeTo(2 / 3, 15)]);
    expect(fitIsotonic(Uint8Array.of(0, 0), Float64Array.of(0.3, 0.7), null).values).toEqual([
      0.25,
    ]);
    expect(fitIsotonic(Uint8Array.of(1), Float64Array.of(0), null).values).toEqual([1 - 1 / 3]);
  });

  it('does not depend on the scale of the weights', () => {
    const { y, p, weights } = sample(Random.of(2), 500, 500, true);
    const doubled = Float64Array.from(weights ?? [], (weight) => 2 * weight);
    expect(fitIsotonic(y, p, doubled)).toEqual(fitIsotonic(y, p, weights));
  });

  it('finds the knots on either side of a score as a walk along all of them does', () => {
    const { y, p } = sample(Random.of(4), 3000, 3000, false);
    const curve = fitIsotonic(y, p, null);
    const { scores, values } = curve;
    for (const score of [...p.slice(0, 300), ...scores]) {
      const after = scores.findIndex((knot) => knot > score);
      let expected = values.at(after === -1 ? -1 : 0) as number;
      if (after > 0) {
        const share =
          (score - (scores[after - 1] as number)) /
          ((scores[after] as number) - (scores[after - 1] as number));
        expected = (values[after - 1] as number) * (1 - share) + (values[after] as number) * share;
      }
      expect(interpolate(curve, score)).toBeCloseTo(expected, 13);
    }
  });
});
