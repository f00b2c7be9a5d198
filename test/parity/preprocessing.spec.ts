// Every option of the preprocessing against its ONNX graph in ONNX Runtime, bit for bit: on the rows that it was fitted on, on rows of
// any float32 at all, and with columns that training saw nothing of.
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { LearnerInput, Task } from '../../ml/learners/learner.ts';
import { matrixOf, type Float32Matrix } from '../../ml/numeric/matrix.ts';
import { GraphBuilder } from '../../ml/onnx/graph-builder.ts';
import { deriveFeature } from '../../ml/preprocessing/derived.ts';
import type { Preprocessing } from '../../ml/preprocessing/options.ts';
import { fitPreprocessing } from '../../ml/preprocessing/preprocessing.ts';
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import { Random } from '../../src/statistics/random.ts';

const numeric = (name: string): FeatureSpec => ({ kind: 'numeric', name, nullable: true });
const categorical = (name: string, count: number): FeatureSpec => ({
  kind: 'categorical',
  name,
  nullable: true,
  categories: Array.from({ length: count }, (_, i) => `c${i}`),
});
const features: readonly FeatureSpec[] = [
  numeric('income'),
  categorical('region', 5),
  numeric('count'),
  numeric('debt'),
  numeric('constant'),
  numeric('nothing'),
  categorical('empty', 2),
  categorical('ward', 40),
];
const derived = [
  deriveFeature('ratio', 'debt / count', features),
  deriveFeature('large', '(income > 0) * log(debt)', features),
];
const ROWS = 1500;

/** Wide values, counts that are mostly 0, huge and infinite ones, one cell in eight missing; region 4 is never seen. */
function riddled(): Float32Matrix {
  const random = Random.of(77);
  const cells: number[] = [];
  for (let row = 0; row < ROWS; row++) {
    const income = (random.nextInt(2_000_001) - 1_000_000) / 64;
    const count = Math.max(0, random.nextInt(12) - 8);
    const debt = [Infinity, -3.4e38, 3.4e38, 1e-40, -0][random.nextInt(40)] ?? random.nextInt(900);
    const cut = [income, random.nextInt(4), count, debt].map((cell) =>
      random.nextInt(8) === 0 ? NaN : cell,
    );
    cells.push(...cut, 0.1, NaN, NaN, random.nextInt(39));
  }
  return matrixOf(Float32Array.from(cells), features.length);
}
const rows = riddled();
const y = Float64Array.from({ length: ROWS }, (_, row) => Random.of(80, row).nextInt(3));
const weights = Float64Array.from({ length: ROWS }, (_, row) => (row % 5) / 4);

/** What may come where training saw none of it: any float32 at all, codes between, beyond and below the declared ones, -0. */
function wild(): Float32Matrix {
  const random = Random.of(79);
  const cells = [0, -0, 0.5, 1, 2, 3, 4, -1, 7, 1e-40, 3.4e38, -3.4e38, Infinity, -Infinity, NaN];
  const bits = Uint32Array.from({ length: ROWS * features.length }, () => random.next());
  const anything = new Float32Array(bits.buffer);
  return matrixOf(
    anything.map((value) => cells[random.nextInt(2 * cells.length)] ?? value),
    features.length,
  );
}

const binary: Task = { kind: 'binary' };
const threeClasses: Task = { kind: 'multiclass', classes: 3 };
const regression: Task = { kind: 'regression' };
const target: Preprocessing = { categorical: { encode: 'target' } };
const everything: Preprocessing = {
  numeric: { missing_indicator: true },
  categorical: { encode: 'target', smoothing: 0 },
  features: {
    income: { transform: 'signed_log', missing_indicator: false },
    debt: { transform: 'rank_normal', impute: -7 },
    count: { scale: 'none' },
    ratio: { transform: 'rank_normal', scale: 'none' },
    region: { encode: 'one_hot' },
  },
};

const cases: readonly (readonly [LearnerInput, string, Preprocessing, Task])[] = [
  ...(['linear', 'tree', 'native'] as const).flatMap((input) => [
    [input, 'no options', {}, binary] as const,
    [input, 'median imputation', { numeric: { impute: 'median' } }, binary] as const,
    [input, 'constant imputation', { numeric: { impute: 0.1 } }, binary] as const,
    [input, 'missing indicators', { numeric: { missing_indicator: true } }, binary] as const,
    [input, 'target encoding of two classes', target, binary] as const,
    [input, 'target encoding of three classes', target, threeClasses] as const,
    [input, 'target encoding of values', target, regression] as const,
    [input, 'everything at once', everything, threeClasses] as const,
  ]),
  ['linear', 'signed log', { numeric: { transform: 'signed_log' } }, binary],
  ['linear', 'rank to normal', { numeric: { transform: 'rank_normal' } }, binary],
  ['linear', 'no scale', { numeric: { scale: 'none' } }, binary],
  [
    'linear',
    'rank to normal and no scale',
    { numeric: { transform: 'rank_normal', scale: 'none' } },
    binary,
  ],
];

/** The first place where two lists are not Object.is, -1 for nowhere: NaN equals NaN, and 0 is not -0. */
const firstDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  a.length === b.length
    ? Array.from(a).findIndex((value, i) => !Object.is(value, b[i]))
    : Math.min(a.length, b.length);

async function runDesign(
  model: Uint8Array,
  { data, rows: count, columns }: Float32Matrix,
): Promise<ArrayLike<number>> {
  const session = await InferenceSession.create(model);
  const outputs = await session.run({ features: new Tensor('float32', data, [count, columns]) });
  return outputs['design']?.data as Float32Array | Float64Array;
}

describe('the design matrix', () => {
  const binaryOf = y.map((label) => Math.min(label, 1));

  it.each(cases)(
    'of %s learners has the same bits in ONNX Runtime with %s',
    async (input, _name, preprocessing, task) => {
      const spec = { features, derived, preprocessing, task };
      const training = { x: rows, y: task.kind === 'binary' ? binaryOf : y, weights };
      const { encoding } = fitPreprocessing(input, spec, training, Random.of(1));
      const graph = new GraphBuilder();
      const raw = graph.input('features', 'float', ['N', features.length]);
      const type = input === 'linear' ? 'double' : 'float';
      const width = encoding.columns.length;
      graph.output(encoding.toOnnx(graph, raw), 'design', type, ['N', width]);
      const model = graph.build();
      for (const x of [rows, wild()]) {
        const ours = encoding.transform(x);
        expect(ours.columns).toBe(width);
        expect(firstDifference(await runDesign(model, x), ours.data)).toBe(-1);
      }
    },
  );
});
