// PORT: where training runs are recorded. Adapters: file-run-tracker.ts, mlflow-run-tracker.ts, in-memory-run-tracker.ts (the fake).
// Names and limits are MLflow's, so that a run can move there unchanged; test/contract runs one suite over every adapter.

export type RunStatus = 'RUNNING' | 'FINISHED' | 'FAILED' | 'KILLED';

export interface RunStart {
  readonly name: string;
  readonly params?: Readonly<Record<string, ParamValue>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly dataset?: RunDataset;
}

/** The data that a run learned from. */
export interface RunDataset {
  readonly name: string;
  /** sha256 of the data file, hex. */
  readonly digest: string;
  /** Where the data came from, as the params file names it. */
  readonly source: string;
  readonly rows: number;
}

/** Kept as text. */
export type ParamValue = string | number | boolean;

export interface MetricPoint {
  readonly value: number;
  readonly step: number;
  /** ISO 8601, UTC. */
  readonly time: string;
}

/** What a tracker knows of a run. */
export interface RunRecord {
  /** 32 lower-case hex digits. */
  readonly runId: string;
  readonly parentRunId: string | null;
  readonly name: string;
  readonly status: RunStatus;
  /** ISO 8601, UTC. */
  readonly startTime: string;
  readonly endTime: string | null;
  readonly params: Readonly<Record<string, string>>;
  /** Every point of each metric, in the order of logging; the last is the metric's value. */
  readonly metrics: Readonly<Record<string, readonly MetricPoint[]>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly dataset: RunDataset | null;
  /** Paths inside the run's artifacts, sorted. */
  readonly artifacts: readonly string[];
}

/** A call that a tracker refuses: a name of the wrong form, a value it cannot keep, a run that is closed or unknown. */
export class TrackingError extends Error {
  override readonly name = 'TrackingError';
}

/** A run being recorded. After finish() every other call throws TrackingError. */
export abstract class Run {
  abstract readonly id: string;

  /** Adds params; a param keeps its first value, and another one for the same key throws. */
  abstract logParams(params: Readonly<Record<string, ParamValue>>): Promise<void>;

  /** Adds one point to each metric; a value that is not finite throws. */
  abstract logMetrics(metrics: Readonly<Record<string, number>>, step?: number): Promise<void>;

  /** Stores a copy of a file under `folder` of the run's artifacts ('' = at the top), keeping its name. */
  abstract logArtifact(file: string, folder?: string): Promise<void>;

  /** A run of its own inside this one, as of one candidate of a grid. */
  abstract startChild(start: RunStart): Promise<Run>;

  abstract finish(status: Exclude<RunStatus, 'RUNNING'>): Promise<void>;
}

export abstract class RunTracker {
  abstract startRun(start: RunStart): Promise<Run>;

  /** Throws TrackingError where there is no such run. */
  abstract getRun(runId: string): Promise<RunRecord>;
}
