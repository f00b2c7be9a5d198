// The contributions of random models against their definition, and by tables against by walks.
import {
  bruteForceShapley,
  marginOf,
  type Background,
} from '../../test/support/brute-force-shapley.ts';
import {
  modelOf,
  randomRows,
  randomTrees,
  type RandomTrees,
} from '../../test/support/random-trees.ts';
import type {
  AdditiveModel,
  Contributions,
  ExplanationMethod,
  TreesForm,
} from './additive-model.ts';
import { Explainer } from './explainer.ts';
import { TABLE_BYTES } from './table-plan.ts';

const ROWS = 12;

const METHODS: readonly (readonly [ExplanationMethod, Background])[] = [
  ['tree_path_dependent', 'path_dependent'],
  ['tree_interventional', 'interventional'],
];

const SHAPES: readonly RandomTrees[] = [
  { seed: 1, trees: 3, depth: 3, columns: 6 },
  { seed: 2, trees: 4, depth: 6, columns: 4, early: 3 },
  { seed: 3, trees: 3, depth: 5, columns: 6, categorical: 3 },
  { seed: 4, trees: 2, depth: 9, columns: 3, early: 1, categorical: 1 },
  { seed: 5, trees: 6, depth: 4, columns: 5, early: 6, backgroundRows: 1 },
  { seed: 6, trees: 3, depth: 7, columns: 7, early: 4, missing: 8 },
  { seed: 7, trees: 4, depth: 1, columns: 2, early: 5 },
];

/** All tables, none, and as many as fit a budget that some leaves are left out of. */
const BUDGETS = [TABLE_BYTES, 0, 2000];

/** Contributions of raw features from those of columns, by modelOf's sources. */
function shared(contributions: readonly number[]): number[] {
  const values = [...contributions];
  const last = values.length - 1;
  const half = (values[last] as number) / 2;
  values[last] = half;
  values[0] = (values[0] as number) + half;
  return values;
}

const furthest = (a: ArrayLike<number> = [], b: ArrayLike<number> = []): number =>
  Array.from(a, (value, i) => Math.abs(value - (b[i] as number))).reduce(
    (most, gap) => Math.max(most, gap),
    a.length === b.length && a.length > 0 ? 0 : Infinity,
  );

describe.each(METHODS)('%s', (method, background) => {
  it.each(SHAPES)('equals the sum over all sets of columns: $seed', (shape) => {
    const form = randomTrees(shape);
    const design = randomRows(shape, ROWS, 2);
    const { columns } = shape;
    for (const budget of BUDGETS) {
      const explainer = Explainer.of(modelOf(form, columns), method, budget);
      const { output, values, base } = explainer.explain(design, ROWS);
      for (let row = 0; row < ROWS; row++) {
        const cells = design.subarray(row * columns, (row + 1) * columns);
        const expected = bruteForceShapley(form, columns, cells, background);
        const empty = expected.pop() as number;
        const own = values.subarray(row * columns, (row + 1) * columns);
        expect(furthest(own, shared(expected))).toBeLessThan(1e-12);
        expect(Math.abs(base - empty)).toBeLessThan(1e-12);
        expect(Math.abs((output[row] as number) - marginOf(form, cells))).toBeLessThan(1e-12);
      }
    }
  });

  it('answers the same by tables, by walks and by both, for more rows than a block and for one', () => {
    const shape = { seed: 11, trees: 3, depth: 11, columns: 20, early: 3, categorical: 4 };
    const model = modelOf(randomTrees(shape), shape.columns);
    const rows = 300;
    const design = randomRows(shape, rows, 2);
    const explainers = [TABLE_BYTES, 200_000, 0].map((bytes) => Explainer.of(model, method, bytes));
    const [tabled, mixed, walked] = explainers.map((explainer) => explainer.explain(design, rows));
    expect(furthest(mixed?.values, tabled?.values)).toBeLessThan(1e-12);
    expect(furthest(walked?.values, tabled?.values)).toBeLessThan(1e-12);
    expect(largestGap(tabled as Contributions)).toBeLessThan(1e-12);
    for (const row of [0, 127, 128, 299]) {
      const alone = explainers[0]?.explain(design.subarray(row * 20, (row + 1) * 20), 1);
      expect(alone?.values).toEqual(tabled?.values.slice(row * 20, (row + 1) * 20));
      expect(alone?.output[0]).toBe(tabled?.output[row]);
    }
    expect(explainers[0]?.explain(design, rows)).toEqual(tabled);
  });

  it('sums to the margin on paths of more columns than an integer has bits', () => {
    const design = randomRows({ seed: 12, trees: 1, depth: 1, columns: 40, missing: 0 }, 4, 2);
    const answer = Explainer.of(modelOf(chain(40), 40), method).explain(design, 4);
    expect(largestGap(answer)).toBeLessThan(1e-12);
  });

  it('answers zeros for trees of one leaf and for no trees', () => {
    const leaf = randomTrees({ seed: 8, trees: 2, depth: 0, columns: 2 });
    const none = randomTrees({ seed: 8, trees: 0, depth: 0, columns: 2 });
    for (const form of [leaf, none]) {
      const { base, output, values } = Explainer.of(modelOf(form, 2), method).explain(
        Float32Array.of(0.5, NaN),
        1,
      );
      expect(values).toEqual(new Float64Array(2));
      expect(output[0]).toBeCloseTo(base, 12);
    }
  });

  it('takes design rows of doubles as the float32 values that the trees know', () => {
    const shape = SHAPES[2] as RandomTrees;
    const explainer = Explainer.of(modelOf(randomTrees(shape), shape.columns), method);
    const design = randomRows(shape, ROWS, 2);
    const nearly = Float64Array.from(design, (value) => value * (1 + 1e-10));
    expect(explainer.explain(nearly, ROWS)).toEqual(explainer.explain(design, ROWS));
  });

  it('is built with turns for others and answers the same', async () => {
    const shape = { seed: 13, trees: 40, depth: 6, columns: 30, early: 0, backgroundRows: 50 };
    const model = modelOf(randomTrees(shape), shape.columns);
    let turns = 0;
    const turn = (): Promise<void> => {
      turns += 1;
      return Promise.resolve();
    };
    const built = await Explainer.build(model, turn, method);
    const design = randomRows(shape, ROWS, 2);
    expect(built.explain(design, ROWS)).toEqual(Explainer.of(model, method).explain(design, ROWS));
    expect(turns).toBeGreaterThan(10);
  });
});

describe('a linear model', () => {
  const model: AdditiveModel = {
    space: 'log_odds',
    calibration: 'platt',
    sources: [[1], [1], [0, 2]],
    background: { name: 'favourable', rows: 9 },
    form: {
      kind: 'linear',
      coefficients: Float64Array.of(2, -1, 0.5),
      intercept: 0.25,
      means: Float64Array.of(1, 1, 2),
    },
  };

  it('is explained by coefficient times distance from the mean, shared in equal parts', () => {
    expect(Explainer.of(model).explain(Float64Array.of(2, 3, 6, 1, 1, 2), 2)).toEqual({
      method: 'linear',
      base: 2.25,
      output: Float64Array.of(4.25, 2.25),
      values: Float64Array.of(1, 0, 1, 0, 0, 0),
    });
  });

  it('has no tree method', () => {
    expect(() => Explainer.of(model, 'tree_interventional')).toThrow(
      'expected method linear for a linear model, got tree_interventional',
    );
  });

  it('needs a coefficient for each design column', () => {
    expect(() => Explainer.of({ ...model, sources: [[0], [1]] })).toThrow(
      'expected 2 coefficients and means, got 3 and 3',
    );
  });

  it('needs a raw feature for each design column', () => {
    expect(() => Explainer.of({ ...model, sources: [[0], [], [1]] })).toThrow(
      'design column 1: expected at least one raw feature, got none',
    );
  });

  it('refuses a design of another size', () => {
    expect(() => Explainer.of(model).explain(new Float64Array(7), 2)).toThrow(
      'expected 2 rows of 3 design columns, got 7 numbers',
    );
  });
});

describe('trees', () => {
  const form = randomTrees({ seed: 1, trees: 1, depth: 2, columns: 3 });

  it('are explained against the background rows unless told otherwise', () => {
    expect(Explainer.of(modelOf(form, 3)).method).toBe('tree_interventional');
  });

  it('have no linear method', () => {
    expect(() => Explainer.of(modelOf(form, 3), 'linear')).toThrow(
      'expected a method for trees, got linear',
    );
  });

  it.each([0, 5])('need whole background rows for the interventional method: %d', (numbers) => {
    const short = { ...form, background: new Float32Array(numbers) };
    expect(() => Explainer.of(modelOf(short, 3))).toThrow(
      `expected background rows of 3 design columns, got ${numbers} numbers`,
    );
    expect(() => Explainer.of(modelOf(short, 3), 'tree_path_dependent')).not.toThrow();
  });
});

/** The greatest distance between a row's margin and base + the sum of its contributions. */
function largestGap({ base, output, values }: Contributions): number {
  const width = values.length / output.length;
  const gaps = Array.from(output, (margin, row) => {
    const own = values.subarray(row * width, (row + 1) * width);
    return Math.abs(own.reduce((sum, value) => sum + value, base) - margin);
  });
  return Math.max(...gaps);
}

/** One tree that splits each column once, one below the other: the left children are leaves. */
function chain(columns: number): TreesForm {
  const nodes = 2 * columns + 1;
  const numbers = Array.from({ length: nodes }, (_, node) => node);
  const isLeaf = (node: number): boolean => node % 2 === 1 || node === nodes - 1;
  return {
    kind: 'trees',
    scale: 1,
    offset: 0,
    background: new Float32Array(2 * columns).fill(0.5, 0, columns),
    cover: Float64Array.from(numbers, (node) => (node % 2 === 1 ? 1 : columns + 1 - node / 2)),
    trees: {
      roots: Int32Array.of(0),
      columns: Int32Array.from(numbers, (node) => (isLeaf(node) ? -1 : node / 2)),
      thresholds: new Float32Array(nodes).fill(0.4),
      missingLeft: new Uint8Array(nodes),
      subsets: new Int32Array(nodes).fill(-1),
      links: Int32Array.from(numbers, (node) => (isLeaf(node) ? node >> 1 : node + 2)),
      values: Float32Array.from({ length: columns + 1 }, (_, leaf) => Math.sin(leaf)),
      categorySets: [],
    },
  };
}
