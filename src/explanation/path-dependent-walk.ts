// Path-dependent contributions of leaves without a table: one walk over a tree for each row.
import type { TreesForm } from './additive-model.ts';
import { coverRatio } from './leaf-weights.ts';
import { gaussLegendre } from './quadrature.ts';
import { goesLeft } from './split.ts';
import type { TreePaths } from './tree-paths.ts';

/**
 * A leaf's game is a product over its columns, f_j(t) = r_j + (a_j - r_j) t: a_j is 1 where the row satisfies column j, else 0, and r_j the
 * product of its cover ratios. Its Shapley value is value * (a_j - r_j) * integral over [0, 1] of the product of the other columns' f (Owen
 * 1972, "Multilinear extensions of games"), a polynomial: so few points are exact. Products go down the tree, sums over leaves come up,
 * and each edge adds what its column's new factor changes: O(nodes * points) a row, without the unwinding of TreeSHAP.
 */
export class PathDependentWalk {
  readonly #form: TreesForm;
  readonly #leads: Uint8Array;
  readonly #designColumns: number;
  readonly #points: Float64Array;
  readonly #weights: Float64Array;
  /** Of the columns above: whether the row satisfies all their splits so far, and the product of their cover ratios. */
  readonly #satisfied: Float64Array;
  readonly #ratios: Float64Array;
  /** By depth and point: the product of the factors above a node, and the sum over the leaves below it. */
  readonly #products: Float64Array;
  readonly #sums: Float64Array;

  /** `leads` marks the nodes on the way to the leaves that count. */
  constructor(form: TreesForm, paths: TreePaths, leads: Uint8Array, designColumns: number) {
    this.#form = form;
    this.#leads = leads;
    this.#designColumns = designColumns;
    const { points, weights } = gaussLegendre(Math.max(1, Math.ceil(paths.widest / 2)));
    this.#points = points;
    this.#weights = weights;
    this.#satisfied = new Float64Array(designColumns).fill(1);
    this.#ratios = new Float64Array(designColumns).fill(1);
    this.#products = new Float64Array((paths.deepest + 1) * points.length).fill(1);
    this.#sums = new Float64Array((paths.deepest + 1) * points.length);
  }

  addInto(design: Float32Array, from: number, rows: number, sums: Float64Array): void {
    const width = this.#designColumns;
    for (const root of this.#form.trees.roots) {
      if (this.#leads[root] === 0) continue;
      for (let row = 0; row < rows; row++)
        this.#descend(root, 0, design, (from + row) * width, sums, row * width);
    }
  }

  #descend(
    node: number,
    level: number,
    design: Float32Array,
    at: number,
    out: Float64Array,
    to: number,
  ): void {
    const { trees, scale } = this.#form;
    const column = trees.columns[node] as number;
    const points = this.#points.length;
    const here = level * points;
    if (column === -1) {
      const value = scale * (trees.values[trees.links[node] as number] as number);
      for (let point = 0; point < points; point++)
        this.#sums[here + point] = value * (this.#products[here + point] as number);
      return;
    }
    this.#sums.fill(0, here, here + points);
    const left = goesLeft(trees, node, design[at + column] as number);
    this.#follow(node, node + 1, left, level, design, at, out, to);
    this.#follow(node, trees.links[node] as number, !left, level, design, at, out, to);
  }

  #follow(
    node: number,
    child: number,
    takes: boolean,
    level: number,
    design: Float32Array,
    at: number,
    out: Float64Array,
    to: number,
  ): void {
    if (this.#leads[child] === 0) return;
    const { trees, cover } = this.#form;
    const column = trees.columns[node] as number;
    const a0 = this.#satisfied[column] as number;
    const r0 = this.#ratios[column] as number;
    const a = takes ? a0 : 0;
    const r = r0 * coverRatio(cover, node, child);
    // Neither the row nor the background comes here: no column can change that.
    if (a === 0 && r === 0) return;
    const points = this.#points;
    const products = this.#products;
    const here = level * points.length;
    const below = here + points.length;
    for (let point = 0; point < points.length; point++) {
      const t = points[point] as number;
      products[below + point] =
        ((products[here + point] as number) * (r + (a - r) * t)) / (r0 + (a0 - r0) * t);
    }
    this.#satisfied[column] = a;
    this.#ratios[column] = r;
    this.#descend(child, level + 1, design, at, out, to);
    this.#satisfied[column] = a0;
    this.#ratios[column] = r0;
    const sums = this.#sums;
    let sum = 0;
    for (let point = 0; point < points.length; point++) {
      const t = points[point] as number;
      const leaves = sums[below + point] as number;
      const change = (a - r) / (r + (a - r) * t) - (a0 - r0) / (r0 + (a0 - r0) * t);
      sum += (this.#weights[point] as number) * leaves * change;
      sums[here + point] = (sums[here + point] as number) + leaves;
    }
    out[to + column] = (out[to + column] as number) + sum;
  }
}
