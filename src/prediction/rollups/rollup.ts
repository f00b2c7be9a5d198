// What some rows of the log add up to. Roll-ups of parts add up to that of the whole.
import { Moments, type MomentsJson } from '../../statistics/moments.ts';
import { QuantileSketch } from '../../statistics/quantile-sketch.ts';
import type { LoggedPrediction } from '../logged-prediction.entity.ts';

/** What a roll-up needs of a row. */
export type RollupRow = Pick<
  LoggedPrediction,
  | 'createdAt'
  | 'modelName'
  | 'modelVersion'
  | 'probability'
  | 'label'
  | 'threshold'
  | 'warnings'
  | 'durationMs'
  | 'cpuPercent'
  | 'memoryBytes'
>;

/** Of equal width over [0, 1]; the last includes 1. */
export const SCORE_BINS = 20;

const NO_WARNINGS = '[]';

interface RollupJson {
  readonly rows: number;
  readonly positives: number;
  readonly labels: Readonly<Record<string, number>>;
  readonly warnings: number;
  readonly score: MomentsJson;
  readonly score_counts: readonly number[];
  readonly duration_ms: MomentsJson;
  readonly cpu_percent: MomentsJson;
  readonly memory_bytes: MomentsJson;
}

export class Rollup {
  #rows = 0;
  #positives = 0;
  #warnings = 0;
  readonly #labels = new Map<string, number>();

  constructor(
    readonly score = new Moments(),
    readonly scoreCounts: number[] = new Array<number>(SCORE_BINS).fill(0),
    /** To encode and score a row. */
    readonly durationMs = new QuantileSketch(),
    readonly cpuPercent = new Moments(),
    readonly memoryBytes = new Moments(),
  ) {}

  /** Of what toJSON() gave. */
  static from(json: unknown): Rollup {
    const stored = json as RollupJson;
    const rollup = new Rollup(
      Moments.from(stored.score),
      [...stored.score_counts],
      QuantileSketch.from(stored.duration_ms),
      Moments.from(stored.cpu_percent),
      Moments.from(stored.memory_bytes),
    );
    rollup.#rows = stored.rows;
    rollup.#positives = stored.positives;
    rollup.#warnings = stored.warnings;
    for (const [label, rows] of Object.entries(stored.labels)) rollup.#labels.set(label, rows);
    return rollup;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Rows whose probability reaches their threshold. */
  get positives(): number {
    return this.#positives;
  }

  /** Rows with any. */
  get warnings(): number {
    return this.#warnings;
  }

  /** Rows by label. */
  get labels(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#labels);
  }

  add(row: RollupRow): void {
    const { probability, label } = row;
    this.#rows += 1;
    if (probability >= row.threshold) this.#positives += 1;
    if (row.warnings !== NO_WARNINGS) this.#warnings += 1;
    this.#labels.set(label, (this.#labels.get(label) ?? 0) + 1);
    this.score.add(probability);
    const bin = Math.min(SCORE_BINS - 1, Math.floor(probability * SCORE_BINS));
    this.scoreCounts[bin] = (this.scoreCounts[bin] ?? 0) + 1;
    this.durationMs.add(row.durationMs);
    this.cpuPercent.add(row.cpuPercent);
    this.memoryBytes.add(row.memoryBytes);
  }

  merge(other: Rollup): void {
    this.#rows += other.#rows;
    this.#positives += other.#positives;
    this.#warnings += other.#warnings;
    for (const [label, rows] of other.#labels)
      this.#labels.set(label, (this.#labels.get(label) ?? 0) + rows);
    this.score.merge(other.score);
    other.scoreCounts.forEach((count, bin) => {
      this.scoreCounts[bin] = (this.scoreCounts[bin] ?? 0) + count;
    });
    this.durationMs.merge(other.durationMs);
    this.cpuPercent.merge(other.cpuPercent);
    this.memoryBytes.merge(other.memoryBytes);
  }

  toJSON(): RollupJson {
    return {
      rows: this.#rows,
      positives: this.#positives,
      labels: this.labels,
      warnings: this.#warnings,
      score: this.score.toJSON(),
      score_counts: this.scoreCounts,
      duration_ms: this.durationMs.toJSON(),
      cpu_percent: this.cpuPercent.toJSON(),
      memory_bytes: this.memoryBytes.toJSON(),
    };
  }
}
