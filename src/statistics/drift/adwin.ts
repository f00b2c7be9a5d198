// ADWIN: a window of the stream that grows while its mean holds, and ends where a cut parts it into two means. Bifet and Gavalda 2007,
// "Learning from time-changing data with adaptive windowing" (ADWIN2); the bound and the options are those of river 0.26, which leaves out of
// each size of bucket the newest one when it looks for cuts: here none is.
import type { StreamDetector } from './stream-detector.ts';

export interface AdwinOptions {
  /** The less, the surer an alarm; the threshold of the evidence is ln(1 / delta). */
  readonly delta?: number;
  /** A look for a cut at every so many values. */
  readonly clock?: number;
  /** Buckets of a size; one more, and the two oldest become one of twice the size. */
  readonly buckets?: number;
  /** Values on either side of a cut at least. */
  readonly shortest?: number;
  /** Values before the first look. */
  readonly grace?: number;
}

/** Values that are kept as their number, mean and sum of squared deviations from it. */
interface Bucket {
  readonly size: number;
  readonly mean: number;
  readonly squares: number;
}

const merged = (a: Bucket, b: Bucket): Bucket => {
  const size = a.size + b.size;
  const gap = b.mean - a.mean;
  return {
    size,
    mean: a.mean + (gap * b.size) / size,
    squares: a.squares + b.squares + (gap * gap * a.size * b.size) / size,
  };
};

const EMPTY: Bucket = { size: 0, mean: 0, squares: 0 };

export class Adwin implements StreamDetector {
  readonly #options: Required<AdwinOptions>;
  /** From the newest values to the oldest: sizes never fall. Some 5 log2(window / 5) of them. */
  #buckets: Bucket[] = [];
  #ticks = 0;
  #evidence = -Infinity;

  constructor(options: AdwinOptions = {}) {
    this.#options = { delta: 0.002, clock: 32, buckets: 5, shortest: 5, grace: 10, ...options };
  }

  /** With this for `threshold`, delta follows: what `thresholdForRun` gives. */
  static withThreshold(threshold: number, options: Omit<AdwinOptions, 'delta'> = {}): Adwin {
    return new Adwin({ ...options, delta: Math.exp(-threshold) });
  }

  get threshold(): number {
    return -Math.log(this.#options.delta);
  }

  /** At the last look, over all cuts, the greatest ln(1 / delta) that would still have cut. */
  get evidence(): number {
    return this.#evidence;
  }

  /** Values in the window, and their mean. */
  get window(): { readonly size: number; readonly mean: number } {
    const { size, mean } = this.#whole();
    return { size, mean };
  }

  update(value: number): boolean {
    const { clock, grace } = this.#options;
    this.#buckets.unshift({ size: 1, mean: value, squares: 0 });
    this.#compress();
    this.#ticks += 1;
    this.#evidence = -Infinity;
    if (this.#ticks % clock !== 0 || this.#whole().size <= grace) return false;
    this.#evidence = this.#strongestCut();
    if (this.#evidence <= this.threshold) return false;
    // Anew, as river does: what a shrunk window keeps of the time before would alarm again.
    this.#buckets = [];
    this.#ticks = 0;
    return true;
  }

  /** Where buckets of a size are too many, the two oldest of them become one: at most one merge for each size. */
  #compress(): void {
    let start = 0;
    while (start < this.#buckets.length) {
      const { size } = this.#buckets[start] as Bucket;
      let end = start;
      while (this.#buckets[end]?.size === size) end += 1;
      if (end - start <= this.#options.buckets) return;
      const [newer, older] = this.#buckets.slice(end - 2, end) as [Bucket, Bucket];
      this.#buckets.splice(end - 2, 2, merged(older, newer));
      start = end - 2;
    }
  }

  #whole(): Bucket {
    return this.#buckets.reduceRight(merged, EMPTY);
  }

  /**
   * The bound on the difference of the means solved for delta: with L = ln(2 ln W / delta), |difference| = sqrt(2 v L / m) + 2 L / (3 m) is a
   * quadratic in sqrt(L), 1 / m = 1 / (n0 - shortest + 1) + 1 / (n1 - shortest + 1) and v the variance of the window.
   */
  #strongestCut(): number {
    const { shortest } = this.#options;
    const whole = this.#whole();
    const variance = whole.squares / whole.size;
    let strongest = -Infinity;
    let older = EMPTY;
    for (let i = this.#buckets.length - 1; i > 0; i -= 1) {
      older = merged(older, this.#buckets[i] as Bucket);
      const newer = whole.size - older.size;
      if (newer < shortest) break;
      if (older.size < shortest) continue;
      // The mean of the newer part is what the older one leaves of the whole.
      const difference = Math.abs(((older.mean - whole.mean) * whole.size) / newer);
      const m = 1 / (older.size - shortest + 1) + 1 / (newer - shortest + 1);
      const linear = Math.sqrt(2 * variance * m);
      const root = (-linear + Math.sqrt(linear ** 2 + (8 / 3) * m * difference)) / ((4 / 3) * m);
      strongest = Math.max(strongest, root ** 2);
    }
    return strongest - Math.log(2 * Math.log(whole.size));
  }
}
