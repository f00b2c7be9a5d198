// Built models load and run in ONNX Runtime, and the same calls give the same bytes.
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { exportPipeline, type ExportablePipeline } from './export-pipeline.ts';
import { GraphBuilder, GraphError, outputOf } from './graph-builder.ts';

const linear: ExportablePipeline = {
  task: { kind: 'binary' },
  toOnnx(graph, input) {
    const weights = graph.float(Float32Array.of(1, -2), [2, 1]);
    const bias = graph.float(Float32Array.of(0.5), [1]);
    return graph.node('Sigmoid', [graph.node('Gemm', [input, weights, bias])]);
  },
};

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

async function run(
  model: Uint8Array,
  rows: readonly number[],
  columns: number,
): Promise<Readonly<Record<string, Tensor>>> {
  const session = await InferenceSession.create(model);
  const features = new Tensor('float32', Float32Array.from(rows), [rows.length / columns, columns]);
  return await session.run({ features });
}

describe('exportPipeline', () => {
  it('gives a model whose probabilities and labels ONNX Runtime computes', async () => {
    const model = exportPipeline(linear, 2, 0.5);
    const { label, probability } = await run(model, [1, 0, 0, 1, 2, 1.25], 2);
    expect(probability?.dims).toEqual([3, 1]);
    expect(label?.dims).toEqual([3]);
    expect(Array.from(label?.data as BigInt64Array, Number)).toEqual([1, 0, 1]);
    const expected = [sigmoid(1.5), sigmoid(-1.5), 0.5];
    (probability?.data as Float32Array).forEach((p, i) => {
      expect(p).toBeCloseTo(expected[i] ?? Number.NaN, 6);
    });
  });

  it('labels by the threshold it was given', async () => {
    const { label } = await run(exportPipeline(linear, 2, 0.9), [1, 0, 4, 0], 2);
    expect(Array.from(label?.data as BigInt64Array, Number)).toEqual([0, 1]);
  });

  it('answers several classes with their probabilities and the most probable one, the first of equals', async () => {
    const classes: ExportablePipeline = {
      task: { kind: 'multiclass', classes: 3 },
      toOnnx: (graph, input) => graph.node('Softmax', [input], { axis: { int: 1 } }),
    };
    const { label, probability } = await run(
      exportPipeline(classes, 3, 0.5),
      [0, 2, 1, 5, 0, 0, 1, 1, 0],
      3,
    );
    expect(probability?.dims).toEqual([3, 3]);
    expect(Array.from(label?.data as BigInt64Array, Number)).toEqual([1, 0, 0]);
  });

  it('answers a regression with its values alone', async () => {
    const line: ExportablePipeline = {
      task: { kind: 'regression' },
      toOnnx: (graph, input) =>
        graph.node('MatMul', [input, graph.float(Float32Array.of(2, -1), [2, 1])]),
    };
    const outputs = await run(exportPipeline(line, 2, 0.5), [1, 1, 3, 4], 2);
    expect(Object.keys(outputs)).toEqual(['prediction']);
    expect(outputs.prediction?.dims).toEqual([2, 1]);
    expect(Array.from(outputs.prediction?.data as Float32Array)).toEqual([1, 2]);
  });

  it('gives the same bytes for the same pipeline', () => {
    expect(exportPipeline(linear, 2, 0.5)).toEqual(exportPipeline(linear, 2, 0.5));
  });
});

describe('GraphBuilder', () => {
  it('writes every kind of attribute, tensors of double and int64, and nodes of the ml domain', async () => {
    const graph = new GraphBuilder();
    const features = graph.input('features', 'float', ['N', 3]);
    const top = graph.node(
      'TopK',
      [features, graph.int64([2], [1])],
      { axis: { int: -1 } },
      { outputs: 2 },
    );
    const wide = graph.node('Cast', [top], { to: { int: 11 } });
    const shifted = graph.node('Add', [wide, graph.double(Float64Array.of(0.1, 0.2), [2])]);
    const tree = graph.node(
      'TreeEnsembleRegressor',
      [features],
      {
        nodes_treeids: { ints: [0, 0, 0] },
        nodes_nodeids: { ints: [0, 1, 2] },
        nodes_featureids: { ints: [1, 0, 0] },
        nodes_values: { floats: [0.5, 0, 0] },
        nodes_modes: { strings: ['BRANCH_LEQ', 'LEAF', 'LEAF'] },
        nodes_truenodeids: { ints: [1, 0, 0] },
        nodes_falsenodeids: { ints: [2, 0, 0] },
        target_treeids: { ints: [0, 0] },
        target_nodeids: { ints: [1, 2] },
        target_ids: { ints: [0, 0] },
        target_weights: { floats: Float32Array.of(-1.5, 2.5) },
        n_targets: { int: 1 },
        post_transform: { string: 'NONE' },
      },
      { domain: 'ai.onnx.ml' },
    );
    const leaky = graph.node('LeakyRelu', [tree], { alpha: { float: 0.25 } });
    graph.output(shifted, 'largest', 'double', ['N', 2]);
    graph.output(outputOf(top, 1), 'positions', 'int64', ['N', 2]);
    graph.output(leaky, 'tree', 'float', ['N', 1]);

    const { largest, positions, tree: scores } = await run(graph.build(), [3, 0.25, 2, 1, 5, 4], 3);
    expect(Array.from(largest?.data as Float64Array)).toEqual([3.1, 2.2, 5.1, 4.2]);
    expect(Array.from(positions?.data as BigInt64Array, Number)).toEqual([0, 2, 1, 2]);
    expect(Array.from(scores?.data as Float32Array)).toEqual([-0.375, 2.5]);
  });

  it('refuses a node that reads a tensor nobody has made', () => {
    expect(() => new GraphBuilder().node('Relu', ['nowhere'])).toThrow(GraphError);
  });

  it('refuses a second tensor of the same name', () => {
    const graph = new GraphBuilder();
    graph.input('features', 'float', ['N', 1]);
    expect(() => graph.input('features', 'float', ['N', 1])).toThrow(
      'two tensors are named features',
    );
  });

  it('refuses values that do not fill the shape', () => {
    expect(() => new GraphBuilder().float(Float32Array.of(1, 2), [3])).toThrow(
      'a tensor of shape [3] takes 3 values, not 2',
    );
  });
});
