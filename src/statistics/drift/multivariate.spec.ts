// Drift that no single column shows, how often it is seen where there is none, and the parts behind it.
import { Random } from '../random.ts';
import { fitBoostedTrees } from '../boosted-trees.ts';
import { symmetricEigen } from '../symmetric-eigen.ts';
import { capRows, type DesignRows, designRows, pairColumns } from './design-rows.ts';
import { multivariateDrift } from './multivariate.ts';

const uniform = (random: Random): number => random.next() / 2 ** 32;
/** Three uniform ones: a bell with a standard deviation of 1. */
const bell = (random: Random): number =>
  2 * (uniform(random) + uniform(random) + uniform(random) - 1.5);

interface Population {
  readonly rows: number;
  /** Correlation of the numbers. */
  readonly together?: number;
  readonly shift?: number;
  /** Share of missing numbers in the first column. */
  readonly missing?: number;
}

/** Eight numbers, one with heavy tails, that share a part, and a category that follows the sign of the last. */
function draw(
  random: Random,
  { rows, together = 0.9, shift = 0, missing = 0 }: Population,
): DesignRows {
  const names = Array.from({ length: 8 }, (_, k) => ({ name: `x${k}`, kind: 'numeric' as const }));
  const category = { name: 'c', kind: 'categorical' as const, categories: ['a', 'b', 'rare'] };
  const cells = Array.from({ length: rows }, () => {
    const common = bell(random);
    const numbers = names.map((_, k) => {
      const value = together * common + Math.sqrt(1 - together ** 2) * bell(random);
      return k === 1 ? value ** 3 : value + (k === 0 ? shift : 0);
    });
    const letter = uniform(random) < 0.02 ? 'rare' : (numbers[7] ?? 0) > 0 ? 'a' : 'b';
    if (uniform(random) < missing) return [null, ...numbers.slice(1), letter];
    return [...numbers, letter];
  });
  return designRows([...names, category], cells);
}

describe('drift of all columns together', () => {
  it('sees that numbers do not hang together any more, where each alone is as before', () => {
    const random = Random.of(1);
    const { domain_classifier, pca } = multivariateDrift(
      draw(random, { rows: 1000 }),
      draw(random, { rows: 1000, together: 0.7 }),
      { seed: 1 },
    );
    expect(domain_classifier).toMatchObject({
      verdict: 'drift',
      convention_verdict: { convention: 'nannyml-0.13', verdict: 'drift' },
      rows: { reference: 1000, current: 1000 },
    });
    expect(pca).toMatchObject({ verdict: 'drift', convention_verdict: { verdict: 'drift' } });
    expect(pca.reconstruction_error?.current).toBeGreaterThan(pca.reconstruction_error?.high ?? 9);
  });

  it('names the column that moved first', () => {
    const random = Random.of(2);
    const { domain_classifier } = multivariateDrift(
      draw(random, { rows: 1000 }),
      draw(random, { rows: 1000, shift: 0.5 }),
      { seed: 1 },
    );
    expect(domain_classifier.verdict).toBe('drift');
    expect(domain_classifier.top_features[0]?.name).toBe('x0');
    expect(domain_classifier.top_features.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(
      1,
      9,
    );
  });

  it('sees that numbers have gone missing', () => {
    const random = Random.of(3);
    const { domain_classifier } = multivariateDrift(
      draw(random, { rows: 1000 }),
      draw(random, { rows: 1000, missing: 0.3 }),
      { seed: 1 },
    );
    expect(domain_classifier.verdict).toBe('drift');
    expect(domain_classifier.top_features[0]?.name).toBe('x0');
  });

  it.each([
    [250, 1000],
    [1000, 500],
  ])(
    'flags by either measure at most 1 of 20 windows of rows like the %p of reference, %p rows a window',
    (reference, rows) => {
      const random = Random.of(4, reference);
      const flagged = Array.from({ length: 20 }, (_, seed) =>
        multivariateDrift(draw(random, { rows: reference }), draw(random, { rows }), { seed }),
      ).filter(
        ({ domain_classifier, pca }) =>
          domain_classifier.verdict !== 'no_drift' || pca.verdict !== 'no_drift',
      );
      expect(flagged.length).toBeLessThanOrEqual(1);
    },
  );

  it('by the reconstruction says nothing of a window outside the bounds of ten chunks that chance alone explains', () => {
    const random = Random.of(10);
    const { columns } = draw(random, { rows: 60 });
    const picked = (rows: number, rowAt: (row: number) => number): DesignRows => ({
      rows,
      columns: columns.map((column) => {
        const of = { length: rows };
        return column.kind === 'numeric'
          ? { ...column, values: Float64Array.from(of, (_, i) => column.values[rowAt(i)] ?? NaN) }
          : { ...column, codes: Int32Array.from(of, (_, i) => column.codes[rowAt(i)] ?? -1) };
      }),
    });
    // Ten chunks of the same sixty rows: their means do not differ at all.
    const reference = picked(600, (row) => row % 60);
    const places = Array.from({ length: 500 }, () => random.nextInt(60));
    const current = picked(500, (row) => places[row] ?? 0);
    const { pca } = multivariateDrift(reference, current, { seed: 1 });
    expect(pca).toMatchObject({ verdict: 'no_drift', convention_verdict: { verdict: 'drift' } });
  });

  it('says of too few rows that they are too few, and of no rows nothing else', () => {
    const random = Random.of(5);
    const reference = draw(random, { rows: 400 });
    const few = multivariateDrift(reference, draw(random, { rows: 499, shift: 3 }), { seed: 1 });
    expect(few.domain_classifier).toMatchObject({
      verdict: 'insufficient_data',
      convention_verdict: { verdict: 'drift' },
    });
    expect(few.pca.verdict).toBe('insufficient_data');
    const small = multivariateDrift(
      draw(random, { rows: 199 }),
      draw(random, { rows: 500, together: 0 }),
      { seed: 1 },
    );
    expect(small.domain_classifier.verdict).toBe('drift');
    expect(small.pca.verdict).toBe('insufficient_data');
    const none = multivariateDrift(reference, draw(random, { rows: 0 }), { seed: 1 });
    expect(none.domain_classifier).toMatchObject({ roc_auc: null, verdict: 'insufficient_data' });
    expect(none.pca).toMatchObject({ reconstruction_error: null, verdict: 'insufficient_data' });
  });

  it('gives the same digits with the same seed', () => {
    const random = Random.of(6);
    const [reference, current] = [draw(random, { rows: 300 }), draw(random, { rows: 600 })];
    const once = multivariateDrift(reference, current, { seed: 3 });
    expect(multivariateDrift(reference, current, { seed: 3 })).toEqual(once);
    expect(multivariateDrift(reference, current, { seed: 4 })).not.toEqual(once);
  });

  it('refuses sides of different columns', () => {
    const rows = draw(Random.of(7), { rows: 20 });
    const { columns } = rows;
    for (const other of [columns.slice(1), [...columns].reverse()]) {
      expect(() => multivariateDrift(rows, { rows: 20, columns: other }, { seed: 1 })).toThrow(
        'expected the same columns',
      );
    }
  });
});

describe('rows of a design', () => {
  it('pairs categories by their names, new ones too', () => {
    const side = (categories: readonly string[]) =>
      designRows([{ name: 'c', kind: 'categorical', categories }], [['a'], ['b'], [null]]);
    const [pair] = pairColumns(side(['b', 'a']), side(['new', 'a', 'b']));
    expect(pair).toMatchObject({ categories: 3 });
    expect([...(pair?.reference ?? [])]).toEqual([1, 0, -1]);
    expect([...(pair?.current ?? [])]).toEqual([1, 0, -1]);
  });

  it('takes what is not of its kind as missing', () => {
    const { columns } = designRows([{ name: 'x', kind: 'numeric' }], [[1], ['1'], [null], []]);
    expect(columns).toMatchObject([{ values: Float64Array.of(1, NaN, NaN, NaN) }]);
  });

  it('is capped by a draw that keeps rows whole and in their order', () => {
    const rows = designRows(
      [
        { name: 'x', kind: 'numeric' },
        { name: 'y', kind: 'numeric' },
      ],
      Array.from({ length: 100 }, (_, i) => [i, -i]),
    );
    const [x, y] = capRows(rows, 10, Random.of(1)).columns;
    if (x?.kind !== 'numeric' || y?.kind !== 'numeric') throw new Error('expected numbers');
    expect(x.values).toHaveLength(10);
    expect(x.values).toEqual(x.values.slice().sort());
    expect(y.values).toEqual(x.values.map((value) => -value));
    expect(capRows(rows, 100, Random.of(1))).toBe(rows);
  });
});

describe('boosted trees', () => {
  it('learn what two columns say only together, on rows that they did not see', () => {
    const random = Random.of(8);
    const codes = () => Uint8Array.from({ length: 2000 }, () => random.nextInt(8));
    const [a, b] = [codes(), codes()];
    const labels = a.map((code, row) => Number(code < 4 === (b[row] as number) % 2 > 0));
    const columns = [
      { codes: a, bins: 8, ordered: true },
      { codes: b, bins: 8, ordered: false },
    ];
    const places = Uint32Array.from(labels.keys());
    const trees = fitBoostedTrees(columns, labels, places.subarray(0, 1500));
    const right = trees
      .score(columns, places.subarray(1500))
      .filter((score, i) => score > 0 === (labels[1500 + i] === 1));
    expect(right.length).toBeGreaterThan(450);
  });
});

describe('eigenvectors of a symmetric matrix', () => {
  it('give the matrix back, and are orthonormal', () => {
    const random = Random.of(9);
    const half = Array.from({ length: 12 }, () =>
      Float64Array.from({ length: 12 }, () => bell(random)),
    );
    const matrix = half.map((row, i) =>
      row.map((x, j) => x + ((half[j] as Float64Array)[i] as number)),
    );
    const { values, vectors } = symmetricEigen(matrix);
    expect([...values].sort((a, b) => b - a)).toEqual(values);
    matrix.forEach((row, i) => {
      row.forEach((x, j) => {
        const sums = vectors.reduce<readonly [number, number]>(
          ([back, unit], vector, k) => {
            const product = (vector[i] as number) * (vector[j] as number);
            return [back + (values[k] as number) * product, unit + product] as const;
          },
          [0, 0],
        );
        expect(sums[0]).toBeCloseTo(x, 10);
        expect(sums[1]).toBeCloseTo(Number(i === j), 10);
      });
    });
  });
});
