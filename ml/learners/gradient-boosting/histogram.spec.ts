// Records, packed gradients and histograms against their definitions.
import { matrixOf } from '../../numeric/matrix.ts';
import { Random } from '../../../src/statistics/random.ts';
import { fitBins, MISSING_BIN } from '../../trees/binning.ts';
import { ColumnBinner } from '../../trees/column-binner.ts';
import { gradientSpace, packStretch, type GradientSpace } from './gradients.ts';
import { BINS, HistogramBuilder, histogramLength } from './histogram.ts';
import {
  gradientOf,
  hessianOf,
  mixBits,
  packRow,
  scaleFor,
  SHIFT,
  summand,
  type GradientTotals,
} from './packing.ts';
import { recordsOf, type RowRecords } from './records.ts';

/** Rows with a missing value here and there. */
function recordsOfSample(rows: number, columns: number): RowRecords {
  const random = Random.of(3, rows, columns);
  const data = Float32Array.from({ length: rows * columns }, () =>
    random.nextInt(10) === 0 ? NaN : random.nextInt(1000),
  );
  const names = Array.from({ length: columns }, (_, i) => ({ name: `x${i}`, categories: null }));
  const x = matrixOf(data, columns);
  return recordsOf(x, fitBins(x, names));
}

/** Gradients of both signs, written into the records; the totals are those of all rows. */
function packed(records: RowRecords): GradientSpace {
  const random = Random.of(4, records.rows);
  const space = gradientSpace(records.rows);
  for (let row = 0; row < records.rows; row++) {
    space.gradient[row] = random.next() / 2 ** 31 - 1;
    space.hessian[row] = random.next() / 2 ** 33;
  }
  packStretch(space, records, scaleFor(totals(space), false), 77, 0, records.rows);
  return space;
}

function totals({ gradient, hessian }: GradientSpace): GradientTotals {
  const sum = (values: Float32Array): number => values.reduce((a, b) => a + b, 0);
  return {
    rows: gradient.length,
    absoluteGradient: sum(gradient.map(Math.abs)),
    hessian: sum(hessian),
    largestGradient: Math.max(...gradient.map(Math.abs)),
    largestHessian: Math.max(...hessian),
  };
}

const summandOfRow = ({ words, stride }: RowRecords, row: number): number =>
  summand(words[(row + 1) * stride - 1] as number);

/** The slow, obvious histogram: column by column, row by row. */
function slowHistogram(records: RowRecords, rows: Iterable<number>): Float64Array {
  const sums = new Float64Array(histogramLength(records.columns));
  for (const row of rows)
    for (let column = 0; column < records.columns; column++) {
      const at = column * BINS + (records.bins[column * records.rows + row] as number);
      sums[at] = (sums[at] as number) + summandOfRow(records, row);
    }
  return sums;
}

/** Whether two histograms agree in their own columns; what stands behind these fills up the last word. */
const sameColumns = (a: Float64Array, b: Float64Array, { columns }: RowRecords): boolean =>
  a.subarray(0, columns * BINS).every((sum, i) => sum === b[i]);

describe('records', () => {
  it.each([1, 4, 5, 28, 30])(
    'hold the bins of %i columns twice, by row and by column',
    (columns) => {
      const records = recordsOfSample(400, columns);
      const bytes = new Uint8Array(records.words.buffer);
      const byRow = records.bins.map((_, i) => {
        const [row, column] = [i % 400, Math.floor(i / 400)];
        return bytes[row * 4 * records.stride + column] as number;
      });
      expect(Buffer.compare(byRow, records.bins)).toBe(0);
      expect(records.stride % 2).toBe(0);
      expect(4 * (records.stride - 1)).toBeGreaterThanOrEqual(columns);
    },
  );

  it('are the bins of each column', () => {
    const x = matrixOf(Float32Array.of(1, 5, NaN, 5, 2, 6), 2);
    const columns = fitBins(x, [
      { name: 'a', categories: null },
      { name: 'b', categories: 7 },
    ]);
    const expected = columns.flatMap((column, i) => {
      const out = new Uint8Array(3);
      new ColumnBinner(column).into(x, i, { out, offset: 0, stride: 1 }, 0, 3);
      return [...out];
    });
    expect([...recordsOf(x, columns).bins]).toEqual(expected);
    expect(expected).toEqual([0, MISSING_BIN, 1, 5, 5, 6]);
  });
});

describe('packed gradients', () => {
  const scale = scaleFor(
    { rows: 4, absoluteGradient: 4, hessian: 1, largestGradient: 1, largestHessian: 0.25 },
    false,
  );

  it('carry gradient and hessian to within one unit, of either sign', () => {
    for (const [gradient, hessian] of [
      [1, 0.25],
      [-1, 0.25],
      [0, 0],
      [-1e-3, 0.1],
    ] as const)
      for (const bits of [0, -1, 0x12345678]) {
        const word = packRow(
          gradient,
          hessian,
          1 / scale.gradientUnit,
          1 / scale.hessianUnit,
          bits,
        );
        const sum = summand(word);
        expect(Math.abs(gradientOf(sum, scale) - gradient)).toBeLessThan(scale.gradientUnit);
        expect(Math.abs(hessianOf(sum, scale) - hessian)).toBeLessThan(scale.hessianUnit);
      }
  });

  it('are rounded without bias: their mean over many rows is the value', () => {
    const scales = [0.3, 0.7] as const;
    let [g, h] = [0, 0];
    for (let row = 0; row < 5_000; row++) {
      const word = packRow(...scales, 1, 1, mixBits(row));
      g += word >> 16;
      h += word & 0xffff;
    }
    expect(Math.abs(g / 5_000 - 0.3)).toBeLessThan(0.02);
    expect(Math.abs(h / 5_000 - 0.7)).toBeLessThan(0.02);
  });

  it.each([
    ['equal rows', 1_000_000, 0.5, 0.5],
    ['one row far beyond all others', 1_000_000, 1e-3, 1e6],
    ['few rows', 10, 1, 1],
    ['the most rows', 2 ** 25, 0.5, 1],
  ])('add up below 2^53 and within their bits: %s', (_, rows, typical, largest) => {
    const { gradientUnit, hessianUnit } = scaleFor(
      {
        rows,
        absoluteGradient: rows * typical + largest,
        hessian: rows * typical + largest,
        largestGradient: largest,
        largestHessian: largest,
      },
      false,
    );
    expect(largest / gradientUnit + 1).toBeLessThan(2 ** 15);
    expect(largest / hessianUnit + 1).toBeLessThan(2 ** 16);
    expect((rows * typical + largest) / hessianUnit + rows).toBeLessThan(SHIFT);
    expect((rows * typical + largest) / gradientUnit + rows).toBeLessThan(2 ** 53 / SHIFT);
  });

  it('count rows exactly where every hessian is 1', () => {
    expect(
      scaleFor(
        { rows: 9, absoluteGradient: 1, hessian: 9, largestGradient: 1, largestHessian: 1 },
        true,
      ).hessianUnit,
    ).toBe(1);
  });
});

describe('HistogramBuilder', () => {
  it.each([
    [1, 100],
    [7, 1500],
    [28, 1100],
    [150, 130],
  ])('sums %i columns of all rows, of a stretch and of some rows exactly', (columns, rows) => {
    const records = recordsOfSample(rows, columns);
    packed(records);
    const builder = new HistogramBuilder(records);
    const counted = new Float64Array(histogramLength(columns));
    const all = Int32Array.from({ length: rows }, (_, row) => row);
    const some = all.filter((row) => mixBits(row) % 3 === 0);
    const cases: [Iterable<number>, () => void][] = [
      [
        all,
        () => {
          builder.addStretch(0, rows);
        },
      ],
      [
        all.subarray(13, 77),
        () => {
          builder.addStretch(13, 77);
        },
      ],
      [
        some,
        () => {
          builder.addRows(some, 0, some.length);
        },
      ],
      [
        some.subarray(3, 20),
        () => {
          builder.addRows(some, 3, 20);
        },
      ],
    ].map(([members, add]) => [members as Iterable<number>, add as () => void]);
    for (const [members, add] of cases) {
      builder.clear();
      add();
      builder.copyTo(counted);
      expect(sameColumns(counted, slowHistogram(records, members), records)).toBe(true);
    }
  });

  it('serves several fits at once', () => {
    const [a, b] = [recordsOfSample(500, 6), recordsOfSample(400, 6)];
    [a, b].forEach(packed);
    const builders = [a, b].map((records) => new HistogramBuilder(records));
    builders.forEach((builder, i) => {
      builder.addStretch(0, i === 0 ? 500 : 400);
    });
    builders.forEach((builder, i) => {
      const counted = new Float64Array(histogramLength(6));
      builder.copyTo(counted);
      const records = i === 0 ? a : b;
      const slow = slowHistogram(records, Array(records.rows).keys());
      expect(sameColumns(counted, slow, records)).toBe(true);
    });
  });
});
