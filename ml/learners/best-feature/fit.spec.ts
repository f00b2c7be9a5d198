// The single best feature against the slow way: bins by comparing with every cut, losses row by row, and its tree in ONNX Runtime.
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Random } from '../../../src/statistics/random.ts';
import { matrixOf, type Float32Matrix } from '../../numeric/matrix.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import { equalCountUppers } from '../../trees/equal-count.ts';
import { sumTreesInto } from '../../trees/tree-ensemble.ts';
import type { DesignColumn, Task, TrainingSet } from '../learner.ts';
import { priorOf } from '../prior/fit.ts';
import { binOf } from './bin-sums.ts';
import { fitBestFeature } from './fit.ts';
import type { BestFeatureModel } from './model.ts';
import { bestFeatureParams } from './params.ts';
import { treeOf } from './to-onnx.ts';

const DEFAULTS = bestFeatureParams.parse({});
const TASKS: readonly Task[] = [
  { kind: 'binary' },
  { kind: 'multiclass', classes: 3 },
  { kind: 'regression' },
];
const COLUMNS: readonly DesignColumn[] = [
  { name: 'noise', categories: null },
  { name: 'number', categories: null },
  { name: 'category', categories: 12 },
];

/** The target follows column 1 or 2 (`by`), with noise; a cell in ten is missing; weights 0 ... 3 or none. */
function sample(task: Task, by: 1 | 2, weighted: boolean, rows = 300): TrainingSet {
  const random = Random.of(3, by, rows);
  const cells = Float32Array.from({ length: rows * 3 }, (_, i) => {
    if (random.nextInt(10) === 0) return NaN;
    return i % 3 === 2 ? random.nextInt(12) : Math.fround(random.nextInt(1000) / 70);
  });
  const y = Float64Array.from({ length: rows }, (_, row) => {
    const cell = cells[row * 3 + by] as number;
    const signal = (Number.isNaN(cell) ? 20 : (cell * 7) % 11) + random.nextInt(40) / 10;
    if (task.kind === 'regression') return signal;
    if (row < 3) return row % (task.kind === 'binary' ? 2 : 3);
    return task.kind === 'binary' ? Number(signal > 6) : signal > 9 ? 2 : signal > 5 ? 1 : 0;
  });
  const weights = weighted ? Float64Array.from(y, (_, i) => (i < 3 ? 1 : random.nextInt(4))) : null;
  return { x: matrixOf(cells, 3), columns: COLUMNS, y, task, weights };
}

/** Eight columns, numbers and categories, that have nothing to do with the target; rare classes, and cells missing here and there. */
function noise(task: Task, seed: number): TrainingSet {
  const random = Random.of(4, seed);
  const rows = 80;
  const columns = Array.from({ length: 8 }, (_, i) => ({
    name: `c${i}`,
    categories: i % 2 === 0 ? null : 3 + i,
  }));
  const cells = Float32Array.from({ length: rows * 8 }, (_, i) => {
    const { categories = null } = columns[i % 8] ?? {};
    if (random.nextInt(4 + (i % 8)) === 0) return NaN;
    return categories === null ? random.nextInt(30) : random.nextInt(categories);
  });
  const classes = task.kind === 'multiclass' ? 3 : 2;
  const y = Float64Array.from({ length: rows }, (_, row) => {
    if (task.kind === 'regression') return random.nextInt(100) / 10 + 50;
    return row < classes ? row : Math.min(random.nextInt(classes), random.nextInt(classes));
  });
  const weights = Float64Array.from(y, (_, row) => (row < 3 ? 1 : random.nextInt(3)));
  return { x: matrixOf(cells, 8), columns, y, task, weights };
}

/** The answers of each row if only `column` were looked at, [rows][outputs], every one computed from all rows. */
function slowAnswers(data: TrainingSet, column: number): readonly (readonly number[])[] {
  const { x, y, task, weights, columns } = data;
  const cell = (row: number): number => x.data[row * x.columns + column] as number;
  const weightOf = (row: number): number => weights?.[row] ?? 1;
  const rows = [...y.keys()];
  const counted = rows.filter((row) => weightOf(row) > 0);
  const present = counted.map(cell).filter((value) => !Number.isNaN(value));
  const uppers = equalCountUppers(Float32Array.from(present).sort(), DEFAULTS.max_bins);
  const binOf = (row: number): string => {
    const value = cell(row);
    if (Number.isNaN(value)) return 'missing';
    return columns[column]?.categories !== null
      ? `${value}`
      : `${uppers.findIndex((upper) => value <= upper)}`;
  };
  return rows.map((row) =>
    [...priorOf(data)].map((prior, k) => {
      const bin = counted.filter((other) => binOf(other) === binOf(row));
      const target = (other: number): number =>
        task.kind === 'multiclass' ? Number(y[other] === k) : (y[other] as number);
      const sum = bin.reduce((all, other) => all + weightOf(other) * target(other), 0);
      const weight = bin.reduce((all, other) => all + weightOf(other), 0);
      return (sum + DEFAULTS.smoothing * prior) / (weight + DEFAULTS.smoothing);
    }),
  );
}

function slowLoss(
  { y, task, weights }: TrainingSet,
  answers: readonly (readonly number[])[],
): number {
  return answers.reduce((loss, answer, row) => {
    const label = y[row] as number;
    const [first = NaN] = answer;
    const own =
      task.kind === 'regression'
        ? (first - label) ** 2
        : -Math.log(
            task.kind === 'multiclass' ? (answer[label] ?? NaN) : label === 1 ? first : 1 - first,
          );
    return loss + (weights?.[row] ?? 1) * own;
  }, 0);
}

const answersOf = (model: BestFeatureModel, x: Float32Matrix): Float64Array => {
  const out = new Float64Array(x.rows * model.outputs);
  model.predictInto(x, out);
  return out;
};

describe.each(TASKS)('fitBestFeature, $kind', (task) => {
  const cases: readonly (readonly [1 | 2, boolean])[] = [
    [1, false],
    [2, false],
    [1, true],
    [2, true],
  ];

  it.each(cases)(
    'takes the column of least training loss and answers its smoothed means (column %i, weighted %s)',
    (by, weighted) => {
      const data = sample(task, by, weighted);
      const model = fitBestFeature(DEFAULTS, data);
      const slow = [0, 1, 2].map((column) => slowAnswers(data, column));
      const losses = slow.map((answers) => slowLoss(data, answers));
      expect(model.column).toBe(losses.indexOf(Math.min(...losses)));
      expect(model.column).toBe(by);
      const expected = slow[by]?.flat() ?? [];
      const worst = answersOf(model, data.x as Float32Matrix).reduce(
        (most, value, i) => Math.max(most, Math.abs(value - (expected[i] ?? NaN))),
        0,
      );
      expect(worst).toBeLessThan(task.kind === 'regression' ? 2e-6 : 1e-7);
    },
  );

  it('finds the least loss also among columns that tell almost nothing', () => {
    for (let seed = 0; seed < 8; seed++) {
      const data = noise(task, seed);
      const losses = data.columns.map((_, column) => slowLoss(data, slowAnswers(data, column)));
      expect(fitBestFeature(DEFAULTS, data).column).toBe(losses.indexOf(Math.min(...losses)));
    }
  });

  it('is one tree in ONNX Runtime, bit for bit, at its cuts, beyond them and where nothing is known', async () => {
    for (const by of [1, 2] as const) {
      const model = fitBestFeature(DEFAULTS, sample(task, by, false));
      const edges = [NaN, -3.4e38, 0, 3.4e38, ...Array.from({ length: 12 }, (_, code) => code)];
      const cells = [
        ...(sample(task, by, true).x as Float32Matrix).data,
        ...edges.flatMap((e) => [e, e, e]),
      ];
      const x = matrixOf(Float32Array.from(cells), 3);
      const graph = new GraphBuilder();
      graph.output(model.toOnnx(graph, graph.input('x', 'float', ['N', 3])), 'y', 'float', [
        'N',
        model.outputs,
      ]);
      const session = await InferenceSession.create(graph.build());
      const { y } = await session.run({ x: new Tensor('float32', x.data, [x.rows, 3]) });
      expect(y?.dims).toEqual([x.rows, model.outputs]);
      expect(Float64Array.from(y?.data as Float32Array)).toEqual(answersOf(model, x));
    }
  });

  it('does not look at rows that weigh 0', () => {
    const data = sample(task, 1, false);
    const weights = data.y.map((_, row) => (row < 200 ? 1 : 0)) as Float64Array;
    const kept = matrixOf((data.x as Float32Matrix).data.slice(0, 600), 3);
    const alone = fitBestFeature(DEFAULTS, { ...data, x: kept, y: data.y.slice(0, 200) });
    const x = data.x as Float32Matrix;
    expect(answersOf(fitBestFeature(DEFAULTS, { ...data, weights }), x)).toEqual(
      answersOf(alone, x),
    );
  });
});

describe('fitBestFeature', () => {
  const binary = (cells: readonly number[], y: readonly number[]): TrainingSet => ({
    x: matrixOf(Float32Array.from(cells), 2),
    columns: COLUMNS.slice(0, 2),
    y: Uint8Array.from(y),
    task: { kind: 'binary' },
    weights: null,
  });

  it('takes the first of two equal columns', () => {
    expect(fitBestFeature(DEFAULTS, binary([1, 1, 2, 2, 3, 3], [0, 0, 1])).column).toBe(0);
  });

  it('answers the prior where nothing was missing in training and something is now', () => {
    const model = fitBestFeature(DEFAULTS, binary([1, 1, 2, 2, 3, 3, 4, 4], [0, 0, 0, 1]));
    expect([...answersOf(model, matrixOf(Float32Array.of(NaN, NaN), 2))]).toEqual([0.25]);
  });

  it('learns from columns that are all missing, and says so by answering the prior', () => {
    const model = fitBestFeature(DEFAULTS, binary([NaN, NaN, NaN, NaN], [0, 1]));
    expect([...answersOf(model, matrixOf(Float32Array.of(5, NaN), 2))]).toEqual([0.5]);
  });
});

describe('treeOf and binOf', () => {
  it('answer as comparing with every cut does, for every number of bins, at the cuts too', () => {
    for (let bins = 1; bins <= 17; bins++) {
      const uppers = Float32Array.from({ length: bins }, (_, i) => (i === bins - 1 ? Infinity : i));
      const values = Float32Array.from({ length: bins + 1 }, (_, i) => i * i + 1);
      const cells = Float32Array.from({ length: 40 }, (_, i) => (i === 0 ? NaN : i / 2 - 2));
      const out = new Float64Array(40);
      sumTreesInto(treeOf({ column: 0, uppers, values, outputs: 1 }), matrixOf(cells, 1), out);
      const expected = Float64Array.from(cells, (cell) => {
        const bin = uppers.findIndex((upper) => cell <= upper);
        return values[bin < 0 ? bins : bin] as number;
      });
      expect(out).toEqual(expected);
      for (const cell of cells.subarray(1))
        expect(binOf(uppers, cell)).toBe(uppers.findIndex((upper) => cell <= upper));
    }
  });
});
