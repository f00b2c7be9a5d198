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
import { GroupCommit, type CommitWaiter } from './group-commit.ts';
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
    this.commit = new GroupCommit({ write: (rows) => this.write(rows) });
    instruments.watchPending(() => this.commit.pending);
  }

  /** Starts the thread and opens the file, so that the first caller does not wait for it; what is wrong with them that caller hears. */
  onApplicationBootstrap(): void {
    if (this.mode !== 'off') this.commit.append([]).catch(() => {});
  }

  /** Whether rows that are handed over are stored at all. */
  get keepsRows(): boolean {
    return this.mode !== 'off';
  }

  /** False where rows are waiting that the disk does not keep up with. */
  get hasRoom(): boolean {
    return this.commit.pending < CAPACITY;
  }

  /** Throws UNAVAILABLE where there is no room: before anything is computed in vain. */
  expectRoom(): void {
    if (this.hasRoom) return;
    throw new AppError(
      'UNAVAILABLE',
      'More predictions are asked for than can be stored at present; try again.',
      { retryAfterSeconds: RETRY_AFTER_SECONDS },
    );
  }

  /** Tells the waiter when the rows may be answered; all of them are stored or none. UNAVAILABLE: what cannot be stored must not be answered. */
  add(rows: readonly LoggedPrediction[], waiter: CommitWaiter): void {
    if (this.mode === 'acknowledged') {
      this.commit.add(rows, waiter);
      return;
    }
    if (this.mode === 'async') this.commit.add(rows, NOBODY);
    waiter.stored();
  }

  /** The same as a promise. Throws UNAVAILABLE. */
  store(rows: readonly LoggedPrediction[]): Promise<void> {
    return new Promise((stored, notStored) => {
      this.add(rows, { stored, notStored });
    });
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

  /** Counts and says so once for all rows of a transaction, and not again for each that fails after it. */
  private async write(rows: readonly LoggedPrediction[]): Promise<void> {
    try {
      await this.writer.write(rows);
    } catch (cause) {
      this.instruments.failed(rows.length);
      // They were answered before.
      if (this.mode === 'async') this.instruments.dropped(rows.length);
      if (!this.failing) this.logger.error(`Predictions are not stored: ${messageOf(cause)}`);
      this.failing = true;
      throw new AppError(
        'UNAVAILABLE',
        'The prediction could not be stored, so it is not answered; try again.',
        { cause, retryAfterSeconds: RETRY_AFTER_FAILURE_SECONDS },
      );
    }
    this.failing = false;
    this.instruments.stored(rows.length);
  }
}

/** Nobody waits: the answer has gone. */
const NOBODY: CommitWaiter = Object.freeze({ stored: () => {}, notStored: () => {} });
