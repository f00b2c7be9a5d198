// Keeps roll-ups as long as they are of use: minutes for two days, hours and days as long as the log has rows of them; and adds up, once, the
// rows from before there were any.
import { setTimeout as pause } from 'node:timers/promises';
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, type Repository } from 'typeorm';
import { messageOf } from '../../common/errors.ts';
import { Siblings } from '../../common/siblings.ts';
import { Upkeep } from '../../common/upkeep.ts';
import { PredictionLog } from '../prediction-log.ts';
import { ActivityRollup } from './activity-rollup.entity.ts';
import { EarlierRows } from './earlier-rows.ts';
import { PredictionRollup } from './prediction-rollup.entity.ts';
import { DAY_MS, HOUR_MS, MINUTES_KEPT_MS, SPANS_MS, startOf } from './spans.ts';

const EVERY_MS = HOUR_MS;
/** A day more than the longest window that has an end. */
const ACTIVITY_KEPT_MS = 8 * DAY_MS;
/** Buckets' lengths of one statement, and the time that others have the database to themselves before the next. */
const STEP = 60;
const BREATH_MS = 20;

type Bucket = Pick<ActivityRollup, 'spanMs' | 'startsAt'> &
  Partial<Pick<PredictionRollup, 'folded'>>;

@Injectable()
export class RollupUpkeep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('PredictionLog');
  private readonly upkeep = new Upkeep(() => this.run(), EVERY_MS);

  constructor(
    private readonly siblings: Siblings,
    private readonly predictions: PredictionLog,
    private readonly earlier: EarlierRows,
    @InjectRepository(PredictionRollup) private readonly rollups: Repository<PredictionRollup>,
    @InjectRepository(ActivityRollup) private readonly activity: Repository<ActivityRollup>,
  ) {}

  onApplicationBootstrap(): void {
    this.upkeep.begin(this.siblings);
  }

  onModuleDestroy(): void {
    this.upkeep.end();
  }

  /** What cannot be done is told, and tried again later. */
  async run(now = Date.now()): Promise<void> {
    try {
      await this.deleteOld(now);
      await this.earlier.addUp(() => this.upkeep.isEnded);
    } catch (error) {
      if (!this.upkeep.isEnded) this.logger.warn(`Roll-ups are not kept up: ${messageOf(error)}`);
    }
  }

  private async deleteOld(now: number): Promise<void> {
    const oldestRow = (await this.predictions.oldestAt()) ?? now;
    for (const spanMs of SPANS_MS) {
      const tooOld = spanMs < HOUR_MS ? now - MINUTES_KEPT_MS : 0;
      await this.deleteBefore(this.rollups, { spanMs }, oldestRow);
      await this.deleteBefore(this.rollups, { spanMs, folded: 1 }, tooOld);
      // For some days also where the log keeps nothing.
      const ofActivity = Math.max(Math.min(oldestRow, now - ACTIVITY_KEPT_MS), tooOld);
      await this.deleteBefore(this.activity, { spanMs }, ofActivity);
    }
  }

  /** Those of one length that ended before the instant, some at a time, the oldest first. */
  private async deleteBefore(
    buckets: Repository<Bucket>,
    which: Omit<Bucket, 'startsAt'>,
    instant: number,
  ): Promise<void> {
    const { spanMs } = which;
    const last = startOf(instant, spanMs);
    while (!this.upkeep.isEnded) {
      const oldest = await buckets.minimum('startsAt', which);
      if (oldest === null || oldest >= last) return;
      const end = Math.min(last, oldest + STEP * spanMs);
      await buckets.delete({ ...which, startsAt: LessThan(end) });
      await pause(BREATH_MS);
    }
  }
}
