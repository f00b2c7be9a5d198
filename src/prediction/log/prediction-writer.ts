// PORT: puts rows of the prediction log on disk. Adapters: a thread with SQLite, a pool of PostgreSQL connections,
// the primary of several workers.
import type { LoggedPrediction } from '../logged-prediction.entity.ts';

export abstract class PredictionWriter {
  /** Stores all rows in one transaction or none. Rejects where they are not stored; the next write tries afresh. */
  abstract write(rows: readonly LoggedPrediction[]): Promise<void>;
  abstract close(): Promise<void>;
}
