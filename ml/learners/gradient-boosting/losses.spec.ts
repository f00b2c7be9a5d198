// Each loss against its definition: gradients against finite differences, the start against a search, and what it is not defined for.
import { Random } from '../../../src/statistics/random.ts';
import { FitError, type Task } from '../learner.ts';
import { lossOf, type Loss } from './losses.ts';

const ROWS = 40;
const random = Random.of(12);
const uniform = (): number => random.nextInt(1_000_000) / 1_000_000;
const WEIGHTS = Float64Array.from({ length: ROWS }, (_, row) =>
  row % 7 === 0 ? 0 : uniform() * 3,
);
const REGRESSION: Task = { kind: 'regression' };

const LOSSES: readonly (readonly [string, Loss, Float64Array])[] = [
  [
    'binary log loss',
    lossOf({ objective: 'auto', alpha: null }, { kind: 'binary' }),
    Float64Array.from({ length: ROWS }, () => random.nextInt(2)),
  ],
  [
    'multinomial log loss',
    lossOf({ objective: 'auto', alpha: null }, { kind: 'multiclass', classes: 3 }),
    Float64Array.from({ length: ROWS }, () => random.nextInt(3)),
  ],
  [
    'squared error',
    lossOf({ objective: 'auto', alpha: null }, REGRESSION),
    Float64Array.from({ length: ROWS }, () => uniform() * 20 - 8),
  ],
  [
    'absolute error',
    lossOf({ objective: 'absolute', alpha: null }, REGRESSION),
    Float64Array.from({ length: ROWS }, () => uniform() * 20 - 8),
  ],
  [
    'quantile 0.9',
    lossOf({ objective: 'quantile', alpha: 0.9 }, REGRESSION),
    Float64Array.from({ length: ROWS }, () => uniform() * 20 - 8),
  ],
  [
    'Poisson',
    lossOf({ objective: 'poisson', alpha: null }, REGRESSION),
    Float64Array.from({ length: ROWS }, () => random.nextInt(6)),
  ],
];

describe.each(LOSSES)('%s', (name, loss, y) => {
  const { outputs } = loss;
  const scores = Float64Array.from({ length: ROWS * outputs }, () => uniform() * 4 - 2);

  /** The loss of one row with one score moved. */
  const lossAt = (row: number, output: number, move: number): number => {
    const moved = scores.slice();
    moved[row * outputs + output] = (moved[row * outputs + output] ?? NaN) + move;
    return loss.mean(y, null, moved, Int32Array.of(row));
  };

  it('has the gradient of its mean, weighted', () => {
    const gradient = new Float64Array(ROWS);
    const hessian = new Float64Array(ROWS);
    for (let output = 0; output < outputs; output++) {
      loss.differentiate(0, ROWS, y, WEIGHTS, scores, output, gradient, hessian);
      for (let row = 0; row < ROWS; row++) {
        const slope = (lossAt(row, output, 1e-6) - lossAt(row, output, -1e-6)) / 2e-6;
        expect(gradient[row]).toBeCloseTo(slope * (WEIGHTS[row] ?? NaN), 6);
        expect(hessian[row]).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it('differentiates the rows that it is asked for and no others', () => {
    const gradient = new Float64Array(ROWS).fill(77);
    const hessian = new Float64Array(ROWS).fill(77);
    loss.differentiate(5, 9, y, null, scores, 0, gradient, hessian);
    expect([...gradient].filter((value) => value !== 77)).toHaveLength(4);
    expect([gradient[4], gradient[9], hessian[4], hessian[9]]).toEqual([77, 77, 77, 77]);
  });

  it.each([
    ['all rows alike', null],
    ['weighted rows', WEIGHTS],
  ])('starts from the constant of least mean loss: %s', (_, weights) => {
    const start = loss.start(y, weights);
    const meanAt = (constants: Float64Array): number =>
      loss.mean(
        y,
        weights,
        Float64Array.from({ length: ROWS * outputs }, (_each, i) => constants[i % outputs] ?? NaN),
      );
    const least = meanAt(start);
    for (let output = 0; output < outputs; output++)
      for (const move of [-0.5, -0.01, 0.01, 0.5])
        expect(
          meanAt(start.map((value, k) => (k === output ? value + move : value))),
        ).toBeGreaterThanOrEqual(least - 1e-12);
  });

  it('pulls nowhere at its start where its slope is even', () => {
    if (loss.renewalQuantile !== null) return;
    const start = loss.start(y, WEIGHTS);
    const constant = Float64Array.from(scores, (_, i) => start[i % outputs] ?? NaN);
    for (let output = 0; output < outputs; output++) {
      const gradient = new Float64Array(ROWS);
      loss.differentiate(0, ROWS, y, WEIGHTS, constant, output, gradient, new Float64Array(ROWS));
      expect(gradient.reduce((sum, one) => sum + one, 0)).toBeCloseTo(0, 10);
    }
  });

  it('has a mean over some rows, where rows of weight 0 count for nothing', () => {
    const rows = Int32Array.of(0, 3, 14, 8);
    const [sum, total] = rows.reduce(
      ([s, t], row) => [s + (WEIGHTS[row] ?? NaN) * lossAt(row, 0, 0), t + (WEIGHTS[row] ?? NaN)],
      [0, 0],
    );
    expect(loss.mean(y, WEIGHTS, scores, rows)).toBeCloseTo(sum / total, 12);
    expect(name).not.toBe('');
  });
});

describe('lossOf', () => {
  it('has hessians of the second derivative where the loss has one, times a stated factor', () => {
    const task: Task = { kind: 'multiclass', classes: 3 };
    const cases = [
      [lossOf({ objective: 'auto', alpha: null }, { kind: 'binary' }), 1, 1],
      [lossOf({ objective: 'auto', alpha: null }, task), 3, 1.5],
      [lossOf({ objective: 'poisson', alpha: null }, REGRESSION), 1, Math.exp(0.7)],
      [lossOf({ objective: 'squared', alpha: null }, REGRESSION), 1, 1],
    ] as const;
    for (const [loss, outputs, factor] of cases) {
      const at = Float64Array.from({ length: outputs }, (_, k) => 0.3 - k);
      const y = Float64Array.of(1);
      const gradientAt = (move: number): number => {
        const gradient = new Float64Array(1);
        const moved = at.map((value, k) => (k === 0 ? value + move : value));
        loss.differentiate(0, 1, y, null, moved, 0, gradient, new Float64Array(1));
        return gradient[0] ?? NaN;
      };
      const hessian = new Float64Array(1);
      loss.differentiate(0, 1, y, null, at, 0, new Float64Array(1), hessian);
      const slope = (gradientAt(1e-5) - gradientAt(-1e-5)) / 2e-5;
      expect(hessian[0]).toBeCloseTo(slope * factor, 6);
    }
  });

  it('does not overflow far from the answer', () => {
    const loss = lossOf({ objective: 'auto', alpha: null }, { kind: 'binary' });
    expect(loss.mean(Float64Array.of(1, 0), null, Float64Array.of(-800, 800))).toBe(800);
    const classes = lossOf({ objective: 'auto', alpha: null }, { kind: 'multiclass', classes: 3 });
    expect(classes.mean(Float64Array.of(2), null, Float64Array.of(900, 0, -900))).toBe(1800);
  });

  it.each<[string, () => unknown, string]>([
    [
      'an objective of values for classes',
      () => lossOf({ objective: 'poisson', alpha: null }, { kind: 'binary' }),
      'objective: expected auto where the target is a class',
    ],
    [
      'counts below 0',
      () =>
        lossOf({ objective: 'poisson', alpha: null }, REGRESSION).start(
          Float64Array.of(1, -1),
          null,
        ),
      'row 1: objective poisson expects counts of at least 0',
    ],
    [
      'counts that are all 0',
      () =>
        lossOf({ objective: 'poisson', alpha: null }, REGRESSION).start(
          Float64Array.of(0, 0),
          null,
        ),
      'expects a count above 0',
    ],
  ])('refuses %s', (_, ask, message) => {
    expect(ask).toThrow(FitError);
    expect(ask).toThrow(message);
  });
});
