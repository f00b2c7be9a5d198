// Bins against their definition: a linear search of the cuts, and bins of equal count.
import { matrixOf, type Matrix } from '../numeric/matrix.ts';
import { Random } from '../../src/statistics/random.ts';
import { fitBins, MISSING_BIN, type BinnedColumn } from './binning.ts';
import { ColumnBinner } from './column-binner.ts';
import { sortFloats } from './sort-floats.ts';
import { thresholdBetween } from './threshold.ts';

const number = { name: 'x', categories: null };
const columnOf = (values: Iterable<number>): Matrix => matrixOf(Float32Array.from(values), 1);

const fitOne = (x: Matrix, categories: number | null = null, maxBins?: number): BinnedColumn =>
  fitBins(x, [{ name: 'x', categories }], maxBins)[0] as BinnedColumn;

function binsOf(x: Matrix, binned: BinnedColumn): Uint8Array {
  const out = new Uint8Array(x.rows);
  new ColumnBinner(binned).into(x, 0, { out, offset: 0, stride: 1 }, 0, x.rows);
  return out;
}

/** The slow, obvious way: the first bin whose upper end is not below the value. */
const slowBin = (uppers: Float32Array, value: number): number =>
  Number.isNaN(value) ? MISSING_BIN : uppers.findIndex((upper) => value <= upper);

/** Numbers of many sizes and both signs, with ties, zeros of both signs, infinities and missing values. */
function awkward(rows: number): Matrix {
  const random = Random.of(5, rows);
  const special = [0, -0, NaN, Infinity, -Infinity, 2 ** -149, -(2 ** -149), 3.4e38, -3.4e38, 1];
  return columnOf(
    Array.from({ length: rows }, () => {
      const draw = random.nextInt(4);
      if (draw === 0) return special[random.nextInt(special.length)] as number;
      const sign = random.nextInt(2) === 0 ? 1 : -1;
      if (draw === 1) return sign * random.nextInt(9);
      return sign * (random.next() / 2 ** 32) * 10 ** (random.nextInt(20) - 10);
    }),
  );
}

describe('sortFloats', () => {
  it.each([3, 20_000])(
    'sorts %i numbers of both signs and all sizes as comparison does',
    (rows) => {
      const values = awkward(rows).data.filter((value) => !Number.isNaN(value)) as Float32Array;
      const expected = values.slice().sort();
      expect(sortFloats(values)).toEqual(expected);
    },
  );
});

describe('bins of numbers', () => {
  it('give few distinct values a bin each, cut at float32 numbers between neighbours', () => {
    const x = columnOf([3, 1, NaN, 1 + 2 ** -23, 3, -2]);
    const binned = fitOne(x);
    expect(binned).toMatchObject({ name: 'x', bins: 4, hasMissing: true, codes: null });
    expect([...(binned.uppers as Float32Array)]).toEqual([-0.5, 1, 2, Infinity]);
    expect([...binsOf(x, binned)]).toEqual([3, 1, MISSING_BIN, 2, 3, 0]);
  });

  it.each([2, 3, 16, 255])('of awkward values are those of a linear search, %i bins', (maxBins) => {
    const x = awkward(20_000);
    const binned = fitOne(x, null, maxBins);
    expect(binned.bins).toBeLessThanOrEqual(maxBins);
    const uppers = binned.uppers as Float32Array;
    expect(uppers.length).toBe(binned.bins);
    expect(Array.from(binsOf(x, binned))).toEqual(
      Array.from(x.data, (value) => slowBin(uppers, value)),
    );
  });

  it('are those of a linear search where many cuts share the upper bits of their numbers', () => {
    const x = columnOf(
      Array.from({ length: 600 }, (_, i) => (i % 2 === 0 ? 1 : -1) * (1 + i / 1e6)),
    );
    const binned = fitOne(x);
    const uppers = binned.uppers as Float32Array;
    expect(Array.from(binsOf(x, binned))).toEqual(
      Array.from(x.data, (value) => slowBin(uppers, value)),
    );
  });

  it('hold about as many rows each, and heavy values stand alone', () => {
    const random = Random.of(8);
    const x = columnOf(
      Array.from({ length: 100_000 }, () =>
        random.nextInt(4) === 0 ? 0.5 : random.next() / 2 ** 32,
      ),
    );
    const binned = fitOne(x, null, 64);
    expect(binned.bins).toBeGreaterThanOrEqual(62);
    const bins = binsOf(x, binned);
    const counts = new Int32Array(binned.bins);
    bins.forEach((bin) => (counts[bin] = (counts[bin] as number) + 1));
    const heavy = bins[x.data.indexOf(0.5)] as number;
    const others = [...counts].filter((_, bin) => bin !== heavy).sort((a, b) => a - b);
    expect(new Set([...x.data].filter((_, row) => bins[row] === heavy))).toEqual(new Set([0.5]));
    expect(others.at(-1)).toBeLessThan(1.2 * (75_000 / 63));
    expect(others.slice(2)[0]).toBeGreaterThan(0.4 * (75_000 / 63));
  });

  it('know a single missing value among more rows than are sampled', () => {
    const data = Float32Array.from({ length: 300_000 }, (_, row) => row);
    const full = fitOne(matrixOf(data.slice(), 1));
    data[123_456] = NaN;
    expect([full.hasMissing, fitOne(matrixOf(data, 1)).hasMissing]).toEqual([false, true]);
    expect(full.bins).toBe(255);
  });

  it('are one where a column is constant or all missing', () => {
    expect(fitOne(columnOf([7, 7]))).toMatchObject({ bins: 1, hasMissing: false });
    const empty = fitOne(columnOf([NaN, NaN]));
    expect(empty).toMatchObject({ bins: 1, hasMissing: true });
    expect([...binsOf(columnOf([NaN, 4]), empty)]).toEqual([MISSING_BIN, 0]);
  });
});

describe('bins of categories', () => {
  it('are one a code while there are enough', () => {
    const x = columnOf([2, 0, NaN, 2]);
    const binned = fitOne(x, 4);
    expect(binned).toMatchObject({ bins: 4, hasMissing: true, uppers: null });
    expect(binned.codes).toEqual([0, 1, 2, 3].map((code) => Int32Array.of(code)));
    expect([...binsOf(x, binned)]).toEqual([2, 0, MISSING_BIN, 2]);
  });

  it('are kept by the most frequent codes, the others share the last', () => {
    const x = columnOf([0, 1, 1, 2, 3, 3, 3, 4]);
    const binned = fitOne(x, 6, 3);
    expect(binned.codes).toEqual([Int32Array.of(1), Int32Array.of(3), Int32Array.of(0, 2, 4, 5)]);
    expect([...binsOf(x, binned)]).toEqual([2, 0, 0, 2, 1, 1, 1, 2]);
  });
});

it('a column is written where its layout wants it', () => {
  const x = matrixOf(Float32Array.of(1, 10, 2, 20, 3, 30), 2);
  const [, second] = fitBins(x, [number, number]);
  const out = new Uint8Array(8).fill(9);
  const target = { out, offset: 3, stride: 3 };
  new ColumnBinner(second as BinnedColumn).into(x, 1, target, 1, 3);
  expect([...out]).toEqual([9, 9, 9, 1, 9, 9, 2, 9]);
});

describe('thresholdBetween', () => {
  it('is a float32 t with a <= t < b, also where no float32 lies between', () => {
    const tiny = 2 ** -149;
    const largest = (2 - 2 ** -23) * 2 ** 127;
    for (const [a, b] of [
      [1, 2],
      [1, 1 + 2 ** -23],
      [1 + 2 ** -23, 1 + 2 ** -22],
      [-tiny, 0],
      [0, tiny],
      [largest, Infinity],
      [-Infinity, Infinity],
      [-Infinity, -largest],
    ] as const) {
      const t = thresholdBetween(a, b);
      expect(t).toBe(Math.fround(t));
      expect(t).toBeGreaterThanOrEqual(a);
      expect(t).toBeLessThan(b);
    }
  });
});
