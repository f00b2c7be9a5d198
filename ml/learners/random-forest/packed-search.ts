// Splits of two classes without row weights: distinct rows, draws and positives of a bin share one number, so that a row costs one addition.
import { PLACE_BITS, PLACE_MASK, type Bag } from './bag.ts';
import type { ForestJob } from './forest-job.ts';
import { MANY_ROWS, OccupiedBins } from './occupied-bins.ts';
import { BETTER, CONSTANT, NOT_BETTER, SplitSearch, type Found } from './split-search.ts';

/** Named here, as a global looked up in a loop is slow wherever code runs in a realm of its own, as under Jest. */
const wholePart = Math.floor;

/** Draws of a row in the code of an entry, beside its class. */
const MAX_TIMES = 127;

/**
 * Scores are (positives left)^2 / (draws left) + the same of the right side, largest where the weighted Gini impurity is least: the other
 * terms depend on the totals alone. Sums of integers are exact, so scores depend on the split and not on the order of rows.
 */
export class PackedSearch extends SplitSearch {
  protected readonly impurityScale = 2;
  readonly #binCounts: Uint8Array;
  readonly #labels: Float64Array;
  readonly #minLeaf: number;
  readonly #occupied = new OccupiedBins();
  readonly #histogram = new Float64Array(2 * 256);
  /** By the code of an entry, 2 * draws + class, what a row adds: 1 + draws * drawUnit + positive draws * positiveUnit. */
  readonly #additions = new Float64Array(256);
  #drawUnit = 1;
  #positiveUnit = 1;
  #bins: Uint8Array = new Uint8Array(0);
  #order: Int32Array = new Int32Array(0);
  #size = 0;
  #rows = 0;
  #draws = 0;
  #positives = 0;

  constructor({ binCounts, y, limits }: ForestJob) {
    super();
    this.#binCounts = binCounts;
    this.#labels = y;
    this.#minLeaf = limits.minSamplesLeaf;
  }

  /**
   * Whether the three sums of any bag of so many rows fit into the 53 bits of a number: 17 bits for rows and 18 for draws and positives, as a
   * bootstrap of 2^17.5 rows draws 117,000 distinct ones, give or take 200.
   */
  static holds({ rows, limits }: Pick<ForestJob, 'rows' | 'limits'>): boolean {
    return rows < (limits.bootstrap ? 2 ** 17.5 : 2 ** 17);
  }

  begin({ rows, times, bins, order, size }: Bag): void {
    this.#bins = bins;
    this.#order = order;
    this.#size = size;
    let draws = 0;
    for (let place = 0; place < size; place++) {
      const row = rows[place] as number;
      const drawn = Math.min(times[row] as number, MAX_TIMES);
      draws += drawn;
      order[place] = place | ((2 * drawn + (this.#labels[row] as number)) << PLACE_BITS);
    }
    this.#drawUnit = 2 ** Math.ceil(Math.log2(size + 1));
    this.#positiveUnit = this.#drawUnit * 2 ** Math.ceil(Math.log2(draws + 1));
    this.#additions.forEach((_, code) => {
      const drawn = code >> 1;
      this.#additions[code] =
        1 + drawn * this.#drawUnit + (code & 1 ? drawn * this.#positiveUnit : 0);
    });
  }

  open(start: number, end: number): boolean {
    const order = this.#order;
    const additions = this.#additions;
    // Two sums, as an addition waits for the one before; integers, so that it matters to nothing else.
    let even = 0;
    let odd = 0;
    let i = start;
    for (; i + 1 < end; i += 2) {
      even += additions[(order[i] as number) >>> PLACE_BITS] as number;
      odd += additions[(order[i + 1] as number) >>> PLACE_BITS] as number;
    }
    if (i < end) even += additions[(order[i] as number) >>> PLACE_BITS] as number;
    const sum = even + odd;
    this.#positives = wholePart(sum / this.#positiveUnit);
    this.#draws = wholePart((sum - this.#positives * this.#positiveUnit) / this.#drawUnit);
    this.#rows = end - start;
    return this.#positives === 0 || this.#positives === this.#draws;
  }

  search(column: number, start: number, end: number, floor: number): Found {
    const occupied = this.#occupied;
    let found: number;
    if (end - start >= MANY_ROWS) {
      this.#count(column, start, end);
      found = occupied.listCounted(this.#histogram, this.#binCounts[column] as number);
    } else {
      this.#countAndMark(column, start, end);
      found = occupied.listMarked();
    }
    return this.#scan(found, floor);
  }

  /** Rows take turns at two histograms: half of them have the bin of the row before, and would wait for its sum to be stored. */
  #count(column: number, start: number, end: number): void {
    const order = this.#order;
    const bins = this.#bins;
    const additions = this.#additions;
    const histogram = this.#histogram;
    const offset = column * this.#size;
    let i = start;
    for (; i + 1 < end; i += 2) {
      const entry = order[i] as number;
      const next = order[i + 1] as number;
      const bin = bins[offset + (entry & PLACE_MASK)] as number;
      const nextBin = 256 + (bins[offset + (next & PLACE_MASK)] as number);
      histogram[bin] = (histogram[bin] as number) + (additions[entry >>> PLACE_BITS] as number);
      histogram[nextBin] =
        (histogram[nextBin] as number) + (additions[next >>> PLACE_BITS] as number);
    }
    if (i < end) {
      const entry = order[i] as number;
      const bin = bins[offset + (entry & PLACE_MASK)] as number;
      histogram[bin] = (histogram[bin] as number) + (additions[entry >>> PLACE_BITS] as number);
    }
    for (let bin = 0; bin < 256; bin++) {
      histogram[bin] = (histogram[bin] as number) + (histogram[256 + bin] as number);
      histogram[256 + bin] = 0;
    }
  }

  #countAndMark(column: number, start: number, end: number): void {
    const order = this.#order;
    const bins = this.#bins;
    const additions = this.#additions;
    const histogram = this.#histogram;
    const { marks } = this.#occupied;
    const offset = column * this.#size;
    for (let i = start; i < end; i++) {
      const entry = order[i] as number;
      const bin = bins[offset + (entry & PLACE_MASK)] as number;
      histogram[bin] = (histogram[bin] as number) + (additions[entry >>> PLACE_BITS] as number);
      marks[bin >> 5] = (marks[bin >> 5] as number) | (1 << (bin & 31));
    }
  }

  /** Over the boundaries between neighbouring occupied bins; leaves the histogram empty. */
  #scan(found: number, floor: number): Found {
    const { bins } = this.#occupied;
    const histogram = this.#histogram;
    const drawUnit = this.#drawUnit;
    const positiveUnit = this.#positiveUnit;
    const draws = this.#draws;
    const positives = this.#positives;
    const minLeaf = this.#minLeaf;
    const maxLeft = this.#rows - minLeaf;
    let best = floor;
    let bestAt = -1;
    let sum = 0;
    for (let i = 0; i + 1 < found; i++) {
      const bin = bins[i] as number;
      sum += histogram[bin] as number;
      histogram[bin] = 0;
      const leftPositives = wholePart(sum / positiveUnit);
      const rest = sum - leftPositives * positiveUnit;
      const left = wholePart(rest / drawUnit);
      const rows = rest - left * drawUnit;
      if (rows < minLeaf || rows > maxLeft) continue;
      const right = positives - leftPositives;
      const score = (leftPositives * leftPositives) / left + (right * right) / (draws - left);
      if (score > best) {
        best = score;
        bestAt = i;
      }
    }
    histogram[bins[found - 1] as number] = 0;
    if (bestAt < 0) return found === 1 ? CONSTANT : NOT_BETTER;
    this.score = best;
    this.lower = bins[bestAt] as number;
    this.upper = bins[bestAt + 1] as number;
    return BETTER;
  }

  get weight(): number {
    return this.#draws;
  }

  protected ownScore(): number {
    return (this.#positives * this.#positives) / this.#draws;
  }

  protected leaf(): readonly number[] {
    return [this.#positives / this.#draws];
  }
}
