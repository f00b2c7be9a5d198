// Deletes predictions, and what challengers said about them, once they are older than RETENTION_DAYS: some rows at a time, so that nobody
// who predicts meanwhile waits for more than a few milliseconds.
import { setTimeout as pause } from 'node:timers/promises';
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, LessThan, type Repository } from 'typeorm';
import { messageOf } from '../../common/errors.ts';
import { Config } from '../../config/load-config.ts';
import { ChallengerPrediction } from '../challenger-prediction.entity.ts';
import { LoggedPrediction } from '../logged-prediction.entity.ts';

const DAY_MS = 86_400_000;
const EVERY_MS = 3_600_000;
/** Rows of one statement, and the time that others have the database to themselves before the next. */
const STEP = 200;
const BREATH_MS = 20;

@Injectable()
export class Retention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('PredictionLog');
  private readonly days: number | null;
  private timer: NodeJS.Timeout | undefined;
  private ended = false;

  constructor(
    { predictionLog }: Config,
    @InjectRepository(LoggedPrediction) private readonly predictions: Repository<LoggedPrediction>,
    @InjectRepository(ChallengerPrediction)
    private readonly comparisons: Repository<ChallengerPrediction>,
  ) {
    this.days = predictionLog.retentionDays;
  }

  onApplicationBootstrap(): void {
    if (this.days === null) return;
    this.timer = setInterval(() => void this.run(), EVERY_MS);
    this.timer.unref();
    void this.run();
  }

  onModuleDestroy(): void {
    this.ended = true;
    clearInterval(this.timer);
  }

  /** Deletes what is too old now; what cannot be deleted is told, and tried again an hour later. Returns how many predictions went. */
  async run(now = Date.now()): Promise<number> {
    if (this.days === null) return 0;
    const before = now - this.days * DAY_MS;
    try {
      await this.deleteComparisons(before);
      return await this.deletePredictions(before);
    } catch (error) {
      if (!this.ended) this.logger.warn(`Old predictions are not deleted: ${messageOf(error)}`);
      return 0;
    }
  }

  private async deletePredictions(before: number): Promise<number> {
    let deleted = 0;
    while (!this.ended) {
      const old = await this.predictions.find({
        select: { id: true },
        where: { createdAt: LessThan(before) },
        order: { createdAt: 'ASC' },
        take: STEP,
      });
      if (old.length === 0) break;
      await this.predictions.delete({ id: In(old.map(({ id }) => id)) });
      deleted += old.length;
      await pause(BREATH_MS);
    }
    return deleted;
  }

  private async deleteComparisons(before: number): Promise<void> {
    while (!this.ended) {
      const old = await this.comparisons.find({
        select: { predictionId: true },
        where: { createdAt: LessThan(before) },
        order: { createdAt: 'ASC' },
        take: STEP,
      });
      if (old.length === 0) return;
      await this.comparisons.delete({
        predictionId: In(old.map(({ predictionId }) => predictionId)),
      });
      await pause(BREATH_MS);
    }
  }
}
