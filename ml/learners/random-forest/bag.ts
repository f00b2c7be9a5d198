// The rows that one tree is grown on: drawn by the bootstrap, then copied side by side so that its nodes read little memory.
import type { Random } from '../../../src/statistics/random.ts';
import type { ForestJob } from './forest-job.ts';

/** Entries of `order` hold a place in the bag in their lower bits; the rest is the split search's own. */
export const PLACE_BITS = 24;
export const PLACE_MASK = 2 ** PLACE_BITS - 1;
export const MAX_ROWS = 2 ** PLACE_BITS;

/** One for each thread, filled anew for each tree. */
export class Bag {
  /** How often each row was drawn, [rows]. */
  readonly times: Uint8Array;
  /** The row at each place, ascending, [size]. */
  readonly rows: Int32Array;
  /** The bins of the drawn rows, column-major; column c starts at c * size. */
  readonly bins: Uint8Array;
  /** Places in the bag, by node once the tree grows, [size]. */
  readonly order: Int32Array;
  /** Distinct rows in the bag. */
  size = 0;
  readonly #job: ForestJob;

  constructor(job: ForestJob) {
    const { rows, columns } = job;
    this.#job = job;
    this.times = new Uint8Array(rows);
    this.rows = new Int32Array(rows);
    this.bins = new Uint8Array(rows * columns);
    this.order = new Int32Array(rows);
  }

  draw(random: Random): void {
    const { rows, counted, limits } = this.#job;
    drawTimes(this.times, counted, limits.bootstrap, random);
    let size = 0;
    for (let row = 0; row < rows; row++) {
      this.rows[size] = row;
      size += this.times[row] === 0 ? 0 : 1;
    }
    this.size = size;
    for (let place = 0; place < size; place++) this.order[place] = place;
    this.#copyBins();
  }

  #copyBins(): void {
    const { rows, columns, bins } = this.#job;
    const { size } = this;
    for (let column = 0; column < columns; column++)
      for (let place = 0, from = column * rows, to = column * size; place < size; place++)
        this.bins[to + place] = bins[from + (this.rows[place] as number)] as number;
  }
}

/** As many draws with replacement as there are rows to draw from, or each row once. A row is hardly drawn ten times, never 255. */
function drawTimes(
  times: Uint8Array,
  counted: Int32Array | null,
  bootstrap: boolean,
  random: Random,
): void {
  times.fill(!bootstrap && counted === null ? 1 : 0);
  if (!bootstrap) {
    counted?.forEach((row) => {
      times[row] = 1;
    });
    return;
  }
  const count = counted?.length ?? times.length;
  for (let i = 0; i < count; i++) {
    const drawn = random.nextInt(count);
    const row = counted === null ? drawn : (counted[drawn] as number);
    times[row] = (times[row] as number) + 1;
  }
}
