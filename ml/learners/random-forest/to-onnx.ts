// The random forest as a TreeEnsembleRegressor that sums leaf values, followed by the division by the number of trees.
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { FlatForest } from './flat-forest.ts';

const FLOAT = { int: 1 };
const DOUBLE = { int: 11 };

/** `input` names float32 [N, columns] without NaN; returns the name of float32 [N, 1]. */
export function randomForestToOnnx(
  graph: GraphBuilder,
  input: string,
  { roots, columns, thresholds, rights, leaves }: FlatForest,
): string {
  const trees = new Int32Array(columns.length);
  roots.forEach((root, tree) => trees.fill(tree, root));
  const idInTree = (node: number): number => node - (roots[trees[node] as number] as number);
  const ids = columns.map((_, node) => idInTree(node));
  const isLeaf = (node: number): boolean => columns[node] === -1;
  const leafNodes = Int32Array.from(columns.keys()).filter(isLeaf);

  const sums = graph.node(
    'TreeEnsembleRegressor',
    [input],
    {
      n_targets: { int: 1 },
      aggregate_function: { string: 'SUM' },
      post_transform: { string: 'NONE' },
      nodes_treeids: { ints: trees },
      nodes_nodeids: { ints: ids },
      nodes_featureids: { ints: columns.map((column) => Math.max(column, 0)) },
      nodes_values: { floats: thresholds },
      nodes_modes: {
        strings: Array.from(columns, (column) => (column === -1 ? 'LEAF' : 'BRANCH_LEQ')),
      },
      nodes_truenodeids: {
        ints: ids.map((id, node) => (isLeaf(node) ? 0 : id + 1)),
      },
      nodes_falsenodeids: {
        ints: rights.map((right, node) => (isLeaf(node) ? 0 : idInTree(right))),
      },
      target_treeids: { ints: leafNodes.map((node) => trees[node] as number) },
      target_nodeids: { ints: leafNodes.map((node) => ids[node] as number) },
      target_ids: { ints: leafNodes.map(() => 0) },
      target_weights: {
        floats: Float32Array.from(leafNodes, (node) => leaves[node] as number),
      },
    },
    { domain: 'ai.onnx.ml' },
  );
  const share = graph.double(Float64Array.of(1 / roots.length), [1, 1]);
  const mean = graph.node('Mul', [graph.node('Cast', [sums], { to: DOUBLE }), share]);
  return graph.node('Cast', [mean], { to: FLOAT });
}
