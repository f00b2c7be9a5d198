// Interventional contributions of leaves without a table: for each row and each background row the leaves that mixtures of the two reach.
import type { TreesForm } from './additive-model.ts';
import { goesLeft } from './split.ts';
import type { TreePaths } from './tree-paths.ts';

const BOTH = 0;
const ROW = 1;
const BACKGROUND = 2;

/**
 * A mixture reaches a leaf when it takes the `rowOnly` columns that only the row satisfies from the row and the `backgroundOnly` ones from
 * the background row. Each of the former then has the Shapley value value * (p - 1)! q! / (p + q)!, each of the latter
 * -value * p! (q - 1)! / (p + q)!, with p and q of them (Lundberg et al. 2020, algorithm 3).
 */
export class InterventionalWalk {
  readonly #form: TreesForm;
  readonly #leads: Uint8Array;
  readonly #designColumns: number;
  readonly #backgroundRows: number;
  /** Whose value each column takes on the way down. */
  readonly #owners: Uint8Array;
  /** (p - 1)! q! / (p + q)! at [p, q]; 0 where p is. */
  readonly #shares: Float64Array;
  readonly #side: number;
  #design: Float32Array = new Float32Array();
  #at = 0;
  #backgroundAt = 0;
  #out: Float64Array = new Float64Array();
  #to = 0;
  /** What the last descent found below its node, of columns of the row and, as a positive number, of the background. */
  #ofRow = 0;
  #ofBackground = 0;

  /** `leads` marks the nodes on the way to the leaves that count. */
  constructor(form: TreesForm, paths: TreePaths, leads: Uint8Array, designColumns: number) {
    this.#form = form;
    this.#leads = leads;
    this.#designColumns = designColumns;
    this.#backgroundRows = form.background.length / designColumns;
    this.#owners = new Uint8Array(designColumns);
    this.#side = paths.widest + 1;
    this.#shares = sharesOf(this.#side);
  }

  addInto(design: Float32Array, from: number, rows: number, sums: Float64Array): void {
    const width = this.#designColumns;
    this.#design = design;
    this.#out = sums;
    for (const root of this.#form.trees.roots) {
      if (this.#leads[root] === 0) continue;
      for (let row = 0; row < rows; row++) {
        this.#at = (from + row) * width;
        this.#to = row * width;
        for (let other = 0; other < this.#backgroundRows; other++) {
          this.#backgroundAt = other * width;
          this.#descend(root, 0, 0);
        }
      }
    }
  }

  #descend(node: number, p: number, q: number): void {
    if (this.#leads[node] === 0) {
      this.#ofRow = this.#ofBackground = 0;
      return;
    }
    const { trees, background } = this.#form;
    const column = trees.columns[node] as number;
    if (column === -1) {
      this.#reach(node, p, q);
      return;
    }
    const left = node + 1;
    const right = trees.links[node] as number;
    const value = this.#design[this.#at + column] as number;
    const other = background[this.#backgroundAt + column] as number;
    const owner = this.#owners[column];
    const rowGoes = owner === BACKGROUND || goesLeft(trees, node, value);
    const otherGoes = owner === ROW ? rowGoes : goesLeft(trees, node, other);
    if (owner === BACKGROUND || rowGoes === otherGoes)
      this.#descend(otherGoes ? left : right, p, q);
    else if (rowGoes) this.#part(column, left, right, p, q);
    else this.#part(column, right, left, p, q);
  }

  /** Here the two rows part: the column is the row's on one side and the background's on the other. */
  #part(column: number, rowSide: number, backgroundSide: number, p: number, q: number): void {
    this.#owners[column] = ROW;
    this.#descend(rowSide, p + 1, q);
    const ofRow = this.#ofRow;
    const ofBackground = this.#ofBackground;
    this.#owners[column] = BACKGROUND;
    this.#descend(backgroundSide, p, q + 1);
    this.#owners[column] = BOTH;
    const to = this.#to + column;
    this.#out[to] = (this.#out[to] as number) + ofRow - this.#ofBackground;
    this.#ofRow += ofRow;
    this.#ofBackground += ofBackground;
  }

  #reach(leaf: number, p: number, q: number): void {
    const { trees, scale } = this.#form;
    const value =
      (scale * (trees.values[trees.links[leaf] as number] as number)) / this.#backgroundRows;
    this.#ofRow = value * (this.#shares[p * this.#side + q] as number);
    this.#ofBackground = value * (this.#shares[q * this.#side + p] as number);
  }
}

function sharesOf(side: number): Float64Array {
  const shares = new Float64Array(side * side);
  for (let p = 1; p < side; p++) {
    shares[p * side] = 1 / p;
    for (let q = 1; q < side; q++)
      shares[p * side + q] = ((shares[p * side + q - 1] as number) * q) / (p + q);
  }
  return shares;
}
