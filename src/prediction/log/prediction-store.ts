// Puts predictions into the log, as the setting PREDICTION_LOG says: before they are answered, soon after, or not at all.
import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { AppError, messageOf } from '../../common/errors.ts';
import { Config } from '../../config/load-config.ts';
import { PredictionLogInstruments } from '../../metrics/instruments.ts';
import type { LoggedPrediction } from '../logged-prediction.entity.ts';
import { GroupCommit } from './group-commit.ts';
import { PredictionWriter } from './prediction-writer.ts';

/** Rows that wait at most, some 20 MB: beyond them the disk is not keeping up, and waiting longer would help nobody. */
const CAPACITY = 20_000;
const RETRY_AFTER_SECONDS = 1;
const RETRY_AFTER_FAILURE_SECONDS = 5;

@Injectable()
export class PredictionStore
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly logger = new Logger('PredictionLog');
  private readonly mode: Config['predictionLog']['mode'];
  private readonly commit: GroupCommit;
  private failing = false;

  constructor(
    { predictionLog }: Config,
    private readonly writer: PredictionWriter,
    private readonly instruments: PredictionLogInstruments,
  ) {
    this.mode = predictionLog.mode;
    this.commit = new GroupCommit(writer);
    instruments.watchPending(() => this.commit.pending);
  }

  /** Starts the thread and opens the file, so that the first caller does not wait for it; what is wrong with them that caller hears. */
  onApplicationBootstrap(): void {
    if (this.mode !== 'off') this.commit.append([]).catch(() => {});
  }

  /** Throws UNAVAILABLE where rows are waiting that the disk does not keep up with: before anything is computed in vain. */
  expectRoom(): void {
    if (this.commit.pending < CAPACITY) return;
    throw new AppError(
      'UNAVAILABLE',
      'More predictions are asked for than can be stored at present; try again.',
      { retryAfterSeconds: RETRY_AFTER_SECONDS },
    );
  }

  /** Resolves when the rows may be answered; all of them are stored or none. Throws UNAVAILABLE: what cannot be stored must not be answered. */
  async store(rows: readonly LoggedPrediction[]): Promise<void> {
    if (this.mode === 'off') return;
    const committed = this.commit.append(rows);
    if (this.mode === 'async') {
      committed.then(
        () => {
          this.stored(rows.length);
        },
        (error: unknown) => {
          this.failed(rows.length, error);
        },
      );
      return;
    }
    try {
      await committed;
    } catch (cause) {
      this.failed(rows.length, cause);
      throw new AppError(
        'UNAVAILABLE',
        'The prediction could not be stored, so it is not answered; try again.',
        { cause, retryAfterSeconds: RETRY_AFTER_FAILURE_SECONDS },
      );
    }
    this.stored(rows.length);
  }

  /** While the database is still there. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.commit.drain();
  }

  /** After the last answer is out. */
  async onApplicationShutdown(): Promise<void> {
    await this.commit.drain();
    await this.writer.close();
  }

  private stored(rows: number): void {
    this.failing = false;
    this.instruments.stored(rows);
  }

  /** Says so once, not for each of thousands of callers. */
  private failed(rows: number, error: unknown): void {
    this.instruments.failed(rows);
    if (!this.failing) this.logger.error(`Predictions are not stored: ${messageOf(error)}`);
    this.failing = true;
  }
}
