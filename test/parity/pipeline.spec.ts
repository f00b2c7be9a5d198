// The TypeScript pipeline against its ONNX graph in ONNX Runtime: derived features and encodings bit for bit, probabilities of both
// learners on every row of the data, complete and riddled with missing values.
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { learners, type LearnerName } from '../../ml/learners/index.ts';
import type { Learner } from '../../ml/learners/learner.ts';
import { matrixOf, type Float32Matrix } from '../../ml/numeric/matrix.ts';
import { Random } from '../../src/statistics/random.ts';
import { exportPipeline } from '../../ml/onnx/export-pipeline.ts';
import { GraphBuilder } from '../../ml/onnx/graph-builder.ts';
import { fitPipeline } from '../../ml/pipeline.ts';
import {
  appendDerived,
  appendDerivedToOnnx,
  deriveFeature,
} from '../../ml/preprocessing/derived.ts';
import { fitPreprocessing } from '../../ml/preprocessing/preprocessing.ts';
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import { loadWdbc } from '../support/wdbc.ts';

const wdbc = loadWdbc();

async function run(
  model: Uint8Array,
  x: Float32Matrix,
  output: string,
): Promise<ArrayLike<number>> {
  const session = await InferenceSession.create(model);
  const outputs = await session.run({
    features: new Tensor('float32', x.data, [x.rows, x.columns]),
  });
  return outputs[output]?.data as Float32Array | Float64Array;
}

/** Object.is on every value: NaN equals NaN, and 0 is not -0. Plain arrays, because runtime and test have their own typed arrays. */
function expectSameBits(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(Array.from(actual)).toEqual(Array.from(expected));
}

describe('derived features', () => {
  const features: readonly FeatureSpec[] = ['a', 'b', 'c d'].map((name) => ({
    kind: 'numeric',
    name,
    nullable: true,
  }));
  const values = [0, 1, -1, 0.1, 3, 1e-40, 3e38, -3e38, Infinity, -Infinity, NaN].map(Math.fround);
  const triples = values.flatMap((a) => values.flatMap((b) => values.map((c) => [a, b, c])));
  const x = matrixOf(Float32Array.from(triples.flat()), 3);

  it.each([
    'a + b * `c d`',
    '(a - b) / c d',
    '-a / (b + 2.5)',
    'sqrt(abs(a * b))',
    'min(a, b, c d) - max(a, 0.5)',
    'max(a, b)',
    'min(a, b)',
    'a < b',
    'a <= b',
    'a > 1',
    'a >= b',
    'a == b',
    'a != c d',
    '(a < b) * c d + (a >= b) * 2',
  ])(
    'are the same bits in the graph for every combination of special values: %s',
    async (source) => {
      const derived = [deriveFeature('derived', source, features)];
      const graph = new GraphBuilder();
      const input = graph.input('features', 'float', ['N', 3]);
      graph.output(appendDerivedToOnnx(graph, input, derived), 'columns', 'float', ['N', 4]);
      const theirs = await run(graph.build(), x, 'columns');
      expectSameBits(theirs, appendDerived(x, derived).data);
    },
  );

  it('take the logarithm of the whole float32 range alike', async () => {
    const random = Random.of(1);
    const bits = Uint32Array.from({ length: 30_000 }, () => random.next());
    const wide = matrixOf(new Float32Array(bits.buffer), 3);
    const derived = [deriveFeature('derived', 'log(a)', features)];
    const graph = new GraphBuilder();
    const input = graph.input('features', 'float', ['N', 3]);
    graph.output(appendDerivedToOnnx(graph, input, derived), 'columns', 'float', ['N', 4]);
    expectSameBits(await run(graph.build(), wide, 'columns'), appendDerived(wide, derived).data);
  });
});

/** wdbc with two made-up categories, ratios that divide by zero, and one cell in ten missing or infinite. */
const REGIONS = ['north', 'east', 'south', 'west'];
const riddledFeatures: readonly FeatureSpec[] = [
  ...wdbc.features,
  { kind: 'categorical', name: 'region', nullable: true, categories: REGIONS },
  { kind: 'categorical', name: 'ward', nullable: false, categories: ['a', 'b', 'never seen'] },
];
function riddle(): Float32Matrix {
  const random = Random.of(77);
  const { data, columns, rows } = wdbc.rows;
  const cells: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (const value of data.subarray(row * columns, (row + 1) * columns)) {
      const lot = random.nextInt(30);
      cells.push([NaN, NaN, Infinity][lot] ?? value);
    }
    cells.push([NaN][random.nextInt(5)] ?? random.nextInt(4), random.nextInt(2));
  }
  return matrixOf(Float32Array.from(cells), riddledFeatures.length);
}

const derivedOf = (features: readonly FeatureSpec[]) => [
  deriveFeature('radius_ratio', 'worst radius / mean radius', features),
  deriveFeature('concavity_ratio', 'worst concavity / mean concavity', features),
  deriveFeature('large', '(mean area > 700) * log(worst area)', features),
];

const sets = [
  ['wdbc', wdbc.features, wdbc.rows],
  ['wdbc with categories and missing values', riddledFeatures, riddle()],
] as const;

describe.each(sets)('%s', (_, features, rows) => {
  const derived = derivedOf(features);

  it.each(['linear', 'tree', 'native'] as const)(
    'has the same bits in the design matrix for %s learners',
    async (kind) => {
      const spec = { features, derived, preprocessing: {}, task: { kind: 'binary' } } as const;
      const training = { x: rows, y: wdbc.y, weights: null };
      const { encoding } = fitPreprocessing(kind, spec, training, Random.of(1));
      const graph = new GraphBuilder();
      const input = graph.input('features', 'float', ['N', features.length]);
      const width = encoding.columns.length;
      const type = kind === 'linear' ? 'double' : 'float';
      graph.output(encoding.toOnnx(graph, input), 'design', type, ['N', width]);
      const theirs = await run(graph.build(), rows, 'design');
      const ours = encoding.transform(rows);
      expect(ours.columns).toBe(width);
      expectSameBits(theirs, ours.data);
    },
  );

  const fit = (name: LearnerName) => {
    const learner: Learner<unknown> = learners[name];
    const params = learner.params.parse({});
    const spec = { learner, params, features, derived, task: { kind: 'binary' } } as const;
    const training = { x: rows, y: wdbc.y, weights: null };
    return fitPipeline(spec, training, { random: Random.of(42), threads: 1 });
  };

  it.each(Object.keys(learners) as LearnerName[])(
    'has the probabilities of %s within half a float32 step of 1 (6e-8) on every row',
    async (name) => {
      const pipeline = await fit(name);
      const ours = new Float64Array(rows.rows);
      pipeline.predictInto(rows, ours);
      const theirs = await run(exportPipeline(pipeline, features.length, 0.5), rows, 'probability');
      const differences = ours.map((p, row) => Math.abs(p - (theirs[row] ?? Number.NaN)));
      expect(Math.max(...differences)).toBeLessThan(6e-8);
    },
  );

  it('has the very float32 of the forest, so every tree takes the same turns', async () => {
    const pipeline = await fit('random_forest');
    const ours = new Float64Array(rows.rows);
    pipeline.predictInto(rows, ours);
    const model = exportPipeline(pipeline, features.length, 0.5);
    expectSameBits(await run(model, rows, 'probability'), Float32Array.from(ours));
  });

  it('gives the same answer for a row alone as among all', async () => {
    const model = exportPipeline(await fit('random_forest'), features.length, 0.5);
    const all = await run(model, rows, 'probability');
    const alone = matrixOf(rows.data.slice(0, rows.columns), rows.columns);
    expectSameBits(await run(model, alone, 'probability'), [all[0] ?? Number.NaN]);
  });

  it.each(Object.keys(learners) as LearnerName[])(
    'exports %s to the same bytes twice',
    async (name) => {
      const once = exportPipeline(await fit(name), features.length, 0.5);
      const again = exportPipeline(await fit(name), features.length, 0.5);
      expect(Buffer.compare(once, again)).toBe(0);
    },
  );
});
