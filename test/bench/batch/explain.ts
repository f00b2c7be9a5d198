// What an explanation costs: 200 full trees of depth 6 over 30 features, by both methods, one row at a time and 10,000 at once.
import type {
  AdditiveModel,
  ExplanationMethod,
  SplitTrees,
} from '../../../src/explanation/additive-model.ts';
import { Explainer } from '../../../src/explanation/explainer.ts';
import { Random } from '../../../src/statistics/random.ts';
import type { Figure } from '../figures.ts';
import { quantile } from '../figures.ts';
import type { BatchResult } from './parts.ts';

const TREES = 200;
const DEPTH = 6;
const FEATURES = 30;
const BACKGROUND = 100;
const ROWS = 10_000;
const SINGLES = 2000;
const MOST_MS = 1;
const LEAST_PER_SECOND = 3000;

const METHODS = ['tree_path_dependent', 'tree_interventional'] as const;

export function measureExplain(): Promise<BatchResult> {
  const random = Random.of(1);
  const model = syntheticModel(random);
  const rows = uniform(random, ROWS * FEATURES);
  const figures = METHODS.flatMap((method) => figuresOf(model, method, rows));
  return Promise.resolve({
    figures,
    measured: { trees: TREES, depth: DEPTH, background: BACKGROUND },
  });
}

function figuresOf(model: AdditiveModel, method: ExplanationMethod, rows: Float32Array): Figure[] {
  const began = performance.now();
  const explainer = Explainer.of(model, method);
  const built = performance.now() - began;
  const singles = Array.from({ length: SINGLES }, (_, i) => {
    const row = rows.subarray(i * FEATURES, (i + 1) * FEATURES);
    const from = performance.now();
    explainer.explain(row, 1);
    return performance.now() - from;
  });
  const from = performance.now();
  explainer.explain(rows, ROWS);
  const perSecond = (ROWS * 1000) / (performance.now() - from);
  return [
    { what: `${method}: made ready`, value: built, unit: 'ms', digits: 0 },
    {
      what: `${method}: one explanation, median`,
      value: quantile(singles, 0.5),
      unit: 'ms',
      goal: MOST_MS,
    },
    {
      what: `${method}: 10,000 rows`,
      value: perSecond,
      unit: 'rows/s',
      goal: LEAST_PER_SECOND,
      atLeast: true,
      digits: 0,
    },
  ];
}

const uniform = (random: Random, length: number): Float32Array =>
  Float32Array.from({ length }, () => random.next() / 2 ** 32);

function syntheticModel(random: Random): AdditiveModel {
  const perTree = 2 ** (DEPTH + 1) - 1;
  const nodes = TREES * perTree;
  const trees: SplitTrees & { readonly cover: Float64Array } = {
    roots: Int32Array.from({ length: TREES }, (_, tree) => tree * perTree),
    columns: new Int32Array(nodes).fill(-1),
    thresholds: new Float32Array(nodes),
    missingLeft: new Uint8Array(nodes),
    subsets: new Int32Array(nodes).fill(-1),
    links: new Int32Array(nodes),
    values: Float32Array.from(
      { length: TREES * 2 ** DEPTH },
      () => (random.next() / 2 ** 32 - 0.5) / 50,
    ),
    categorySets: [],
    cover: new Float64Array(nodes),
  };
  const state = { node: 0, leaf: 0 };
  for (let tree = 0; tree < TREES; tree++) grow(trees, random, state, 0, 1000);
  return {
    space: 'log_odds',
    calibration: 'none',
    sources: Array.from({ length: FEATURES }, (_, i) => [i]),
    background: { name: 'training', rows: BACKGROUND },
    form: {
      kind: 'trees',
      trees,
      scale: 1,
      offset: 0,
      cover: trees.cover,
      background: uniform(random, BACKGROUND * FEATURES),
    },
  };
}

/** A full tree in preorder. */
function grow(
  trees: SplitTrees & { readonly cover: Float64Array },
  random: Random,
  state: { node: number; leaf: number },
  depth: number,
  rows: number,
): void {
  const node = state.node++;
  trees.cover[node] = rows;
  if (depth === DEPTH) {
    trees.links[node] = state.leaf++;
    return;
  }
  trees.columns[node] = random.next() % FEATURES;
  const threshold = 0.2 + (0.6 * random.next()) / 2 ** 32;
  trees.thresholds[node] = threshold;
  grow(trees, random, state, depth + 1, rows * threshold);
  trees.links[node] = state.node;
  grow(trees, random, state, depth + 1, rows * (1 - threshold));
}
