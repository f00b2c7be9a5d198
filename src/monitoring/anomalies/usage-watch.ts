// Watches what the processes use, second by second, against the last minutes: median and median absolute deviation, which the peaks that they
// are to find do not move.
import { MOST_IDS, type Concerned, type Finding } from './finding.ts';

/** Seconds with rows that make the baseline. */
const WINDOW = 300;
const LEAST = 60;
/** Deviations above the median that are out of the ordinary, for so many seconds on end. */
const MOST_DEVIATIONS = 6;
const SUSTAINED = 3;
/** The median absolute deviation of normal values times this is their standard deviation. */
const TO_DEVIATION = 1.4826;

export interface UsageKind {
  readonly kind: 'cpu' | 'memory';
  /** Less than this counts as nothing, given the median. */
  readonly leastDeviation: (median: number) => number;
}

/** In percent of one core. */
export const CPU: UsageKind = { kind: 'cpu', leastDeviation: () => 10 };
/** In bytes: garbage comes and goes. */
export const MEMORY: UsageKind = { kind: 'memory', leastDeviation: (median) => 0.05 * median };

export interface UsagePoint {
  readonly at: number;
  readonly id: string;
  readonly value: number;
}

export class UsageWatch {
  readonly #kind: UsageKind;
  readonly #window: number[] = [];
  /** The greatest of the second that runs. */
  #peak: UsagePoint | null = null;
  /** Seconds in a row that were out of the ordinary. */
  #high: UsagePoint[] = [];

  constructor(kind: UsageKind) {
    this.#kind = kind;
  }

  /** Points in the order of time; null while there is nothing to tell. */
  take(point: UsagePoint, concerned: Concerned): Finding | null {
    const peak = this.#peak;
    const isSame = peak !== null && Math.floor(point.at / 1000) === Math.floor(peak.at / 1000);
    if (isSame && point.value <= peak.value) return null;
    this.#peak = point;
    return peak === null || isSame ? null : this.#judge(peak, concerned);
  }

  #judge(peak: UsagePoint, concerned: Concerned): Finding | null {
    const baseline = this.#baseline();
    this.#window.push(peak.value);
    if (this.#window.length > WINDOW) this.#window.shift();
    if (baseline === null) return null;
    const { median, deviation } = baseline;
    if (peak.value <= median + MOST_DEVIATIONS * deviation) {
      this.#high = [];
      return null;
    }
    this.#high = [...this.#high, peak].slice(-MOST_IDS);
    if (this.#high.length < SUSTAINED) return null;
    const greatest = Math.max(...this.#high.map(({ value }) => value));
    return {
      ...concerned,
      at: this.#high[0]?.at ?? peak.at,
      until: peak.at,
      kind: this.#kind.kind,
      feature: null,
      value: greatest,
      expected: median,
      evidence: {
        method: 'robust_z',
        score: (greatest - median) / deviation,
        threshold: MOST_DEVIATIONS,
        rows: this.#high.length,
      },
      predictionIds: this.#high.map(({ id }) => id),
    };
  }

  #baseline(): { readonly median: number; readonly deviation: number } | null {
    if (this.#window.length < LEAST) return null;
    const median = medianOf(this.#window);
    const spread = medianOf(this.#window.map((value) => Math.abs(value - median)));
    return {
      median,
      deviation: Math.max(TO_DEVIATION * spread, this.#kind.leastDeviation(median)),
    };
  }
}

/** The lower one of two in the middle. */
function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[(sorted.length - 1) >> 1] as number;
}
