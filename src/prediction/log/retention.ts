// Deletes the oldest predictions, and what challengers said about them: those older than RETENTION_DAYS, and as many as it takes to stay
// within RETENTION_MB. Some rows at a time, so that nobody who predicts meanwhile waits for more than a few milliseconds.
import { setTimeout as pause } from 'node:timers/promises';
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, LessThan, type FindOptionsWhere, type Repository } from 'typeorm';
import { messageOf } from '../../common/errors.ts';
import { Siblings } from '../../common/siblings.ts';
import { Upkeep } from '../../common/upkeep.ts';
import { Config } from '../../config/load-config.ts';
import { PredictionLogInstruments } from '../../metrics/instruments.ts';
import { ChallengerPrediction } from '../challenger-prediction.entity.ts';
import { LoggedPrediction } from '../logged-prediction.entity.ts';
import { logSizeOf } from './log-size.ts';

const DAY_MS = 86_400_000;
/** What arrives meanwhile is how far the log may outgrow RETENTION_MB. */
const EVERY_MS = 300_000;
/** Rows of one statement, and the time that others have the database to themselves before the next. */
const STEP = 200;
const BREATH_MS = 20;

@Injectable()
export class Retention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('PredictionLog');
  private readonly days: number | null;
  private readonly bytes: number | null;
  private readonly upkeep = new Upkeep(() => this.run(), EVERY_MS);

  constructor(
    { predictionLog }: Config,
    @InjectRepository(LoggedPrediction) private readonly predictions: Repository<LoggedPrediction>,
    @InjectRepository(ChallengerPrediction)
    private readonly comparisons: Repository<ChallengerPrediction>,
    private readonly instruments: PredictionLogInstruments,
    private readonly siblings: Siblings,
  ) {
    this.days = predictionLog.retentionDays;
    this.bytes = predictionLog.retentionBytes;
  }

  onApplicationBootstrap(): void {
    this.upkeep.begin(this.siblings);
  }

  onModuleDestroy(): void {
    this.upkeep.end();
  }

  /** Deletes what is too old or too much now; what cannot be deleted is told, and tried again later. Returns how many predictions went. */
  async run(now = Date.now()): Promise<number> {
    try {
      const old = this.days === null ? 0 : await this.deleteOlderThan(now - this.days * DAY_MS);
      return old + (await this.deleteExcess());
    } catch (error) {
      if (!this.upkeep.isEnded)
        this.logger.warn(`Old predictions are not deleted: ${messageOf(error)}`);
      return 0;
    }
  }

  private async deleteOlderThan(instant: number): Promise<number> {
    const createdAt = LessThan(instant);
    while ((await this.deleteComparisons({ createdAt })) > 0);
    let deleted = 0;
    for (let gone = -1; gone !== 0; deleted += gone)
      gone = await this.deletePredictions({ createdAt }, STEP);
    return deleted;
  }

  private async deleteExcess(): Promise<number> {
    let deleted = 0;
    for (;;) {
      const size = await logSizeOf(this.predictions.manager.dataSource);
      this.instruments.takes(size.bytes);
      let excess = this.bytes === null ? 0 : size.excess(this.bytes);
      if (excess === 0) return deleted;
      for (; excess > 0; excess -= STEP) {
        const gone = await this.deletePredictions({}, Math.min(STEP, excess));
        deleted += gone;
        // Comparisons outlive predictions that were never stored.
        if (gone === 0 && (await this.deleteComparisons({})) === 0) return deleted;
      }
    }
  }

  /** The oldest of them, with what challengers said about them; 0 when there are none left, or no time. */
  private async deletePredictions(
    where: FindOptionsWhere<LoggedPrediction>,
    take: number,
  ): Promise<number> {
    if (this.upkeep.isEnded) return 0;
    const select = { id: true } as const;
    const oldest = await this.predictions.find({
      select,
      where,
      order: { createdAt: 'ASC' },
      take,
    });
    const ids = In(oldest.map(({ id }) => id));
    if (oldest.length === 0) return 0;
    await this.comparisons.delete({ predictionId: ids });
    await this.predictions.delete({ id: ids });
    await pause(BREATH_MS);
    return oldest.length;
  }

  private async deleteComparisons(where: FindOptionsWhere<ChallengerPrediction>): Promise<number> {
    if (this.upkeep.isEnded) return 0;
    const oldest = await this.comparisons.find({
      select: { predictionId: true },
      where,
      order: { createdAt: 'ASC' },
      take: STEP,
    });
    if (oldest.length === 0) return 0;
    await this.comparisons.delete({ predictionId: In(oldest.map((row) => row.predictionId)) });
    await pause(BREATH_MS);
    return oldest.length;
  }
}
