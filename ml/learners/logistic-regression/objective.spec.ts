// The blocked passes against the formula row by row, and derivatives against finite differences.
import { matrixOf } from '../../numeric/matrix.ts';
import { noisyClasses, type NoisyClasses } from '../../../test/support/noisy-classes.ts';
import { slowGradient, slowObjective } from '../../../test/support/slow-log-loss.ts';
import { Objective, outputsOf, type ObjectiveData } from './objective.ts';

const L2 = 0.7;

/** Two blocks and a bit: 3 rows that fill no group of four, and columns that leave a tile open. */
const shape = { rows: 263, columns: 7, classes: 2, noise: 2 };
const cases: readonly (readonly [string, NoisyClasses])[] = [
  ['two classes', shape],
  ['two classes, weighted', { ...shape, weighted: true }],
  ['columns that fill whole tiles', { ...shape, columns: 8 }],
  ['columns that fill all but one place of a tile', { ...shape, columns: 6 }],
  ['values mostly 0', { ...shape, zeros: 0.8 }],
  ['values mostly 0, weighted', { ...shape, zeros: 0.8, weighted: true }],
  ['three classes', { ...shape, classes: 3 }],
  ['three classes, weighted', { ...shape, classes: 3, weighted: true }],
  ['three classes, values mostly 0', { ...shape, classes: 3, zeros: 0.8 }],
];

const dataOf = (of: NoisyClasses): ObjectiveData => {
  const set = noisyClasses(of);
  return { ...set, outputs: outputsOf(set) };
};

const weightsOf = ({ x, outputs }: ObjectiveData): Float64Array =>
  Float64Array.from({ length: outputs * (x.columns + 1) }, (_, at) => Math.sin(3 * at) / 2);

function expectClose(actual: Float64Array, expected: Float64Array, tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  const scale = Math.max(1, ...expected.map(Math.abs));
  const far = actual.map((value, at) => Math.abs(value - (expected[at] as number)));
  expect(Math.max(...far)).toBeLessThan(tolerance * scale);
}

describe.each(cases)('Objective: %s', (_, of) => {
  const data = dataOf(of);
  const w = weightsOf(data);
  const n = w.length;
  const objective = new Objective(data, { l1: 0, l2: L2 });
  const gradient = new Float64Array(n);
  const value = objective.differentiate(w, gradient);
  const hessian = new Float64Array(n * n);
  objective.hessianInto(hessian);
  const times = (v: Float64Array): Float64Array =>
    Float64Array.from({ length: n }, (_zero, i) =>
      v.reduce((sum, vj, j) => sum + (hessian[i * n + j] as number) * vj, 0),
    );

  it('has the value and the gradient of the formula', () => {
    expect(value / slowObjective(data, { l1: 0, l2: L2 }, w)).toBeCloseTo(1, 13);
    expectClose(gradient, slowGradient(data, L2, w), 1e-13);
  });

  it('has the gradient that finite differences of the value give', () => {
    const h = 1e-5;
    const shifted = (by: number, at: number): number =>
      slowObjective(
        data,
        { l1: 0, l2: L2 },
        w.map((value_, j) => (j === at ? value_ + by : value_)),
      );
    expectClose(
      gradient,
      gradient.map((_g, at) => (shifted(h, at) - shifted(-h, at)) / (2 * h)),
      1e-7,
    );
  });

  it('has the Hessian that finite differences of the gradient give', () => {
    const h = 1e-5;
    // Along directions without the shift that several classes do not feel: their intercepts sum to 0.
    for (let at = 0; at < n; at++) {
      const direction = new Float64Array(n);
      direction[at] = 1;
      const stride = n / data.outputs;
      if (data.outputs > 1 && at % stride === stride - 1) direction[(at + stride) % n] = -1;
      const along = (by: number): Float64Array =>
        slowGradient(
          data,
          L2,
          w.map((value_, j) => value_ + by * (direction[j] as number)),
        );
      const [up, down] = [along(h), along(-h)];
      const expected = up.map((g, j) => (g - (down[j] as number)) / (2 * h));
      expectClose(times(direction), expected, 1e-7);
      const product = new Float64Array(n);
      objective.multiplyHessian(direction, product);
      expectClose(product, times(direction), 1e-13);
    }
  });

  it('has the diagonal of that Hessian', () => {
    const diagonal = new Float64Array(n);
    objective.diagonalInto(diagonal);
    const unit = (at: number): Float64Array => new Float64Array(n).fill(1, at, at + 1);
    const expected = diagonal.map((_d, at) => {
      const product = new Float64Array(n);
      objective.multiplyHessian(unit(at), product);
      return product[at] as number;
    });
    expectClose(diagonal, expected, 1e-13);
  });

  it('has a Hessian that is symmetric bit for bit', () => {
    for (let i = 0; i < n; i++)
      for (let j = 0; j < i; j++) expect(hessian[i * n + j]).toBe(hessian[j * n + i]);
  });
});

describe('Objective', () => {
  it('takes float32 rows too', () => {
    const data = dataOf(shape);
    const narrow = { ...data, x: matrixOf(Float32Array.from(data.x.data), shape.columns) };
    const wide = { ...data, x: matrixOf(Float64Array.from(narrow.x.data), shape.columns) };
    const w = weightsOf(data);
    const [a, b] = [new Float64Array(w.length), new Float64Array(w.length)];
    expect(new Objective(narrow, { l1: 0, l2: L2 }).differentiate(w, a)).toBe(
      new Objective(wide, { l1: 0, l2: L2 }).differentiate(w, b),
    );
    expect(a).toEqual(b);
  });

  it('loses neither loss nor gradient of rows that are all but certain', () => {
    const x = matrixOf(Float64Array.of(1, -1), 1);
    const data = { x, y: Float64Array.of(1, 0), weights: null, outputs: 1 };
    const gradient = new Float64Array(2);
    const value = new Objective(data, { l1: 0, l2: 0 }).differentiate(
      Float64Array.of(60, 0),
      gradient,
    );
    expect(value / (2 * Math.exp(-60))).toBeCloseTo(1, 12);
    expect((gradient[0] as number) / (-2 * Math.exp(-60))).toBeCloseTo(1, 12);
  });

  it('is not finite where a value is not', () => {
    const x = matrixOf(Float64Array.of(1, NaN), 1);
    const data = { x, y: Float64Array.of(1, 0), weights: null, outputs: 1 };
    expect(
      new Objective(data, { l1: 0, l2: 0 }).differentiate(
        Float64Array.of(1, 0),
        new Float64Array(2),
      ),
    ).toBeNaN();
  });
});
