// PORT: training runs as the API shows them. Adapters: file-run-reader.ts (embedded), mlflow-run-reader.ts. Runs are written by ml/tracking.

export interface RunSummary {
  readonly run_id: string;
  /** The run of the whole training, of which this one is a candidate; null for the former. */
  readonly parent_run_id: string | null;
  readonly name: string;
  readonly status: string;
  /** ISO 8601, UTC. */
  readonly start_time: string;
  readonly end_time: string | null;
  readonly params: Readonly<Record<string, string>>;
  /** The last value of each metric. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, string>>;
}

export interface RunPage {
  readonly items: readonly RunSummary[];
  /** Opaque; null on the last page. */
  readonly nextCursor: string | null;
}

export abstract class RunReader {
  /** Newest first. Throws INVALID_INPUT for a cursor that is none; REGISTRY_UNAVAILABLE. */
  abstract list(limit: number, cursor?: string): Promise<RunPage>;

  /** Throws NOT_FOUND; REGISTRY_UNAVAILABLE. */
  abstract get(runId: string): Promise<RunSummary>;
}
