// What is done about the challenger once the caller has the answer: a bounded queue, worked off one row at a time. It can lose work, never
// hold up or fail an answer.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { messageOf } from '../common/errors.ts';
import { ComparisonInstruments, type ModelLabels } from '../metrics/instruments.ts';
import { ChallengerLog } from './challenger-log.ts';
import type { ChallengerPrediction } from './challenger-prediction.entity.ts';

/** Rows that wait at most; at a few hundred bytes each, well below a megabyte. */
const CAPACITY = 1000;
/** Rows stored by one statement; while it runs on SQLite, nothing else does. */
const BATCH = 16;

/** Makes the row to store, or null where there is nothing to compare any more. Never rejects. */
export type Comparison = () => Promise<ChallengerPrediction | null>;

@Injectable()
export class ComparisonQueue implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Challenger');
  private readonly waiting: Comparison[] = [];
  private working: Promise<void> | null = null;
  private closed = false;
  private failing = false;

  constructor(
    private readonly log: ChallengerLog,
    private readonly instruments: ComparisonInstruments,
  ) {}

  /** Takes the work, or drops and counts it where the queue is full. `challenger` is whose work it is, for the count. */
  add(challenger: ModelLabels, work: Comparison): void {
    if (this.closed || this.waiting.length >= CAPACITY) {
      this.instruments.dropped(challenger, 'queue_full');
      return;
    }
    this.waiting.push(work);
    this.working ??= this.workOff().finally(() => {
      this.working = null;
    });
  }

  /** Finishes what waits, while models and database are still there. */
  async beforeApplicationShutdown(): Promise<void> {
    this.closed = true;
    await this.working;
  }

  private async workOff(): Promise<void> {
    while (this.waiting.length > 0) {
      // Requests first: each turn of the event loop serves them, then one batch.
      await nextTurn();
      const rows: ChallengerPrediction[] = [];
      for (const work of this.waiting.splice(0, BATCH)) {
        const row = await work();
        if (row !== null) rows.push(row);
      }
      await this.store(rows);
    }
  }

  private async store(rows: readonly ChallengerPrediction[]): Promise<void> {
    try {
      await this.log.store(rows);
      this.failing = false;
    } catch (error) {
      for (const { modelName, version } of rows)
        this.instruments.dropped({ model: modelName, version }, 'not_stored');
      if (!this.failing)
        this.logger.warn(`Comparisons with the challenger are not stored: ${messageOf(error)}`);
      this.failing = true;
    }
  }
}
