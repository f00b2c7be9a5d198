// What each encoding makes of numbers, categories and missing values. (That the graph makes the same of them: test/parity.)
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import { Random } from '../../src/statistics/random.ts';
import { FitError, type LearnerInput } from '../learners/learner.ts';
import { matrixOf, type Float32Matrix, type Matrix } from '../numeric/matrix.ts';
import { deriveFeature, type DerivedFeature } from './derived.ts';
import { medianOf } from './imputation.ts';
import type { Preprocessing } from './options.ts';
import { fitPreprocessing, type Preprocessed } from './preprocessing.ts';

const features: readonly FeatureSpec[] = [
  { kind: 'numeric', name: 'age', nullable: true },
  {
    kind: 'categorical',
    name: 'purpose',
    nullable: true,
    categories: ['car', 'house', 'school', 'boat'],
  },
  { kind: 'numeric', name: 'debt', nullable: false },
];
const [age, purpose] = features as readonly [FeatureSpec, FeatureSpec];
const derived = [deriveFeature('ratio', 'debt / age', features)];

// age, purpose, debt; nobody has a "house".
const rows = matrixOf(
  Float32Array.from([20, 0, 10, 0, 2, 30, NaN, NaN, 7, 40, 3, 10, 60, 0, 10]),
  3,
);

function fit(
  input: LearnerInput,
  preprocessing: Preprocessing = {},
  of: {
    readonly features?: readonly FeatureSpec[];
    readonly derived?: readonly DerivedFeature[];
    readonly x?: Float32Matrix;
    readonly y?: readonly number[];
  } = {},
): Preprocessed {
  const x = of.x ?? rows;
  const y = Float64Array.from(of.y ?? Array.from({ length: x.rows }, (_, row) => row % 2));
  const spec = {
    features: of.features ?? features,
    derived: of.derived ?? derived,
    preprocessing,
    task: { kind: 'regression' } as const,
  };
  return fitPreprocessing(input, spec, { x, y, weights: null }, Random.of(1));
}
const namesOf = ({ encoding }: Preprocessed): readonly string[] =>
  encoding.columns.map(({ name }) => name);
const column = ({ data, rows: count, columns }: Matrix, at: number): readonly number[] =>
  Array.from({ length: count }, (_, row) => data[row * columns + at] as number);
const only = (values: readonly number[], feature = age) => ({
  features: [feature],
  derived: [],
  x: matrixOf(Float32Array.from(values), 1),
});

describe('the sources of a design', () => {
  const preprocessing: Preprocessing = {
    numeric: { missing_indicator: true },
    features: { age: { transform: 'rank_normal' } },
  };
  const sourcesOf = (input: LearnerInput, options: Preprocessing) => {
    const fitted = fit(input, options);
    const { sources } = fitted.encoding;
    return namesOf(fitted).map((name, i) => [name, sources[i]]);
  };

  it('are the raw features that each column is made of', () => {
    expect(sourcesOf('linear', preprocessing)).toEqual([
      ['age', [0]],
      ['debt', [2]],
      ['ratio', [0, 2]],
      ['age missing', [0]],
      ['debt missing', [2]],
      ['ratio missing', [0, 2]],
      ['purpose=car', [1]],
      ['purpose=school', [1]],
      ['purpose=boat', [1]],
    ]);
    expect(sourcesOf('native', {})).toEqual([
      ['age', [0]],
      ['purpose', [1]],
      ['debt', [2]],
      ['ratio', [0, 2]],
    ]);
  });

  it('are the one feature behind what target encoding makes of it', () => {
    const target: Preprocessing = { categorical: { encode: 'target' } };
    expect(sourcesOf('tree', target)[1]).toEqual(['purpose', [1]]);
  });

  it('name a feature once that an expression names twice', () => {
    const twice = [deriveFeature('twice', 'debt * debt + age', features)];
    const { encoding } = fit('tree', {}, { derived: twice });
    expect(encoding.sources.at(-1)).toEqual([0, 2]);
  });
});

describe('medianOf', () => {
  it('is the middle value, or the mean of the two middle ones rounded to float32', () => {
    expect(medianOf(Float32Array.of(3, 1, 2))).toBe(2);
    expect(medianOf(Float32Array.of(1, 4, 3, 2))).toBe(2.5);
    expect(medianOf(Float32Array.of(1, 1 + 2 ** -23))).toBe(1);
  });

  it('is that of a sorted copy, for as many values as there may be', () => {
    const random = Random.of(2);
    const column = Float32Array.from({ length: 20_000 }, () => random.next() - 2 ** 31);
    const sorted = [...column].sort((a, b) => a - b);
    const middle = ((sorted[9999] as number) + (sorted[10_000] as number)) / 2;
    const before = column.slice();
    expect(medianOf(column)).toBe(Math.fround(middle));
    expect(column).toEqual(before);
  });

  it('leaves out NaN and infinities, and is 0 where nothing is left', () => {
    expect(medianOf(Float32Array.of(NaN, 5, Infinity, -Infinity, 7))).toBe(6);
    expect(medianOf(Float32Array.of(NaN, Infinity))).toBe(0);
  });
});

describe('fitPreprocessing for trees', () => {
  const fitted = fit('tree');
  const { encoding, design } = fitted;

  it('imputes numbers by the median, gives missing categories the code -1, and derives columns', () => {
    expect(encoding.columns).toEqual([
      { name: 'age', categories: null },
      { name: 'purpose', categories: 4 },
      { name: 'debt', categories: null },
      { name: 'ratio', categories: null },
    ]);
    expect(design.columns).toBe(4);
    expect(design.data).toBeInstanceOf(Float32Array);
    // ratio: 0.5, 30/0 and 7/NaN missing, 0.25, 1/6: median 0.25. age: 0, 20, 40, 60: median 30.
    const expected = [20, 0, 10, 0.5, 0, 2, 30, 0.25, 30, -1, 7, 0.25, 40, 3, 10, 0.25, 60, 0, 10];
    expect(Array.from(design.data)).toEqual([...expected, Math.fround(10 / 60)]);
    expect(encoding.transform(rows)).toEqual(design);
  });

  it('imputes rows to come by the medians of the training rows, and a category never seen as a missing one', () => {
    const { data } = encoding.transform(matrixOf(Float32Array.of(NaN, 1, Infinity), 3));
    expect(Array.from(data)).toEqual([30, -1, 10, 0.25]);
  });

  it('does not transform or scale, and appends missing indicators', () => {
    const preprocessing = {
      numeric: { transform: 'rank_normal' },
      features: { ratio: { missing_indicator: true } },
    } as const;
    const fitted = fit('tree', preprocessing);
    expect(namesOf(fitted)).toEqual(['age', 'purpose', 'debt', 'ratio', 'ratio missing']);
    expect(column(fitted.design, 2)).toEqual(column(rows, 2));
    expect(column(fitted.design, 4)).toEqual([0, 1, 1, 0, 0]);
  });
});

describe('fitPreprocessing for learners that know missing values and categories', () => {
  it('hands over the very rows where nothing is to be changed, without a copy', () => {
    const fitted = fit('native', {}, { derived: [] });
    expect(fitted.design).toBe(rows);
    expect(fitted.encoding.transform(rows)).toBe(rows);
    expect(fitted.encoding.columns[1]).toEqual({ name: 'purpose', categories: 4 });
  });

  it('turns infinities, and codes never seen, not whole or out of bounds, into missing values', () => {
    const { encoding } = fit('native');
    const cells = [Infinity, 1, 4, -Infinity, 4, 4, 2, 1.5, 4, 2, -1, 4, 2, 3, 4];
    const { data } = encoding.transform(matrixOf(Float32Array.from(cells), 3));
    const [first, second] = [
      [NaN, NaN, 4, 0],
      [NaN, NaN, 4, -0],
    ];
    const others = [2, NaN, 4, 2, 2, NaN, 4, 2, 2, 3, 4, 2];
    expect(Array.from(data)).toEqual([...first, ...second, ...others]);
  });

  it('takes a copy where a code is the only thing to be changed', () => {
    const { design, encoding } = fit('native', {}, only([0, 2, NaN, 0], purpose));
    expect(column(design, 0)).toEqual([0, 2, NaN, 0]);
    const x = matrixOf(Float32Array.of(2, 1), 1);
    expect(column(encoding.transform(x), 0)).toEqual([2, NaN]);
    expect(Array.from(x.data)).toEqual([2, 1]);
  });

  it('imputes only what is declared, and keeps what it did not change', () => {
    const before = Array.from(rows.data);
    const { design, encoding } = fit('native', { features: { age: { impute: -5 } } });
    expect(column(design, 0)).toEqual([20, 0, -5, 40, 60]);
    expect(column(design, 3)).toEqual([0.5, NaN, NaN, 0.25, Math.fround(1 / 6)]);
    expect(encoding.columns).toHaveLength(4);
    expect(Array.from(rows.data)).toEqual(before);
  });

  it('takes a constant as the float32 that every other value is', () => {
    const { design } = fit('native', { numeric: { impute: 0.1 } });
    expect(column(design, 0)[2]).toBe(Math.fround(0.1));
  });
});

describe('fitPreprocessing for linear models', () => {
  const fitted = fit('linear');
  const { encoding, design } = fitted;

  it('puts numbers first, then a column for each category seen in training', () => {
    const numbers = ['age', 'debt', 'ratio'];
    const seen = ['purpose=car', 'purpose=school', 'purpose=boat'];
    expect(namesOf(fitted)).toEqual([...numbers, ...seen]);
    const indicated = fit('linear', {
      features: { ratio: { missing_indicator: true }, age: { transform: 'signed_log' } },
    });
    expect(namesOf(indicated)).toEqual([...numbers, 'ratio missing', ...seen]);
  });

  it('standardises the imputed numbers by the population standard deviation', () => {
    const ages = [20, 0, 30, 40, 60].map((value) => (value - 30) / 20);
    expect(design.data).toBeInstanceOf(Float64Array);
    for (const [row, expected] of ages.entries())
      expect(column(design, 0)[row]).toBeCloseTo(expected, 14);
    const debts = column(design, 1);
    expect(debts.reduce((sum, z) => sum + z, 0)).toBeCloseTo(0, 14);
    expect(debts.reduce((sum, z) => sum + z * z, 0) / 5).toBeCloseTo(1, 14);
  });

  it('encodes a missing category and one never seen in training as all zeros', () => {
    const { data, columns } = encoding.transform(
      matrixOf(Float32Array.of(30, 2, 10, 30, NaN, 10, 30, 1, 10), 3),
    );
    const oneHot = [0, 1, 2].map((row) =>
      Array.from(data.slice(row * columns + 3, (row + 1) * columns)),
    );
    expect(oneHot).toEqual([
      [0, 1, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  it('does not scale a constant column, whatever its mean rounds to', () => {
    const { encoding } = fit('linear', {}, only(new Array<number>(7).fill(0.1)));
    const [z] = encoding.transform(matrixOf(Float32Array.of(1.1), 1)).data;
    expect(z).toBeCloseTo(1, 6);
  });

  it('takes signed logarithms, rounded to float32, before it scales', () => {
    const values = [-1000, -1, 0, 1e-20, 7, 3e38];
    const logs = values.map((value) =>
      Math.fround(Math.sign(value) * Math.log(1 + Math.abs(Math.fround(value)))),
    );
    const plain = fit(
      'linear',
      { numeric: { transform: 'signed_log', scale: 'none' } },
      only(values),
    );
    expect(column(plain.design, 0)).toEqual(logs.map((log) => log + 0));
    const scaled = fit('linear', { numeric: { transform: 'signed_log' } }, only(values));
    const mean = logs.reduce((sum, log) => sum + log, 0) / 6;
    const sd = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / 6);
    column(scaled.design, 0).forEach((z, row) => {
      expect(z).toBeCloseTo(((logs[row] as number) - mean) / sd, 12);
    });
  });

  it('lets the options of a feature go before those of all numeric ones, key by key', () => {
    const { design } = fit('linear', {
      numeric: { impute: 1, scale: 'none' },
      features: { age: { impute: 2 } },
    });
    expect(column(design, 0)).toEqual([20, 0, 2, 40, 60]);
    expect(column(design, 2)[1]).toBe(1);
  });

  it.each(['none', 'signed_log', 'rank_normal'] as const)(
    'makes zeros of a column all missing, a constant one and a single row, with transform %s',
    (transform) => {
      for (const values of [[NaN, Infinity, NaN], [4, 4, NaN, 4], [17], [NaN]]) {
        const { design, encoding } = fit('linear', { numeric: { transform } }, only(values));
        expect(column(design, 0)).toEqual(values.map(() => 0));
        const [z] = encoding.transform(matrixOf(Float32Array.of(1e9), 1)).data;
        expect(z).not.toBeNaN();
      }
    },
  );

  it('refuses rows that leave no column, and a design that memory cannot hold', () => {
    const nothing = only([NaN, NaN], purpose);
    expect(() => fit('linear', {}, nothing)).toThrow(FitError);
    expect(() => fit('linear', {}, nothing)).toThrow('expected a column to learn from');
    const memory = jest.spyOn(process, 'availableMemory').mockReturnValue(2 ** 20);
    try {
      const wide = only(new Array<number>(200_000).fill(1));
      expect(() => fit('linear', {}, wide)).toThrow(
        'preprocessing on 200000 rows and 1 columns would take about 2 MiB, 1 MiB are available',
      );
    } finally {
      memory.mockRestore();
    }
  });
});

describe('target encoding', () => {
  const target: Preprocessing = { categorical: { encode: 'target', smoothing: 2 } };
  const y = [1, 5, 9, 2, 3];
  const prior = 4;

  it('encodes rows to come by all training rows, and what training never saw by the prior', () => {
    const { encoding } = fit('native', target, { y });
    expect(encoding.columns[1]).toEqual({ name: 'purpose', categories: null });
    const { data } = encoding.transform(
      matrixOf(Float32Array.from([0, 1, 2, 3, NaN, 7].flatMap((code) => [1, code, 1])), 3),
    );
    const encoded = [0, 1, 2, 3, 4, 5].map((row) => data[row * 4 + 1]);
    const means = [(1 + 3 + 2 * prior) / 4, prior, (5 + 2 * prior) / 3, (2 + 2 * prior) / 3];
    expect(encoded).toEqual([...means, prior, prior].map(Math.fround));
  });

  it('encodes each training row by the rows of other folds, so that its own target does not move it', () => {
    const { design } = fit('native', target, { y });
    const others = fit('native', target, { y: [100, ...y.slice(1)] });
    expect(column(others.design, 1)[0]).toBe(column(design, 1)[0]);
    expect(column(others.design, 1)[4]).not.toBe(column(design, 1)[4]);
    expect(column(fit('native', target, { y }).encoding.transform(rows), 1)).not.toEqual(
      column(design, 1),
    );
  });

  it('gives 0 to the one row that there is, and its target to rows to come', () => {
    const { design, encoding } = fit('tree', target, { ...only([2], purpose), y: [9] });
    expect(column(design, 0)).toEqual([0]);
    expect(Array.from(encoding.transform(matrixOf(Float32Array.of(2, NaN), 1)).data)).toEqual([
      9, 9,
    ]);
  });

  it('standardises the column for linear models by what the learner sees', () => {
    const fitted = fit('linear', target, { y });
    expect(namesOf(fitted)).toEqual(['age', 'debt', 'ratio', 'purpose']);
    const z = column(fitted.design, 3);
    expect(z.reduce((sum, value) => sum + value, 0) / 5).toBeCloseTo(0, 12);
    expect(z.reduce((sum, value) => sum + value ** 2, 0) / 5).toBeCloseTo(1, 12);
  });

  it('makes a column a class, and the same design for the same generator', () => {
    const spec = {
      features,
      derived,
      preprocessing: target,
      task: { kind: 'multiclass', classes: 3 },
    } as const;
    const training = { x: rows, y: Uint8Array.of(0, 1, 2, 0, 1), weights: null };
    const once = fitPreprocessing('tree', spec, training, Random.of(5));
    expect(namesOf(once)).toEqual([
      'age',
      'purpose, class 0',
      'purpose, class 1',
      'purpose, class 2',
      'debt',
      'ratio',
    ]);
    const again = fitPreprocessing('tree', spec, training, Random.of(5));
    expect(again.design).toEqual(once.design);
    const { data } = once.encoding.transform(rows);
    for (let row = 0; row < 5; row++)
      expect([...data.slice(row * 6 + 1, row * 6 + 4)].reduce((a, b) => a + b, 0)).toBeCloseTo(
        1,
        6,
      );
  });
});
