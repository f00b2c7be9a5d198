// Which bins of a column a node has rows in, ascending, at a cost that follows the number of rows where they are few.

/** From this many rows on all bins are looked through; below, a bit for each bin is set as its rows are counted. */
export const MANY_ROWS = 192;
const BINS = 256;
/** Named here, as a global looked up in a loop is slow wherever code runs in a realm of its own, as under Jest. */
const { clz32 } = Math;

export class OccupiedBins {
  /** The bins found, [count]. */
  readonly bins = new Uint8Array(BINS);
  /** One bit a bin, all 0 between searches. */
  readonly marks = new Int32Array(BINS / 32);

  /** Bins up to `last` with a number other than 0, and the highest of all, which is that of missing values; returns how many. */
  listCounted(counts: Float64Array, last: number): number {
    let found = 0;
    for (let bin = 0; bin <= last; bin++) {
      this.bins[found] = bin;
      found += counts[bin] === 0 ? 0 : 1;
    }
    if (last === BINS - 1 || counts[BINS - 1] === 0) return found;
    this.bins[found] = BINS - 1;
    return found + 1;
  }

  /** Bins whose mark is set, which it takes back; returns how many. */
  listMarked(): number {
    let found = 0;
    for (let word = 0; word < BINS / 32; word++) {
      let marks = this.marks[word] as number;
      if (marks === 0) continue;
      this.marks[word] = 0;
      while (marks !== 0) {
        const lowest = marks & -marks;
        this.bins[found++] = 32 * word + 31 - clz32(lowest);
        marks ^= lowest;
      }
    }
    return found;
  }
}
