// Any tree ensemble as one TreeEnsembleRegressor of ai.onnx.ml 3, whose float32 sums are the trainer's, bit for bit.
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { appendMembers, memberColumns } from './category-members.ts';
import type { TreeEnsemble } from './tree-ensemble.ts';

/** `input` names float32 [N, columns], NaN where missing; returns the name of float32 [N, outputs], the raw sums. */
export function ensembleToOnnx(graph: GraphBuilder, input: string, ensemble: TreeEnsemble): string {
  const members = memberColumns(ensemble);
  const { columns, thresholds } = members;
  const { base, missingLeft, outputs } = ensemble;
  const isLeaf = (node: number): boolean => columns[node] === -1;
  const { trees, ids, trueIds, falseIds } = structureOf(ensemble);
  return graph.node(
    'TreeEnsembleRegressor',
    [appendMembers(graph, input, ensemble, members)],
    {
      n_targets: { int: outputs },
      aggregate_function: { string: 'SUM' },
      post_transform: { string: 'NONE' },
      ...(base.some((value) => value !== 0) ? { base_values: { floats: base } } : {}),
      nodes_treeids: { ints: trees },
      nodes_nodeids: { ints: ids },
      nodes_featureids: { ints: columns.map((column) => Math.max(column, 0)) },
      nodes_values: { floats: thresholds.map((value, node) => (isLeaf(node) ? 0 : value)) },
      nodes_modes: {
        strings: Array.from(columns, (column) => (column === -1 ? 'LEAF' : 'BRANCH_LEQ')),
      },
      nodes_truenodeids: { ints: trueIds },
      nodes_falsenodeids: { ints: falseIds },
      // A byte a node that most forests do without: absent, NaN goes to the false branch.
      ...(missingLeft.some((left, node) => left === 1 && !isLeaf(node))
        ? { nodes_missing_value_tracks_true: { ints: missingLeft } }
        : {}),
      ...targetsOf(ensemble, trees, ids),
    },
    { domain: 'ai.onnx.ml' },
  );
}

interface Structure {
  readonly trees: Int32Array;
  /** Numbered from 0 in each tree, which keeps the varints short. */
  readonly ids: Int32Array;
  readonly trueIds: Int32Array;
  readonly falseIds: Int32Array;
}

function structureOf({ roots, columns, links }: TreeEnsemble): Structure {
  const trees = new Int32Array(columns.length);
  const ids = new Int32Array(columns.length);
  const trueIds = new Int32Array(columns.length);
  const falseIds = new Int32Array(columns.length);
  roots.forEach((root, tree) => {
    const end = roots[tree + 1] ?? columns.length;
    for (let node = root; node < end; node++) {
      trees[node] = tree;
      ids[node] = node - root;
      if (columns[node] === -1) continue;
      trueIds[node] = node - root + 1;
      falseIds[node] = (links[node] as number) - root;
    }
  });
  return { trees, ids, trueIds, falseIds };
}

/** What the leaves add. Zeros are left out, but for one a leaf: a leaf without any target is not a leaf for every runtime. */
function targetsOf(
  { targets, leafWidth, columns, links, values }: TreeEnsemble,
  trees: Int32Array,
  ids: Int32Array,
) {
  const nodes: number[] = [];
  const places: number[] = [];
  columns.forEach((column, node) => {
    if (column !== -1) return;
    const first = nodes.length;
    for (let k = 0; k < leafWidth; k++) {
      if (values[(links[node] as number) + k] === 0) continue;
      nodes.push(node);
      places.push(k);
    }
    if (nodes.length > first) return;
    nodes.push(node);
    places.push(0);
  });
  return {
    target_treeids: { ints: nodes.map((node) => trees[node] as number) },
    target_nodeids: { ints: nodes.map((node) => ids[node] as number) },
    target_ids: {
      ints: nodes.map(
        (node, i) => (targets[trees[node] as number] as number) + (places[i] as number),
      ),
    },
    target_weights: {
      floats: Float32Array.from(
        nodes,
        (node, i) => values[(links[node] as number) + (places[i] as number)] as number,
      ),
    },
  };
}
