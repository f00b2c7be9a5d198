// Watches one stream of numbers for a lasting change of its mean: ADWIN and the test of Page and Hinkley, with thresholds from the stream's own
// values and the run that was asked for between two false alarms.
import { Adwin } from '../../statistics/drift/adwin.ts';
import { PageHinkley } from '../../statistics/drift/page-hinkley.ts';
import type { StreamDetector } from '../../statistics/drift/stream-detector.ts';
import { MOST_IDS, type Evidence } from './finding.ts';

/** Values from which thresholds are made. */
export const CALIBRATION_VALUES = 500;
/** Deviations beyond these count as these: one value must not look like a change. */
const MOST_DEVIATIONS = 6;
/** Of a deviation: what Page and Hinkley's test does not hold against the stream. */
const SLACK = 0.25;
/** A change is looked for among the last values, and has so many at least. */
const RECENT = 200;
const LEAST_CHANGED = 5;
/** Values after an alarm before it is judged: of a great change the first one is enough to alarm, and too little to say how great it is. */
const SETTLING = 20;

type Alarm = Pick<Evidence, 'method' | 'score' | 'threshold'>;

export interface StreamPoint {
  readonly at: number;
  /** null: no row was stored of it. */
  readonly id: string | null;
  readonly value: number;
}

export interface StreamKind {
  /** What is watched of a value: its logarithm, where changes are ratios. */
  readonly scale: 'linear' | 'log';
  /** A change of the mean, on that scale, that is worth telling. */
  readonly material: number;
  /** Which changes are told: latency that falls is good news. Either way what follows is measured against the new values. */
  readonly told: 'rises' | 'both';
  /** Deviation of a stream that did not vary while it was calibrated. */
  readonly leastDeviation: number;
}

export interface Thresholds {
  readonly adwin: number;
  readonly pageHinkley: number;
}

export interface StreamChange {
  readonly at: number;
  readonly until: number;
  readonly value: number;
  readonly expected: number;
  readonly evidence: Evidence;
  readonly predictionIds: readonly string[];
}

export const detectorsFor = {
  adwin: (threshold: number): StreamDetector => Adwin.withThreshold(threshold),
  // Nothing is forgotten: what river forgets takes the slack back, and false alarms come the sooner the longer the stream has run.
  pageHinkley: (threshold: number): StreamDetector =>
    new PageHinkley({ threshold, delta: SLACK, alpha: 1 }),
};

/** Mean and deviation of the values that it was calibrated on, on the stream's scale. */
export class StreamScale {
  readonly mean: number;
  readonly deviation: number;

  constructor(
    readonly kind: StreamKind,
    values: readonly number[],
  ) {
    const scaled = values.map((value) => this.of(value));
    this.mean = scaled.reduce((sum, value) => sum + value, 0) / scaled.length;
    const squares = scaled.reduce((sum, value) => sum + (value - this.mean) ** 2, 0);
    this.deviation = Math.max(kind.leastDeviation, Math.sqrt(squares / scaled.length));
  }

  of(value: number): number {
    return this.kind.scale === 'log' ? Math.log(Math.max(value, 1e-6)) : value;
  }

  back(scaled: number): number {
    return this.kind.scale === 'log' ? Math.exp(scaled) : scaled;
  }

  standard(value: number): number {
    const z = (this.of(value) - this.mean) / this.deviation;
    return Math.min(MOST_DEVIATIONS, Math.max(-MOST_DEVIATIONS, z));
  }
}

export class StreamWatch {
  readonly #scale: StreamScale;
  readonly #thresholds: Thresholds;
  #adwin!: StreamDetector;
  #pageHinkley!: StreamDetector;
  /** Of the values since the last change that are not recent any more; at first those of the calibration. */
  #sum = 0;
  #count = 0;
  #recent: StreamPoint[] = [];
  /** What is to be judged, and after how many values. */
  #alarmed: Alarm | null = null;
  #settling = 0;

  constructor(scale: StreamScale, thresholds: Thresholds) {
    this.#scale = scale;
    this.#thresholds = thresholds;
    this.#sum = scale.mean * CALIBRATION_VALUES;
    this.#count = CALIBRATION_VALUES;
    this.#begin();
  }

  /** null: as before, or not by so much that it is worth telling, or not known yet. */
  take(point: StreamPoint): StreamChange | null {
    this.#remember(point);
    this.#note(this.#alarm(this.#scale.standard(point.value)));
    if (this.#alarmed === null) return null;
    this.#settling -= 1;
    if (this.#settling > 0) return null;
    const change = this.#change(this.#alarmed);
    this.#alarmed = null;
    return change;
  }

  /** Both detectors begin anew where one alarms: what it was about is over for both. */
  #alarm(z: number): Alarm | null {
    const [adwin, pageHinkley] = [this.#adwin, this.#pageHinkley];
    const isCut = adwin.update(z);
    const isClimb = pageHinkley.update(z);
    if (!isCut && !isClimb) return null;
    this.#begin();
    return isCut
      ? { method: 'adwin', score: adwin.evidence, threshold: adwin.threshold }
      : // Its evidence went with the alarm: that it was above the threshold is what is known.
        { method: 'page_hinkley', score: pageHinkley.threshold, threshold: pageHinkley.threshold };
  }

  #note(alarm: Alarm | null): void {
    if (alarm === null || this.#alarmed !== null) return;
    this.#alarmed = alarm;
    this.#settling = SETTLING;
  }

  #begin(): void {
    this.#adwin = detectorsFor.adwin(this.#thresholds.adwin);
    this.#pageHinkley = detectorsFor.pageHinkley(this.#thresholds.pageHinkley);
  }

  #remember(point: StreamPoint): void {
    this.#recent.push(point);
    if (this.#recent.length <= RECENT) return;
    const [oldest] = this.#recent.splice(0, 1) as [StreamPoint];
    this.#sum += this.#scale.of(oldest.value);
    this.#count += 1;
  }

  /** Began where the values since then stand out most from those before; what follows is measured against the new ones. */
  #change(alarm: Alarm): StreamChange | null {
    const before = this.#sum / this.#count;
    const recent = this.#recent;
    let [sum, most, rows, mean] = [0, 0, LEAST_CHANGED, before];
    for (let n = 1; n <= recent.length; n += 1) {
      sum += this.#scale.of(recent[recent.length - n]?.value ?? 0) - before;
      const clear = Math.abs(sum) / Math.sqrt(n);
      if (n >= Math.min(LEAST_CHANGED, recent.length) && clear > most)
        [most, rows, mean] = [clear, n, before + sum / n];
    }
    const changed = recent.slice(-rows);
    const [first, last] = [changed[0], changed.at(-1)];
    if (first === undefined || last === undefined) return null;
    if (Math.abs(mean - before) < this.#scale.kind.material) return null;
    this.#sum = mean * rows;
    this.#count = rows;
    this.#recent = [];
    if (mean < before && this.#scale.kind.told === 'rises') return null;
    return {
      at: first.at,
      until: last.at,
      value: this.#scale.back(mean),
      expected: this.#scale.back(before),
      evidence: { ...alarm, rows },
      predictionIds: changed.flatMap(({ id }) => id ?? []).slice(-MOST_IDS),
    };
  }
}
