// Shapley values of trees by their definition: every set of columns, tree by tree. The slow oracle of src/explanation.
import type { SplitTrees, TreesForm } from '../../src/explanation/additive-model.ts';

export type Background = 'path_dependent' | 'interventional';

/** [columns] and, last, the value of the empty set; in units of the margin, offset included in the latter. */
export function bruteForceShapley(
  form: TreesForm,
  columns: number,
  row: ArrayLike<number>,
  background: Background,
): number[] {
  const worth = Array.from({ length: 2 ** columns }, (_, set) =>
    background === 'path_dependent'
      ? worthByCover(form, row, set)
      : worthByRows(form, columns, row, set),
  );
  const contributions = Array.from({ length: columns }, (_, j) => {
    let sum = 0;
    worth.forEach((without, set) => {
      if ((set >> j) & 1) return;
      const size = set.toString(2).replaceAll('0', '').length;
      const weight = (factorial(size) * factorial(columns - size - 1)) / factorial(columns);
      sum += weight * ((worth[set | (1 << j)] as number) - without);
    });
    return sum;
  });
  return [...contributions, worth[0] as number];
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

const isIn = (set: number, j: number): boolean => ((set >> j) & 1) === 1;

function worthByCover(form: TreesForm, row: ArrayLike<number>, set: number): number {
  const { trees, cover, scale, offset } = form;
  const visit = (node: number): number => {
    const column = trees.columns[node] as number;
    const link = trees.links[node] as number;
    if (column === -1) return trees.values[link] as number;
    if (isIn(set, column))
      return visit(isLeft(trees, node, row[column] as number) ? node + 1 : link);
    const all = cover[node] as number;
    if (all === 0) return 0;
    const [left, right] = [cover[node + 1] as number, cover[link] as number];
    return (left / all) * visit(node + 1) + (right / all) * visit(link);
  };
  return offset + scale * trees.roots.reduce((sum, root) => sum + visit(root), 0);
}

function worthByRows(
  form: TreesForm,
  columns: number,
  row: ArrayLike<number>,
  set: number,
): number {
  const rows = form.background.length / columns;
  let sum = 0;
  for (let other = 0; other < rows; other++) {
    const mixture = Array.from({ length: columns }, (_, j) =>
      isIn(set, j) ? (row[j] as number) : (form.background[other * columns + j] as number),
    );
    sum += marginOf(form, mixture);
  }
  return sum / rows;
}

export function marginOf({ trees, scale, offset }: TreesForm, row: ArrayLike<number>): number {
  const visit = (node: number): number => {
    const column = trees.columns[node] as number;
    const link = trees.links[node] as number;
    if (column === -1) return trees.values[link] as number;
    return visit(isLeft(trees, node, row[column] as number) ? node + 1 : link);
  };
  return offset + scale * trees.roots.reduce((sum, root) => sum + visit(root), 0);
}

function isLeft(trees: SplitTrees, node: number, value: number): boolean {
  if (Number.isNaN(value)) return trees.missingLeft[node] === 1;
  const subset = trees.subsets[node] as number;
  if (subset === -1) return value <= (trees.thresholds[node] as number);
  const words = trees.categorySets[subset] as Uint32Array;
  return value < 32 * words.length && (((words[value >> 5] ?? 0) >>> (value & 31)) & 1) === 1;
}
