// Splits of weighted classes of two or of values: squared error, for which a side counts by (sum of targets)^2 / weight.
import { PLACE_MASK, type Bag } from './bag.ts';
import type { ForestJob } from './forest-job.ts';
import { MANY_ROWS, OccupiedBins } from './occupied-bins.ts';
import { BETTER, CONSTANT, NOT_BETTER, SplitSearch, type Found } from './split-search.ts';

export class MeanSearch extends SplitSearch {
  protected readonly impurityScale: 1 | 2;
  readonly #job: ForestJob;
  readonly #minLeaf: number;
  readonly #occupied = new OccupiedBins();
  readonly #rowsOf = new Float64Array(256);
  /** Weight and weighted sum of targets of each bin. */
  readonly #sumsOf = new Float64Array(2 * 256);
  /** By place in the bag. */
  readonly #weights: Float64Array;
  readonly #targets: Float64Array;
  #bins: Uint8Array = new Uint8Array(0);
  #order: Int32Array = new Int32Array(0);
  #size = 0;
  #rows = 0;
  #weight = 0;
  #sum = 0;

  constructor(job: ForestJob) {
    super();
    this.impurityScale = job.target.kind === 'mean' && job.target.labels ? 2 : 1;
    this.#job = job;
    this.#minLeaf = job.limits.minSamplesLeaf;
    this.#weights = new Float64Array(job.rows);
    this.#targets = new Float64Array(job.rows);
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
      this.#targets[place] = y[row] as number;
    }
  }

  open(start: number, end: number): boolean {
    let weight = 0;
    let sum = 0;
    let least = Infinity;
    let largest = -Infinity;
    for (let i = start; i < end; i++) {
      const place = (this.#order[i] as number) & PLACE_MASK;
      const w = this.#weights[place] as number;
      const target = this.#targets[place] as number;
      weight += w;
      sum += w * target;
      if (target < least) least = target;
      if (target > largest) largest = target;
    }
    this.#rows = end - start;
    this.#weight = weight;
    this.#sum = sum;
    return least === largest;
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
    const sumsOf = this.#sumsOf;
    const weights = this.#weights;
    const targets = this.#targets;
    const { marks } = this.#occupied;
    const offset = column * this.#size;
    for (let i = start; i < end; i++) {
      const place = (order[i] as number) & PLACE_MASK;
      const bin = bins[offset + place] as number;
      const weight = weights[place] as number;
      rowsOf[bin] = (rowsOf[bin] as number) + 1;
      sumsOf[2 * bin] = (sumsOf[2 * bin] as number) + weight;
      sumsOf[2 * bin + 1] = (sumsOf[2 * bin + 1] as number) + weight * (targets[place] as number);
      if (mark) marks[bin >> 5] = (marks[bin >> 5] as number) | (1 << (bin & 31));
    }
  }

  /** Over the boundaries between neighbouring occupied bins; leaves the histogram empty. */
  #scan(found: number, floor: number): Found {
    const { bins } = this.#occupied;
    const rowsOf = this.#rowsOf;
    const sumsOf = this.#sumsOf;
    let best = floor;
    let bestAt = -1;
    let rows = 0;
    let weight = 0;
    let sum = 0;
    for (let i = 0; i < found; i++) {
      const bin = bins[i] as number;
      rows += rowsOf[bin] as number;
      weight += sumsOf[2 * bin] as number;
      sum += sumsOf[2 * bin + 1] as number;
      rowsOf[bin] = sumsOf[2 * bin] = sumsOf[2 * bin + 1] = 0;
      if (rows < this.#minLeaf || this.#rows - rows < this.#minLeaf) continue;
      const right = this.#sum - sum;
      const score = (sum * sum) / weight + (right * right) / (this.#weight - weight);
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

  get weight(): number {
    return this.#weight;
  }

  protected ownScore(): number {
    return (this.#sum * this.#sum) / this.#weight;
  }

  protected leaf(): readonly number[] {
    return [this.#sum / this.#weight];
  }
}
