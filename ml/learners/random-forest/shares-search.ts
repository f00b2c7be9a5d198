// Splits of any number of classes: Gini impurity, for which a side counts by the squares of its classes' weights over its weight.
import { PLACE_MASK, type Bag } from './bag.ts';
import type { ForestJob } from './forest-job.ts';
import { MANY_ROWS, OccupiedBins } from './occupied-bins.ts';
import { BETTER, CONSTANT, NOT_BETTER, SplitSearch, type Found } from './split-search.ts';

export class SharesSearch extends SplitSearch {
  protected readonly impurityScale = 1;
  readonly #job: ForestJob;
  readonly #classes: number;
  readonly #minLeaf: number;
  readonly #occupied = new OccupiedBins();
  readonly #rowsOf = new Float64Array(256);
  /** Weight of each class in each bin, [256, classes]. */
  readonly #weightsOf: Float64Array;
  /** By place in the bag. */
  readonly #weights: Float64Array;
  readonly #labels: Int32Array;
  /** Weight of each class in the node opened last, and on the left of a split. */
  readonly #totals: Float64Array;
  readonly #left: Float64Array;
  #bins: Uint8Array = new Uint8Array(0);
  #order: Int32Array = new Int32Array(0);
  #size = 0;
  #rows = 0;
  #weight = 0;

  constructor(job: ForestJob, classes: number) {
    super();
    this.#job = job;
    this.#classes = classes;
    this.#minLeaf = job.limits.minSamplesLeaf;
    this.#weightsOf = new Float64Array(256 * classes);
    this.#weights = new Float64Array(job.rows);
    this.#labels = new Int32Array(job.rows);
    this.#totals = new Float64Array(classes);
    this.#left = new Float64Array(classes);
  }

  begin({ rows, times, bins, order, size }: Bag): void {
    const { y, weights } = this.#job;
    this.#bins = bins;
    this.#order = order;
    this.#size = size;
    for (let place = 0; place < size; place++) {
      const row = rows[place] as number;
      this.#weights[place] =
        (times[row] as number) * (weights === null ? 1 : (weights[row] as number));
      this.#labels[place] = y[row] as number;
    }
  }

  open(start: number, end: number): boolean {
    const totals = this.#totals.fill(0);
    let weight = 0;
    let mixed = 0;
    const first = this.#labels[(this.#order[start] as number) & PLACE_MASK] as number;
    for (let i = start; i < end; i++) {
      const place = (this.#order[i] as number) & PLACE_MASK;
      const w = this.#weights[place] as number;
      const label = this.#labels[place] as number;
      weight += w;
      totals[label] = (totals[label] as number) + w;
      mixed |= label ^ first;
    }
    this.#rows = end - start;
    this.#weight = weight;
    return mixed === 0;
  }

  search(column: number, start: number, end: number, floor: number): Found {
    const mark = end - start < MANY_ROWS;
    this.#count(column, start, end, mark);
    const occupied = this.#occupied;
    const found = mark
      ? occupied.listMarked()
      : occupied.listCounted(this.#rowsOf, this.#job.binCounts[column] as number);
    return this.#scan(found, floor);
  }

  #count(column: number, start: number, end: number, mark: boolean): void {
    const order = this.#order;
    const bins = this.#bins;
    const rowsOf = this.#rowsOf;
    const weightsOf = this.#weightsOf;
    const weights = this.#weights;
    const labels = this.#labels;
    const classes = this.#classes;
    const { marks } = this.#occupied;
    const offset = column * this.#size;
    for (let i = start; i < end; i++) {
      const place = (order[i] as number) & PLACE_MASK;
      const bin = bins[offset + place] as number;
      const cell = bin * classes + (labels[place] as number);
      rowsOf[bin] = (rowsOf[bin] as number) + 1;
      weightsOf[cell] = (weightsOf[cell] as number) + (weights[place] as number);
      if (mark) marks[bin >> 5] = (marks[bin >> 5] as number) | (1 << (bin & 31));
    }
  }

  /** Over the boundaries between neighbouring occupied bins; leaves the histogram empty. */
  #scan(found: number, floor: number): Found {
    const { bins } = this.#occupied;
    const rowsOf = this.#rowsOf;
    this.#left.fill(0);
    let best = floor;
    let bestAt = -1;
    let rows = 0;
    for (let i = 0; i < found; i++) {
      const bin = bins[i] as number;
      rows += rowsOf[bin] as number;
      rowsOf[bin] = 0;
      this.#moveLeft(bin);
      if (rows < this.#minLeaf || this.#rows - rows < this.#minLeaf) continue;
      const score = this.#score();
      if (score > best) {
        best = score;
        bestAt = i;
      }
    }
    if (bestAt < 0) return found === 1 ? CONSTANT : NOT_BETTER;
    this.score = best;
    this.lower = bins[bestAt] as number;
    this.upper = bins[bestAt + 1] as number;
    return BETTER;
  }

  #moveLeft(bin: number): void {
    const left = this.#left;
    for (let k = 0, cell = bin * this.#classes; k < this.#classes; k++, cell++) {
      left[k] = (left[k] as number) + (this.#weightsOf[cell] as number);
      this.#weightsOf[cell] = 0;
    }
  }

  #score(): number {
    let leftWeight = 0;
    let leftSquares = 0;
    let rightSquares = 0;
    for (let k = 0; k < this.#classes; k++) {
      const left = this.#left[k] as number;
      const right = (this.#totals[k] as number) - left;
      leftWeight += left;
      leftSquares += left * left;
      rightSquares += right * right;
    }
    return leftSquares / leftWeight + rightSquares / (this.#weight - leftWeight);
  }

  get weight(): number {
    return this.#weight;
  }

  protected ownScore(): number {
    return this.#totals.reduce((sum, weight) => sum + weight * weight, 0) / this.#weight;
  }

  protected leaf(): readonly number[] {
    return Array.from(this.#totals, (weight) => weight / this.#weight);
  }
}
