// Tree ensembles written by hand or drawn at random, as nested nodes, and the obvious way to predict with them.
import type { Matrix } from '../../ml/numeric/matrix.ts';
import type { TreeEnsemble } from '../../ml/trees/tree-ensemble.ts';
import type { Random } from '../../src/statistics/random.ts';

export type HandMadeNode =
  | { readonly values: readonly number[] }
  | {
      readonly column: number;
      /** The threshold, or the codes that go left. */
      readonly split: number | ReadonlySet<number>;
      readonly missingLeft: boolean;
      readonly left: HandMadeNode;
      readonly right: HandMadeNode;
    };

export interface HandMadeTree {
  readonly target: number;
  readonly root: HandMadeNode;
}

export function ensembleOf(
  outputs: number,
  base: readonly number[],
  trees: readonly HandMadeTree[],
): TreeEnsemble {
  const nodes: { column: number; threshold: number; left: number; subset: number; link: number }[] =
    [];
  const values: number[] = [];
  const categorySets: Uint32Array[] = [];
  let leafWidth = 1;
  const append = (node: HandMadeNode): void => {
    if ('values' in node) {
      leafWidth = node.values.length;
      nodes.push({ column: -1, threshold: 0, left: 0, subset: -1, link: values.length });
      values.push(...node.values);
      return;
    }
    const { column, split, missingLeft } = node;
    const numeric = typeof split === 'number';
    const subset = numeric ? -1 : categorySets.push(wordsOf(split)) - 1;
    const threshold = numeric ? split : 0;
    const own = { column, threshold, left: missingLeft ? 1 : 0, subset, link: -1 };
    nodes.push(own);
    append(node.left);
    own.link = nodes.length;
    append(node.right);
  };
  const roots = trees.map(({ root }) => {
    const start = nodes.length;
    append(root);
    return start;
  });
  return {
    outputs,
    base: Float32Array.from(base),
    roots: Int32Array.from(roots),
    targets: Int32Array.from(trees, ({ target }) => target),
    leafWidth,
    columns: Int32Array.from(nodes, ({ column }) => column),
    thresholds: Float32Array.from(nodes, ({ threshold }) => threshold),
    missingLeft: Uint8Array.from(nodes, ({ left }) => left),
    subsets: Int32Array.from(nodes, ({ subset }) => subset),
    links: Int32Array.from(nodes, ({ link }) => link),
    values: Float32Array.from(values),
    categorySets,
  };
}

function wordsOf(codes: ReadonlySet<number>): Uint32Array {
  const words = new Uint32Array((Math.max(0, ...codes) >> 5) + 1);
  for (const code of codes) words[code >> 5] = (words[code >> 5] as number) | (1 << (code & 31));
  return words;
}

/** Row by row and tree by tree down the nested nodes, in float64: [rows, outputs]. */
export function slowSums(
  outputs: number,
  base: readonly number[],
  trees: readonly HandMadeTree[],
  x: Matrix,
): Float64Array {
  const out = new Float64Array(x.rows * outputs);
  for (let row = 0; row < x.rows; row++) {
    out.set(base, row * outputs);
    for (const { target, root } of trees)
      leafOf(root, (column) => x.data[row * x.columns + column] as number).forEach((value, k) => {
        const at = row * outputs + target + k;
        out[at] = (out[at] as number) + value;
      });
  }
  return out;
}

function leafOf(node: HandMadeNode, valueOf: (column: number) => number): readonly number[] {
  if ('values' in node) return node.values;
  const { column, split, missingLeft, left, right } = node;
  const value = valueOf(column);
  const known = typeof split === 'number' ? value <= split : split.has(value);
  return leafOf((Number.isNaN(value) ? missingLeft : known) ? left : right, valueOf);
}

export interface DrawnTrees {
  /** Of each column its categories, 0 for numbers. */
  readonly categories: readonly number[];
  readonly outputs: number;
  /** Every leaf adds to every sum; otherwise the trees take turns. */
  readonly wide: boolean;
  readonly trees: number;
  readonly depth: number;
  /** Leaf values are multiples of this in -1 ... 1. */
  readonly step: number;
}

/** Random trees; numeric thresholds are multiples of 1/4 in -2 ... 2. */
export function drawTrees(shape: DrawnTrees, random: Random): readonly HandMadeTree[] {
  const { categories, outputs, wide, trees, depth, step } = shape;
  const leaf = (): HandMadeNode => ({
    values: Array.from(
      { length: wide ? outputs : 1 },
      () => (random.nextInt(2 / step + 1) - 1 / step) * step,
    ),
  });
  const draw = (left: number): HandMadeNode => {
    if (left === 0 || random.nextInt(12) === 0) return leaf();
    const column = random.nextInt(categories.length);
    const count = categories[column] as number;
    const split =
      count === 0
        ? random.nextInt(17) / 4 - 2
        : new Set(Array.from({ length: Math.ceil(count / 2) }, () => random.nextInt(count)));
    const missingLeft = random.nextInt(2) === 1;
    return { column, split, missingLeft, left: draw(left - 1), right: draw(left - 1) };
  };
  return Array.from({ length: trees }, (_, tree) => ({
    target: wide ? 0 : tree % outputs,
    root: draw(depth),
  }));
}

/** Rows at the thresholds of drawTrees, at their float32 neighbours, missing, and with codes that no tree knows. */
export function drawRows(
  { categories }: Pick<DrawnTrees, 'categories'>,
  rows: number,
  random: Random,
): Float32Array {
  return Float32Array.from({ length: rows * categories.length }, (_, i) => {
    const count = categories[i % categories.length] as number;
    if (random.nextInt(8) === 0) return NaN;
    if (count > 0) return random.nextInt(count + 40);
    const threshold = random.nextInt(17) / 4 - 2;
    return neighbour(threshold, random.nextInt(3) - 1);
  });
}

/** The float32 next above (1), next below (-1) or at (0) a float32. */
export function neighbour(value: number, direction: number): number {
  if (direction === 0) return value;
  if (value === 0) return direction * 2 ** -149;
  const bits = new Int32Array(Float32Array.of(value).buffer);
  bits[0] = (bits[0] as number) + (value > 0 ? direction : -direction);
  return new Float32Array(bits.buffer)[0] as number;
}
