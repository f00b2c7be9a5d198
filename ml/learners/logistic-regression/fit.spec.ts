// The optimum is proven by the gradient, and the gradient by finite differences of the objective.
import { matrixOf } from '../../numeric/matrix.ts';
import { Random } from '../../../src/statistics/random.ts';
import { FitError, type TrainingSet } from '../learner.ts';
import { fitLogisticRegression } from './fit.ts';
import { differentiate, objective } from './objective.ts';
import { logisticRegressionParams } from './params.ts';

const params = (C: number) => logisticRegressionParams.parse({ C });

/** Two noisy columns that tell the classes apart, and one that does not. */
function sample(rows: number, noise: number): TrainingSet {
  const random = Random.of(21);
  const uniform = (): number => random.next() / 2 ** 31 - 1;
  const y = Uint8Array.from({ length: rows }, () => random.nextInt(2));
  const x = matrixOf(
    Float64Array.from(
      [...y].flatMap((label) => [
        label + noise * uniform(),
        5 - 3 * label + noise * uniform(),
        uniform(),
      ]),
    ),
    3,
  );
  return { x, y };
}

function derivativesAt(data: TrainingSet, C: number, weights: Float64Array) {
  const gradient = new Float64Array(weights.length);
  const hessian = new Float64Array(weights.length ** 2);
  differentiate(data, C, weights, gradient, hessian);
  return { gradient, hessian };
}

describe('differentiate', () => {
  const data = sample(60, 2);
  const weights = Float64Array.of(0.3, -0.7, 1.1, 0.2);
  const h = 1e-5;
  const shifted = (i: number, by: number): Float64Array =>
    weights.map((w, k) => (k === i ? w + by : w));

  it('gives the gradient of the objective', () => {
    const { gradient } = derivativesAt(data, 0.5, weights);
    gradient.forEach((g, i) => {
      const up = objective(data, 0.5, shifted(i, h));
      const down = objective(data, 0.5, shifted(i, -h));
      expect(g).toBeCloseTo((up - down) / (2 * h), 6);
    });
  });

  it('gives the lower triangle of the derivative of the gradient', () => {
    const { hessian } = derivativesAt(data, 0.5, weights);
    for (let j = 0; j < 4; j++) {
      const up = derivativesAt(data, 0.5, shifted(j, h)).gradient;
      const down = derivativesAt(data, 0.5, shifted(j, -h)).gradient;
      for (let i = j; i < 4; i++) {
        const expected = ((up[i] as number) - (down[i] as number)) / (2 * h);
        expect(hessian[i * 4 + j]).toBeCloseTo(expected, 6);
      }
    }
  });
});

describe('fitLogisticRegression', () => {
  it.each([
    ['overlapping classes', 2, 1],
    ['a strong penalty', 2, 1e-4],
    ['a weak penalty', 2, 1e6],
    ['classes that a line separates', 0.4, 1],
    ['classes that a line separates, and a weak penalty', 0.4, 1e6],
  ])('reaches a gradient below 1e-8 for %s', (_, noise, C) => {
    const data = sample(300, noise);
    const model = fitLogisticRegression(params(C), data);
    const weights = Float64Array.of(...model.coefficients, model.intercept);
    const { gradient } = derivativesAt(data, C, weights);
    expect(Math.max(...gradient.map(Math.abs))).toBeLessThan(1e-8);
  });

  it('takes float32 rows too', () => {
    const { x, y } = sample(300, 2);
    const narrow = { x: matrixOf(Float32Array.from(x.data), 3), y };
    const [wide, other] = [
      fitLogisticRegression(params(1), { x, y }),
      fitLogisticRegression(params(1), narrow),
    ];
    expect(other.intercept).toBeCloseTo(wide.intercept, 5);
  });

  it('gives a column that never varies no coefficient, so that unseen values of it change nothing', () => {
    const { y } = sample(50, 1);
    const x = matrixOf(new Float64Array(50), 1);
    expect(fitLogisticRegression(params(1), { x, y }).coefficients[0]).toBe(0);
  });

  it('refuses rows of one class', () => {
    const { x } = sample(20, 1);
    expect(() => fitLogisticRegression(params(1), { x, y: new Uint8Array(20) })).toThrow(
      'expects rows of both classes',
    );
  });

  it('refuses values that are not finite, and says so', () => {
    const { x, y } = sample(20, 1);
    const broken = matrixOf(
      Float64Array.from(x.data, (v, i) => (i === 4 ? NaN : v)),
      3,
    );
    expect(() => fitLogisticRegression(params(1), { x: broken, y })).toThrow(FitError);
  });

  it('says how far it came where no optimum is reached', () => {
    const { x, y } = sample(20, 1);
    const huge = matrixOf(
      Float64Array.from(x.data, (v) => v * 1e12),
      3,
    );
    expect(() => fitLogisticRegression(params(1e12), { x: huge, y })).toThrow(
      /did not converge: the largest component of the gradient is \S+ after \d+ Newton steps/,
    );
  });
});

describe('logisticRegressionParams', () => {
  it('refuses a C that is not positive and a name it does not know', () => {
    expect(logisticRegressionParams.safeParse({ C: 0 }).success).toBe(false);
    expect(logisticRegressionParams.safeParse({ c: 1 }).success).toBe(false);
    expect(logisticRegressionParams.parse({})).toEqual({ C: 1 });
  });
});
