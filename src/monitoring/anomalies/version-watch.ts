// Watches what one model version answers: its latency, its scores and its inputs.
import {
  CALIBRATION_VALUES,
  StreamScale,
  StreamWatch,
  type StreamKind,
  type Thresholds,
} from './stream-watch.ts';
import type { Concerned, Finding } from './finding.ts';
import type { InputRow, InputWatch } from './input-watch.ts';

/** Half as long again. */
const LATENCY: StreamKind = {
  scale: 'log',
  material: Math.log(1.5),
  told: 'rises',
  leastDeviation: 0.1,
};
const SCORE: StreamKind = { scale: 'linear', material: 0.05, told: 'both', leastDeviation: 0.02 };
/** Of the requests. */
const ERROR: StreamKind = { scale: 'linear', material: 0.02, told: 'rises', leastDeviation: 0.05 };
export const STREAMS = { latency: LATENCY, score: SCORE, error: ERROR } as const;

type Calibrate = (values: Float64Array) => Promise<Thresholds>;

/** A stream that calibrates itself on its first values, and is watched from then on. */
export class CalibratingStream {
  readonly #calibrate: Calibrate;
  #first: number[] = [];
  #watch: StreamWatch | null = null;

  constructor(
    private readonly kind: keyof typeof STREAMS,
    private readonly concerned: Concerned,
    calibrate: Calibrate,
  ) {
    this.#calibrate = calibrate;
  }

  /** Points in the order of time. */
  async take(points: readonly Parameters<StreamWatch['take']>[0][]): Promise<readonly Finding[]> {
    const findings: Finding[] = [];
    for (const point of points) {
      if (this.#watch === null) await this.learn(point.value);
      else {
        const change = this.#watch.take(point);
        if (change !== null)
          findings.push({ ...this.concerned, kind: this.kind, feature: null, ...change });
      }
    }
    return findings;
  }

  /** A value that is known to be as it should, or is taken to be. */
  async learn(value: number): Promise<void> {
    if (this.#watch !== null) return;
    this.#first.push(value);
    if (this.#first.length < CALIBRATION_VALUES) return;
    const scale = new StreamScale(STREAMS[this.kind], this.#first);
    const standard = Float64Array.from(this.#first, (first) => scale.standard(first));
    this.#watch = new StreamWatch(scale, await this.#calibrate(standard));
    this.#first = [];
  }
}

export interface AnsweredRow extends InputRow {
  readonly probability: number;
  readonly durationMs: number;
}

export class VersionWatch {
  readonly #latency: CalibratingStream;
  readonly #score: CalibratingStream;

  /** `inputs`: null where nothing is known of what training saw. */
  constructor(
    concerned: Concerned,
    calibrate: Calibrate,
    private readonly inputs: InputWatch | null,
  ) {
    this.#latency = new CalibratingStream('latency', concerned, calibrate);
    this.#score = new CalibratingStream('score', concerned, calibrate);
  }

  /** Rows from before the watch began: what is ordinary. */
  async learn(rows: readonly Pick<AnsweredRow, 'probability' | 'durationMs'>[]): Promise<void> {
    for (const { durationMs, probability } of rows) {
      await this.#latency.learn(durationMs);
      await this.#score.learn(probability);
    }
  }

  /** Rows in the order of time. */
  async take(rows: readonly AnsweredRow[]): Promise<readonly Finding[]> {
    const pointsOf = (valueOf: (row: AnsweredRow) => number) =>
      rows.map((row) => ({ at: row.at, id: row.id, value: valueOf(row) }));
    return [
      ...(await this.#latency.take(pointsOf(({ durationMs }) => durationMs))),
      ...(await this.#score.take(pointsOf(({ probability }) => probability))),
      ...(this.inputs?.take(rows) ?? []),
    ];
  }
}
