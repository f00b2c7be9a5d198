// Small made-up classification sets: noisy columns around the class, and columns that know nothing.
import { matrixOf } from '../../ml/numeric/matrix.ts';
import type { TrainingSet } from '../../ml/learners/learner.ts';
import { Random } from '../../src/statistics/random.ts';

export interface NoisyClasses {
  readonly rows: number;
  readonly columns: number;
  /** 2: a binary task. */
  readonly classes: number;
  /** Half the width of the noise; classes stand 1 apart. */
  readonly noise: number;
  /** The share of values that are 0. */
  readonly zeros?: number;
  readonly weighted?: boolean;
  readonly seed?: number;
}

/** Columns 0, 3, 6 ... know the class. Every class has a row. */
export function noisyClasses(of: NoisyClasses): TrainingSet {
  const { rows, columns, classes, noise, zeros = 0, weighted = false, seed = 21 } = of;
  const random = Random.of(seed);
  const uniform = (): number => random.next() / 2 ** 31 - 1;
  const y = Float64Array.from({ length: rows }, (_, row) =>
    row < classes ? row : random.nextInt(classes),
  );
  const data = new Float64Array(rows * columns);
  for (let at = 0; at < data.length; at++) {
    const known = (at % columns) % 3 === 0 ? (y[Math.floor(at / columns)] as number) : 0;
    const value = known * (1 + (at % columns) / columns) + noise * uniform();
    data[at] = (uniform() + 1) / 2 < zeros ? 0 : value;
  }
  return {
    x: matrixOf(data, columns),
    columns: Array.from({ length: columns }, (_, j) => ({ name: `x${j}`, categories: null })),
    y,
    task: classes === 2 ? { kind: 'binary' } : { kind: 'multiclass', classes },
    weights: weighted ? Float64Array.from(y, (_, row) => (row % 4) / 2) : null,
  };
}
