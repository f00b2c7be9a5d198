// What is worth a look in valid data: found where it is, and not where it is not.
import { Random } from '../../src/statistics/random.ts';
import { datasetOf } from '../../test/support/dataset-of.ts';
import type { Dataset } from './load-table.ts';
import { countRepeated, suspicionsOf } from './suspicions.ts';

const ROWS = 400;

function dataset(change: (x: Float32Array, y: Uint8Array) => void = () => {}): Dataset {
  const random = Random.of(3);
  const x = Float32Array.from({ length: 2 * ROWS }, () => random.nextInt(1_000_000) / 100);
  const y = Uint8Array.from({ length: ROWS }, () => random.nextInt(2));
  change(x, y);
  const features = ['a', 'b'].map((name) => ({ kind: 'numeric', name, nullable: true }) as const);
  return datasetOf({ features, x, y });
}

describe('suspicionsOf', () => {
  it('finds nothing in rows that differ, with features that tell little', () => {
    expect(suspicionsOf(dataset())).toEqual([]);
  });

  it('counts rows that repeat an earlier one, missing values alike', () => {
    const repeating = dataset((x, y) => {
      x[1] = Number.NaN;
      for (const row of [7, 9, 300]) {
        x.copyWithin(2 * row, 0, 2);
        y[row] = y[0] ?? 0;
      }
      // The same features with the other label are no repetition.
      x.copyWithin(2 * 20, 0, 2);
      y[20] = 1 - (y[0] ?? 0);
    });
    expect(countRepeated(repeating)).toBe(3);
    expect(suspicionsOf(repeating)[0]).toContain('3 rows repeat an earlier one');
  });

  it('counts as a comparison of every pair does', () => {
    const few = dataset((x) => {
      for (let i = 0; i < x.length; i++) x[i] = ((x[i] ?? 0) % 7) | 0;
    });
    const keys = Array.from({ length: ROWS }, (_, row) =>
      [few.x[2 * row], few.x[2 * row + 1], few.y[row]].join(),
    );
    expect(countRepeated(few)).toBe(ROWS - new Set(keys).size);
  });

  it.each([1, -1])('names a feature that tells the target alone, direction %i', (direction) => {
    const leaking = dataset((x, y) => {
      y.forEach((label, row) => {
        x[2 * row + 1] = row % 9 === 0 ? Number.NaN : direction * label + row / 1e4;
      });
    });
    expect(suspicionsOf(leaking)).toEqual([
      'b: tells the target almost alone (ROC AUC 1.000): is it known before the outcome?',
    ]);
  });

  it('says where a class is rare', () => {
    const rare = dataset((_, y) => {
      y.fill(0, 12);
      y.fill(1, 0, 12);
    });
    expect(suspicionsOf(rare)).toEqual([
      'the rarer class has 12 rows: figures of such a set move with every row',
    ]);
  });
});
