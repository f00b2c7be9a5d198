// Hands predictions to the primary, which writes those of all workers.
import type { Primary } from '../../common/siblings.ts';
import type { LoggedPrediction } from '../logged-prediction.entity.ts';
import { PredictionWriter } from './prediction-writer.ts';
import { flatten } from './row-columns.ts';

export class PrimaryPredictionWriter extends PredictionWriter {
  constructor(private readonly primary: Primary) {
    super();
  }

  /** Where the primary dies before it answers the rows count as not stored. */
  async write(rows: readonly LoggedPrediction[]): Promise<void> {
    await this.primary.ask('write', flatten(rows));
  }

  /** The primary closes the file when the last worker has gone. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
