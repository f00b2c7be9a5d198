// Optima are proven by the conditions that define them, checked on the formula row by row, and by a slow method that shares nothing.
import type { z } from 'zod';
import { matrixOf } from '../../numeric/matrix.ts';
import { noisyClasses } from '../../../test/support/noisy-classes.ts';
import {
  missOf,
  probabilitiesOf,
  slowMinimum,
  slowObjective,
} from '../../../test/support/slow-log-loss.ts';
import { FitError, type TrainingSet } from '../learner.ts';
import { fitLogisticRegression } from './fit.ts';
import type { LogisticRegressionModel } from './model.ts';
import { outputsOf, type ObjectiveData } from './objective.ts';
import { logisticRegressionParams, penaltyOf } from './params.ts';

type Written = z.input<typeof logisticRegressionParams>;
const params = (written: Written) => logisticRegressionParams.parse(written);

const weightsOf = ({
  outputs,
  coefficients,
  intercepts,
}: LogisticRegressionModel): Float64Array => {
  const columns = coefficients.length / outputs;
  return Float64Array.from(
    [...intercepts].flatMap((intercept, k) => [
      ...coefficients.subarray(k * columns, (k + 1) * columns),
      intercept,
    ]),
  );
};

const oracleOf = (data: TrainingSet): ObjectiveData => ({ ...data, outputs: outputsOf(data) });

function fit(written: Written, data: TrainingSet) {
  const model = fitLogisticRegression(params(written), data);
  return {
    model,
    w: weightsOf(model),
    miss: missOf(oracleOf(data), penaltyOf(params(written)), weightsOf(model)),
  };
}

const farthest = (a: Float64Array, b: Float64Array): number =>
  Math.max(...a.map((value, at) => Math.abs(value - (b[at] as number))));

const binary = noisyClasses({ rows: 300, columns: 5, classes: 2, noise: 2 });
const weighted = noisyClasses({ rows: 300, columns: 5, classes: 2, noise: 2, weighted: true });
const separable = noisyClasses({ rows: 300, columns: 5, classes: 2, noise: 0.3 });
const threeClasses = noisyClasses({ rows: 300, columns: 5, classes: 3, noise: 2, weighted: true });
const rare = noisyClasses({ rows: 300, columns: 40, classes: 4, noise: 2, zeros: 0.9 });

const PENALTIES = [
  { penalty: 'l2' },
  { penalty: 'l2', C: 1e-4 },
  { penalty: 'l2', C: 1e6 },
  { penalty: 'l1' },
  { penalty: 'l1', C: 0.05 },
  { penalty: 'l1', C: 1e4 },
  { penalty: 'elasticnet', l1_ratio: 0.3 },
  { penalty: 'elasticnet', l1_ratio: 0 },
  { penalty: 'elasticnet', l1_ratio: 1, C: 0.1 },
] as const;

/** Coefficients nearer than 1e-9 to the optimum let the gradient be off by as much times the penalty's curvature. */
const slackOf = (written: Written): number => {
  const { C } = params(written);
  return 1e-7 * Math.max(1, 1 / C);
};

describe.each([
  ['two classes', binary],
  ['two classes, weighted', weighted],
  ['two classes that a plane separates', separable],
  ['three classes, weighted', threeClasses],
  ['four classes, 40 columns mostly 0', rare],
] as const)('fitLogisticRegression on %s', (_, data) => {
  it.each(PENALTIES)('meets the conditions of the optimum with %o', (written) => {
    expect(fit(written, data).miss).toBeLessThan(slackOf(written));
  });

  it.each(PENALTIES)('tells its objective and what it misses by with %o', (written) => {
    const { model, w, miss } = fit(written, data);
    const expected = slowObjective(oracleOf(data), penaltyOf(params(written)), w);
    expect((model.diagnostics['objective'] ?? NaN) / expected).toBeCloseTo(1, 9);
    expect(Math.abs((model.diagnostics['gradient_norm'] ?? NaN) - miss)).toBeLessThan(1e-9);
    expect(model.diagnostics['iterations']).toBeGreaterThan(0);
  });
});

describe('fitLogisticRegression', () => {
  it.each([
    ['l1', binary, { penalty: 'l1', C: 0.1 }],
    ['elastic net', weighted, { penalty: 'elasticnet', l1_ratio: 0.6, C: 0.1 }],
    ['l1 of three classes', threeClasses, { penalty: 'l1', C: 0.1 }],
  ] as const)(
    'finds what accelerated proximal gradient finds in the end: %s',
    (_, data, written) => {
      const penalty = penaltyOf(params(written));
      const { model, w } = fit(written, data);
      const slow = slowMinimum(oracleOf(data), penalty, 1000, 700);
      const stride = w.length / model.outputs;
      // Of several classes only the differences of intercepts mean something.
      const mean =
        model.intercepts.reduce(
          (sum, _value, k) => sum + (slow[k * stride + stride - 1] as number),
          0,
        ) / model.outputs;
      const centred =
        model.outputs === 1
          ? slow
          : slow.map((value, at) => (at % stride === stride - 1 ? value - mean : value));
      expect(farthest(w, centred)).toBeLessThan(1e-7);
      expect(w.some((value) => value === 0)).toBe(true);
    },
  );

  it('leaves nothing but class shares where l1 outweighs every column', () => {
    const { model } = fit({ penalty: 'l1', C: 1e-5 }, binary);
    const share = [...binary.y].filter((label) => label === 1).length / binary.y.length;
    expect([...model.coefficients]).toEqual([0, 0, 0, 0, 0]);
    expect(model.intercept).toBeCloseTo(Math.log(share / (1 - share)), 12);
  });

  it('finds the optimum without a penalty where there is one, also with columns that repeat each other', () => {
    expect(fit({ penalty: 'none' }, binary).miss).toBeLessThan(1e-7);
    expect(fit({ penalty: 'none' }, threeClasses).miss).toBeLessThan(1e-7);
    const doubled = {
      ...binary,
      x: matrixOf(
        Float64Array.from(
          { length: 600 },
          (_, at) => binary.x.data[Math.floor(at / 2) * 5] as number,
        ),
        2,
      ),
    };
    expect(fit({ penalty: 'none' }, doubled).miss).toBeLessThan(1e-7);
  });

  it.each([
    ['two classes', separable],
    ['two classes of one row each', noisyClasses({ rows: 2, columns: 2, classes: 2, noise: 0.1 })],
    ['three classes', noisyClasses({ rows: 60, columns: 4, classes: 3, noise: 0.1 })],
  ] as const)(
    'refuses %s that planes separate where there is no penalty, and says why',
    (_, data) => {
      expect(() => fit({ penalty: 'none' }, data)).toThrow(
        /did not converge: the largest component of the gradient is \S+ after \d+ Newton steps.*a plane separates the classes: take penalty l2/,
      );
    },
  );

  it.each(['l2', 'l1', 'elasticnet'] as const)('fits one row of each class with %s', (penalty) => {
    const data = noisyClasses({ rows: 3, columns: 4, classes: 3, noise: 0.1 });
    expect(fit({ penalty }, data).miss).toBeLessThan(1e-8);
  });

  it('says how far it came where it may take too few steps', () => {
    expect(() => fit({ max_iter: 1 }, binary)).toThrow(FitError);
    expect(() => fit({ max_iter: 1 }, binary)).toThrow(
      /did not converge: the largest component of the gradient is \S+ after 1 Newton steps.*take a larger max_iter/,
    );
  });

  it('counts a row of weight 2 twice, and one of weight 0 not at all', () => {
    const keep = [...weighted.y.keys()].flatMap((row) =>
      [row, row].slice(0, row % 4 === 2 ? 2 : row % 4 === 0 ? 0 : 1),
    );
    const halves = Float64Array.from(weighted.y, (_, row) => [0, 1, 2, 1][row % 4] as number);
    const repeated = {
      ...weighted,
      x: matrixOf(
        Float64Array.from(
          keep.flatMap((row) => [...weighted.x.data.subarray(row * 5, row * 5 + 5)]),
        ),
        5,
      ),
      y: Float64Array.from(keep, (row) => weighted.y[row] as number),
      weights: null,
    };
    const one = fit({}, { ...weighted, weights: halves });
    expect(farthest(one.w, fit({}, repeated).w)).toBeLessThan(1e-9);
  });

  it('weighs classes', () => {
    const row = Float64Array.from(binary.y, (label) => (label === 1 ? 3 : 1));
    const expected = fit({}, { ...binary, weights: row });
    expect(farthest(fitted({ class_weight: 3 }, binary), expected.w)).toBe(0);
    const balanced = fitted({ class_weight: 'balanced' }, threeClasses);
    expect(farthest(balanced, fit({}, threeClasses).w)).toBeGreaterThan(1e-3);
  });

  it('gives columns of nothing but 0 no coefficient, and constant ones no harm', () => {
    const data = {
      ...binary,
      x: matrixOf(
        Float64Array.from(binary.x.data, (value, at) => [0, 7][at % 5] ?? value),
        5,
      ),
    };
    for (const penalty of ['l2', 'l1', 'elasticnet', 'none'] as const) {
      const { model, miss } = fit({ penalty }, data);
      expect(model.coefficients[0]).toBe(0);
      expect(miss).toBeLessThan(1e-7);
    }
  });

  it('finds the same optimum whatever the units of the columns are, without a penalty', () => {
    const units = [1e-9, 1, 1e9, 1e4, 1e-3];
    const data = {
      ...binary,
      x: matrixOf(
        Float64Array.from(binary.x.data, (value, at) => value * (units[at % 5] as number)),
        5,
      ),
    };
    const plain = fitted({ penalty: 'none' }, binary);
    const scaled = fitted({ penalty: 'none' }, data);
    scaled.forEach((value, at) => {
      expect((value * (units[at] ?? 1)) / (plain[at] as number)).toBeCloseTo(1, 7);
    });
  });

  it('takes float32 rows too', () => {
    const narrow = { ...binary, x: matrixOf(Float32Array.from(binary.x.data), 5) };
    expect(farthest(fitted({}, narrow), fitted({}, binary))).toBeLessThan(1e-5);
  });

  it('refuses rows of one class', () => {
    expect(() => fit({}, { ...binary, y: new Uint8Array(300) })).toThrow(
      'expects rows of all classes',
    );
  });

  it.each(['l2', 'l1'] as const)('refuses values that are not finite with %s', (penalty) => {
    const broken = {
      ...binary,
      x: matrixOf(
        Float64Array.from(binary.x.data, (v, i) => (i === 4 ? NaN : v)),
        5,
      ),
    };
    expect(() => fit({ penalty }, broken)).toThrow(FitError);
  });

  it.each([
    ['two classes', 2, 'l2'],
    ['two classes, l1', 2, 'l1'],
    ['three classes', 3, 'l2'],
  ] as const)('finds the optimum of all rows from that of a sample: %s', (_, classes, penalty) => {
    const rows = 45_000;
    const data = noisyClasses({ rows, columns: 3, classes, noise: 3, weighted: true });
    // Sorted by class: a sample must not see one class alone.
    const order = [...data.y.keys()].sort((a, b) => (data.y[a] as number) - (data.y[b] as number));
    const sorted = {
      ...data,
      x: matrixOf(
        Float64Array.from(order.flatMap((row) => [...data.x.data.subarray(row * 3, row * 3 + 3)])),
        3,
      ),
      y: Float64Array.from(order, (row) => data.y[row] as number),
      weights: Float64Array.from(order, (row) => data.weights?.[row] as number),
    };
    expect(fit({ penalty, C: 0.01 }, sorted).miss).toBeLessThan(1e-4);
    expect(
      farthest(fitted({ penalty, C: 0.01 }, sorted), fitted({ penalty, C: 0.01 }, data)),
    ).toBeLessThan(1e-9);
  });
});

const fitted = (written: Written, data: TrainingSet): Float64Array => fit(written, data).w;

describe('fitLogisticRegression on 60 rows and 10,000 columns', () => {
  const wide = noisyClasses({ rows: 60, columns: 10_000, classes: 2, noise: 3 });
  const wideClasses = noisyClasses({ rows: 60, columns: 5000, classes: 3, noise: 3 });

  it.each([
    ['l2', wide, { penalty: 'l2' }],
    ['l2 of three classes', wideClasses, { penalty: 'l2' }],
    ['l1', wide, { penalty: 'l1' }],
    ['l1 of three classes', wideClasses, { penalty: 'l1' }],
    ['elastic net', wide, { penalty: 'elasticnet', C: 0.1, l1_ratio: 0.9 }],
  ] as const)('meets the conditions of the optimum: %s', (_, data, written) => {
    expect(fit(written, data).miss).toBeLessThan(1e-7);
  });

  it('refuses them without a penalty: some plane separates them', () => {
    expect(() => fit({ penalty: 'none', max_iter: 30 }, wide)).toThrow('did not converge');
  });
});

describe('LogisticRegressionModel', () => {
  it.each([
    ['two classes', binary],
    ['three classes', threeClasses],
  ] as const)('answers the probabilities of the formula: %s', (_, data) => {
    const { model, w } = fit({}, data);
    const out = new Float64Array(data.x.rows * model.outputs);
    model.predictInto(data.x, out);
    const expected = [...data.y.keys()].flatMap((row) => probabilitiesOf(oracleOf(data), row, w));
    expect(farthest(out, Float64Array.from(expected))).toBeLessThan(1e-15 * 10);
    expect(model.outputs).toBe(data === binary ? 1 : 3);
  });
});

describe('logisticRegressionParams', () => {
  it('fills in what scikit-learn does, and a tolerance that reaches the optimum', () => {
    expect(logisticRegressionParams.parse({})).toEqual({
      C: 1,
      penalty: 'l2',
      l1_ratio: 0.5,
      class_weight: null,
      max_iter: 100,
      tol: 1e-9,
    });
  });

  it.each([
    { C: 0 },
    { penalty: 'l3' },
    { l1_ratio: 1.5 },
    { class_weight: 'even' },
    { max_iter: 0 },
    { tol: 0 },
    { c: 1 },
  ])('refuses %o', (written) => {
    expect(logisticRegressionParams.safeParse(written).success).toBe(false);
  });
});
