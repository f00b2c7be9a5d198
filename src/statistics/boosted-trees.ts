// Gradient boosting of shallow classification trees on binned columns, just large enough to tell two samples apart. Friedman 2001, "Greedy
// function approximation", with second-order leaves as Chen and Guestrin 2016; categories split by the order of their gradients (Fisher 1958).

/** A column as bins, fewer than 256 of them. */
export interface BinnedColumn {
  readonly codes: Uint8Array;
  readonly bins: number;
  /** Neighbouring bins hold neighbouring values; otherwise bins are categories. */
  readonly ordered: boolean;
}

export interface BoostedTrees {
  /** Log-odds of class 1 of the named rows. */
  readonly score: (columns: readonly BinnedColumn[], rows: Uint32Array) => Float64Array;
  /** Loss that the splits on each column took away. */
  readonly gains: Float64Array;
}

export interface BoostingOptions {
  readonly rounds: number;
  readonly depth: number;
  readonly learningRate: number;
  readonly leastRows: number;
}

const DEFAULTS: BoostingOptions = { rounds: 40, depth: 3, learningRate: 0.15, leastRows: 20 };
// Named here: looking a global up costs a hundred times the arithmetic inside Jest's sandbox.
const { exp } = Math;
/** Added to the curvature of a leaf: an L2 penalty on its value. */
const PENALTY = 1;

type Node = { readonly value: number } | Branch;
interface Branch {
  readonly column: number;
  /** Of each bin: 1 where its rows go to `low`. */
  readonly isLow: Uint8Array;
  readonly gain: number;
  readonly low: Node;
  readonly high: Node;
}
type Split = Pick<Branch, 'column' | 'isLow' | 'gain'>;

/** Slopes and curvatures of the loss at each row. */
interface Steps {
  readonly slope: Float64Array;
  readonly curvature: Float64Array;
}

/** `labels` 0 or 1 of every row; learns from `rows`. Deterministic. */
export function fitBoostedTrees(
  columns: readonly BinnedColumn[],
  labels: Uint8Array,
  rows: Uint32Array,
  options: Partial<BoostingOptions> = {},
): BoostedTrees {
  const settings = { ...DEFAULTS, ...options };
  const positives = rows.reduce((sum, row) => sum + (labels[row] as number), 0);
  const base = Math.log((positives + 1) / (rows.length - positives + 1));
  const scores = new Float64Array(labels.length).fill(base);
  const steps = {
    slope: new Float64Array(labels.length),
    curvature: new Float64Array(labels.length),
  };
  const gains = new Float64Array(columns.length);
  const trees = Array.from({ length: settings.rounds }, () => {
    for (const row of rows) {
      const probability = 1 / (1 + exp(-(scores[row] as number)));
      steps.slope[row] = probability - (labels[row] as number);
      steps.curvature[row] = probability * (1 - probability);
    }
    const tree = grow(columns, steps, rows, settings.depth, settings);
    addGains(tree, gains);
    for (const row of rows) scores[row] = (scores[row] as number) + valueAt(tree, columns, row);
    return tree;
  });
  return {
    gains,
    score: (of, which) =>
      Float64Array.from(which, (row) =>
        trees.reduce((sum, tree) => sum + valueAt(tree, of, row), base),
      ),
  };
}

function grow(
  columns: readonly BinnedColumn[],
  steps: Steps,
  rows: Uint32Array,
  depth: number,
  options: BoostingOptions,
): Node {
  const split = depth === 0 ? null : bestSplit(columns, steps, rows, options.leastRows);
  if (split === null) return { value: leafValue(steps, rows) * options.learningRate };
  const { codes } = columns[split.column] as BinnedColumn;
  const isLow = (row: number): boolean => split.isLow[codes[row] as number] === 1;
  return {
    ...split,
    low: grow(columns, steps, rows.filter(isLow), depth - 1, options),
    high: grow(
      columns,
      steps,
      rows.filter((row) => !isLow(row)),
      depth - 1,
      options,
    ),
  };
}

function leafValue({ slope, curvature }: Steps, rows: Uint32Array): number {
  let [slopes, curvatures] = [0, PENALTY];
  for (const row of rows) {
    slopes += slope[row] as number;
    curvatures += curvature[row] as number;
  }
  return -slopes / curvatures;
}

function bestSplit(
  columns: readonly BinnedColumn[],
  steps: Steps,
  rows: Uint32Array,
  leastRows: number,
): Split | null {
  let best: Split | null = null;
  columns.forEach((column, place) => {
    const split = splitOf(column, steps, rows, leastRows);
    if (split !== null && split.gain > (best?.gain ?? 1e-9)) best = { ...split, column: place };
  });
  return best;
}

/** The bins in their order, or categories in that of their best leaf values, cut where the loss falls most. */
function splitOf(
  { codes, bins, ordered }: BinnedColumn,
  { slope, curvature }: Steps,
  rows: Uint32Array,
  leastRows: number,
): Omit<Split, 'column'> | null {
  const slopes = new Float64Array(bins);
  const curvatures = new Float64Array(bins);
  const counts = new Uint32Array(bins);
  for (const row of rows) {
    const bin = codes[row] as number;
    slopes[bin] = (slopes[bin] as number) + (slope[row] as number);
    curvatures[bin] = (curvatures[bin] as number) + (curvature[row] as number);
    counts[bin] = (counts[bin] as number) + 1;
  }
  const order = Uint8Array.from(counts.keys());
  const ratio = (bin: number): number =>
    (slopes[bin] as number) / ((curvatures[bin] as number) + PENALTY);
  if (!ordered) order.sort((a, b) => ratio(a) - ratio(b) || a - b);
  const whole = { slope: total(slopes), curvature: total(curvatures) };
  let [gain, cut, low, lowCurvature, lowRows] = [-Infinity, -1, 0, 0, 0];
  order.forEach((bin, place) => {
    low += slopes[bin] as number;
    lowCurvature += curvatures[bin] as number;
    lowRows += counts[bin] as number;
    if (lowRows < leastRows || rows.length - lowRows < leastRows) return;
    const here =
      worth(low, lowCurvature) +
      worth(whole.slope - low, whole.curvature - lowCurvature) -
      worth(whole.slope, whole.curvature);
    if (here > gain) [gain, cut] = [here, place];
  });
  if (cut < 0) return null;
  const isLow = new Uint8Array(bins);
  for (const bin of order.subarray(0, cut + 1)) isLow[bin] = 1;
  return { gain, isLow };
}

const worth = (slope: number, curvature: number): number => slope ** 2 / (curvature + PENALTY);
const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

function valueAt(tree: Node, columns: readonly BinnedColumn[], row: number): number {
  let node = tree;
  while (!('value' in node)) {
    const bin = (columns[node.column] as BinnedColumn).codes[row] as number;
    node = node.isLow[bin] === 1 ? node.low : node.high;
  }
  return node.value;
}

function addGains(node: Node, gains: Float64Array): void {
  if ('value' in node) return;
  gains[node.column] = (gains[node.column] as number) + node.gain;
  addGains(node.low, gains);
  addGains(node.high, gains);
}
