// Finds names that more than one row has, in 12 bytes a row: two hashes instead of the names themselves.

const FIRST_ROWS = 1024;

/** FNV-1a over UTF-16 units, with a multiplier of its own for each hash. */
function hash(text: string, seed: number, multiplier: number): number {
  let h = seed;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), multiplier);
  return (h ^ (h >>> 15)) >>> 0;
}

export class RowNames {
  private wide = new Float64Array(FIRST_ROWS);
  private narrow = new Uint32Array(FIRST_ROWS);
  private rows = 0;

  add(name: string): void {
    if (this.rows === this.wide.length) this.grow();
    const high = hash(name, 0x811c9dc5, 0x01000193);
    const low = hash(name, 0x9747b28c, 0x5bd1e995);
    this.wide[this.rows] = high * 2 ** 21 + (low >>> 11);
    this.narrow[this.rows++] = hash(name, 0x2545f491, 0xcc9e2d51 | 1);
  }

  /** Rows whose name an earlier row has, ascending. Another name with the same 85 bits is expected once in 10^13 files of 5 million rows. */
  repeated(): readonly number[] {
    const sorted = this.wide.slice(0, this.rows).sort();
    const twice = new Set<number>();
    for (let i = 1; i < this.rows; i++)
      if (sorted[i] === sorted[i - 1]) twice.add(sorted[i] as number);
    const seen = new Map<number, Set<number>>();
    const repeated: number[] = [];
    for (let row = 0; row < this.rows && twice.size > 0; row++) {
      const wide = this.wide[row] as number;
      if (!twice.has(wide)) continue;
      const narrow = this.narrow[row] as number;
      const others = seen.get(wide) ?? new Set();
      if (others.has(narrow)) repeated.push(row);
      seen.set(wide, others.add(narrow));
    }
    return repeated;
  }

  private grow(): void {
    const wide = new Float64Array(this.rows * 2);
    wide.set(this.wide);
    this.wide = wide;
    const narrow = new Uint32Array(this.rows * 2);
    narrow.set(this.narrow);
    this.narrow = narrow;
  }
}
