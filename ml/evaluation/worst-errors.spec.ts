// The worst errors against all rows in order of their log loss.
import { Random } from '../../src/statistics/random.ts';
import { worstErrors } from './worst-errors.ts';

describe('worstErrors', () => {
  const random = Random.of(80);
  const p = Float64Array.from({ length: 200 }, () => random.nextInt(21) / 20);
  const y = Uint8Array.from(p, () => random.nextInt(2));
  const lossOf = (row: number): number => {
    const clipped = Math.min(Math.max(p[row] as number, 1e-15), 1 - 1e-15);
    return -Math.log(y[row] === 1 ? clipped : 1 - clipped);
  };

  it.each([1, 10, 1000])('are the rows of largest log loss of each class: %i', (k) => {
    const found = worstErrors(y, p, k);
    for (const [label, worst] of [
      [0, found.negatives],
      [1, found.positives],
    ] as const) {
      const expected = [...y.keys()]
        .filter((row) => y[row] === label)
        .sort((a, b) => lossOf(b) - lossOf(a) || a - b)
        .slice(0, k);
      expect(worst.map(({ row }) => row)).toEqual(expected);
      worst.forEach(({ row, y: each, p: score, log_loss }) => {
        expect([each, score]).toEqual([label, p[row]]);
        expect(Math.abs(log_loss - lossOf(row))).toBeLessThan(0.1);
      });
    }
  });

  it('are none of a class without rows', () => {
    expect(worstErrors(Uint8Array.of(1), Float64Array.of(0.5), 3)).toEqual({
      positives: [{ row: 0, y: 1, p: 0.5, log_loss: Math.LN2 }],
      negatives: [],
    });
  });
});
