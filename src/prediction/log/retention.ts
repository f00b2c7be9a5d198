// Deletes the oldest predictions, and what refers to them: those older than RETENTION_DAYS, and as many as it takes to stay within RETENTION_MB. Some
// rows at a time, so that nobody who predicts meanwhile waits for more than a few milliseconds; what was stored in one transaction goes in one.
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
import { expire } from './expiry.ts';
import { LogChain, type LogBlock } from './log-chain.ts';
import { logSizeOf } from './log-size.ts';
import { changeLog } from './log-transaction.ts';
import { pruneStream, streamAfter } from './pruning.ts';
import { dependentTables } from './removal.ts';

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
  private dependents: readonly string[] | null = null;
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
      const chain = new LogChain();
      const old =
        this.days === null ? 0 : await this.deleteOlderThan(now - this.days * DAY_MS, chain);
      const excess = await this.deleteExcess(chain);
      if (chain.head !== null) {
        await this.prune(chain.head, now);
        this.instruments.takes((await logSizeOf(this.predictions.manager.dataSource)).bytes);
      }
      return old + excess;
    } catch (error) {
      if (!this.upkeep.isEnded)
        this.logger.warn(`Old predictions are not deleted: ${messageOf(error)}`);
      return 0;
    }
  }

  private async deleteOlderThan(instant: number, chain: LogChain): Promise<number> {
    const createdAt = LessThan(instant);
    while ((await this.deleteComparisons({ createdAt })) > 0);
    let deleted = 0;
    for (let gone = -1; gone !== 0; deleted += gone)
      gone = await this.deletePredictions(instant, STEP, chain);
    return deleted;
  }

  private async deleteExcess(chain: LogChain): Promise<number> {
    let deleted = 0;
    for (;;) {
      const size = await logSizeOf(this.predictions.manager.dataSource);
      this.instruments.takes(size.bytes);
      let excess = this.bytes === null ? 0 : size.excess(this.bytes);
      if (excess === 0) return deleted;
      while (excess > 0) {
        const gone = await this.deletePredictions(null, Math.min(STEP, excess), chain);
        deleted += gone;
        excess -= gone;
        if (gone > 0) continue;
        // Comparisons outlive predictions that were never stored.
        if ((await this.deleteComparisons({})) === 0) return deleted;
        break;
      }
    }
  }

  /** The oldest of them, with what refers to them; 0 when there are none left, or no time. */
  private async deletePredictions(
    before: number | null,
    take: number,
    chain: LogChain,
  ): Promise<number> {
    if (this.upkeep.isEnded) return 0;
    const { dataSource } = this.predictions.manager;
    this.dependents ??= await dependentTables(dataSource);
    const { dependents } = this;
    const { rows, removal } = await changeLog(dataSource, (statements) =>
      expire(statements, { chain, before, take, dependents }),
    );
    if (removal !== null) chain.kept(removal);
    if (rows > 0) await pause(BREATH_MS);
    return rows;
  }

  /** Of all streams: each has blocks without rows at its beginning only. */
  private async prune(removal: LogBlock, now: number): Promise<void> {
    const { dataSource } = this.predictions.manager;
    const next = (after: string): Promise<string | null> =>
      changeLog(dataSource, (statements) => streamAfter(statements, after));
    for (let stream = await next(''); stream !== null; stream = await next(stream)) {
      const of = stream;
      const step = (): Promise<number> =>
        changeLog(dataSource, (statements) => pruneStream(statements, of, { removal, now }));
      while (!this.upkeep.isEnded && (await step()) > 0) await pause(BREATH_MS);
    }
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
