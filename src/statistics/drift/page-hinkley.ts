// The test of Page and Hinkley: an alarm when the sum of deviations from the running mean has climbed, or fallen, too far. Page 1954,
// "Continuous inspection schemes"; as river 0.26 has it, on both sides.
import type { StreamDetector } from './stream-detector.ts';

export interface PageHinkleyOptions {
  /** Values before the first alarm. */
  readonly minimum?: number;
  /** Deviations up to this, in the values' unit, are not held against the stream. */
  readonly delta?: number;
  /** Lambda: the climb that is an alarm, in the values' unit. */
  readonly threshold?: number;
  /** What of the sum is kept at each value. */
  readonly alpha?: number;
}

export class PageHinkley implements StreamDetector {
  readonly #options: Required<PageHinkleyOptions>;
  #seen = 0;
  #mean = 0;
  #rise = 0;
  #fall = 0;
  #lowest = Infinity;
  #highest = -Infinity;

  constructor(options: PageHinkleyOptions = {}) {
    this.#options = { minimum: 30, delta: 0.005, threshold: 50, alpha: 0.9999, ...options };
  }

  get threshold(): number {
    return this.#options.threshold;
  }

  /** The greater of the climb since the lowest sum and the fall since the highest; 0 before the minimum of values. */
  get evidence(): number {
    if (this.#seen < this.#options.minimum) return 0;
    return Math.max(this.#rise - this.#lowest, this.#highest - this.#fall);
  }

  update(value: number): boolean {
    const { delta, alpha, threshold } = this.#options;
    this.#seen += 1;
    this.#mean += (value - this.#mean) / this.#seen;
    const deviation = value - this.#mean;
    this.#rise = alpha * this.#rise + deviation - delta;
    this.#fall = alpha * this.#fall + deviation + delta;
    this.#lowest = Math.min(this.#lowest, this.#rise);
    this.#highest = Math.max(this.#highest, this.#fall);
    if (this.evidence <= threshold) return false;
    this.#reset();
    return true;
  }

  #reset(): void {
    this.#seen = 0;
    this.#mean = 0;
    this.#rise = 0;
    this.#fall = 0;
    this.#lowest = Infinity;
    this.#highest = -Infinity;
  }
}
