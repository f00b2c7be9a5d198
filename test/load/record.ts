// What was seen of a load: by the generator of each request, by the watch of the server's process.

export interface Answer {
  /** Name of its kind of request. */
  readonly kind: string;
  /** When it was due, from the beginning of the phase. */
  readonly plannedMs: number;
  /** From that instant to the whole answer. */
  readonly tookMs: number;
  /** 0: no answer. */
  readonly status: number;
}

/** Of some time of a phase, or of the whole of it. */
export interface LoadSeen {
  readonly answers: readonly Answer[];
  /** Of predictions that were acknowledged. */
  readonly ids: readonly string[];
  /** Requests for which no caller was free in time. */
  readonly notSent: number;
  /** Answers 503 and 429 that do not say when to come back. */
  readonly withoutRetryAfter: number;
  /** Processor time of the server, in microseconds, all its threads. */
  readonly cpuUs: number;
}

export interface PhaseRecord extends LoadSeen {
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** null: as fast as it was answered. */
  readonly perSecond: number | null;
  /** As planned. */
  readonly seconds: number;
}

/** Of the server's process at an instant. */
export interface ProcessSample {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Resident; megabytes of 10^6 bytes. */
  readonly megabytes: number;
  readonly descriptors: number;
  /** p99 of the event loop's lag since the sample before. */
  readonly lagMs: number;
}

/** What the log has of the predictions that were acknowledged. */
export interface Kept {
  readonly acknowledged: number;
  readonly missing: number;
}

/** The same load on the baseline and, right after it, on our server. */
export interface Pair {
  readonly bare: PhaseRecord;
  readonly ours: PhaseRecord;
}

export interface SteadyRecord {
  /** As fast as they answer. */
  readonly busy: readonly Pair[];
  /** At the same pace. */
  readonly pairs: readonly Pair[];
  readonly kept: Kept;
}

export interface SpikeRecord {
  /** Requests a second of the closed loop. */
  readonly capacity: number;
  readonly callers: number;
  readonly before: PhaseRecord;
  readonly spike: PhaseRecord;
  readonly after: PhaseRecord;
  readonly samples: readonly ProcessSample[];
  readonly kept: Kept;
}

export interface SoakRecord {
  readonly load: PhaseRecord;
  readonly samples: readonly ProcessSample[];
  /** How often another version took over meanwhile. */
  readonly swaps: number;
  readonly kept: Kept;
}
