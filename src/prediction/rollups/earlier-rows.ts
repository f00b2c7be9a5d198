// Rows that were stored before there were roll-ups, added up once: day by day, and so that a day that was begun can be begun again.
import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository, SelectQueryBuilder } from 'typeorm';
import { LoggedPrediction } from '../logged-prediction.entity.ts';
import { PredictionRollup } from './prediction-rollup.entity.ts';
import { Rollup, type RollupRow } from './rollup.ts';
import { DAY_MS, HOUR_MS, MINUTES_KEPT_MS, SPANS_MS, startOf } from './spans.ts';

/** Of their roll-ups; a writer's has another length. */
const STREAM = 'before';
/** SQLite is read on the event loop: what a prediction meanwhile waits for. */
const PAGE_ROWS = 500;
/** Cells of one statement: SQLite takes 32,766. */
const PAGE_ROLLUPS = 200;

type EarlierRow = RollupRow & Pick<LoggedPrediction, 'id' | 'block'>;
type RollupBuckets = Map<
  string,
  Omit<PredictionRollup, 'rows' | 'folded' | 'body'> & { rollup: Rollup }
>;

@Injectable()
export class EarlierRows {
  constructor(
    @InjectRepository(LoggedPrediction) private readonly rows: Repository<LoggedPrediction>,
    @InjectRepository(PredictionRollup) private readonly rollups: Repository<PredictionRollup>,
  ) {}

  /** Adds up the days that are not; `isEnded` is asked between two pages. Returns how many rows these were. */
  async addUp(isEnded: () => boolean): Promise<number> {
    const oldest = await this.edge('ASC', 0);
    if (oldest === null || oldest.block !== null) return 0;
    let added = 0;
    for (let day = startOf(oldest.createdAt, DAY_MS); day <= Date.now(); day += DAY_MS) {
      const newest = await this.edge('DESC', day);
      if (newest === null) continue;
      added += await this.addUpDay(day, isEnded);
      // From the first row of a chain on, writers add up what they store.
      if (newest.block !== null || isEnded()) break;
    }
    return added;
  }

  private async addUpDay(day: number, isEnded: () => boolean): Promise<number> {
    const isDone = await this.rollups.existsBy({ spanMs: DAY_MS, startsAt: day, stream: STREAM });
    if (isDone) return 0;
    const buckets: RollupBuckets = new Map();
    let rows = 0;
    for (let after: EarlierRow | undefined; ;) {
      const page = await this.page(day, after);
      for (const row of page) {
        if (row.block !== null) continue;
        addInto(buckets, row);
        rows += 1;
      }
      after = page.at(-1);
      await turn();
      if (isEnded()) return 0;
      if (page.length < PAGE_ROWS) break;
    }
    await this.store(buckets);
    return rows;
  }

  /** The days last: they say that all else is there. */
  private async store(buckets: RollupBuckets): Promise<void> {
    const stored = Array.from(buckets.values(), ({ rollup, ...key }) => ({
      ...key,
      rows: rollup.rows,
      folded: 1,
      body: JSON.stringify(rollup),
    })).sort((a, b) => a.spanMs - b.spanMs);
    for (let at = 0; at < stored.length; at += PAGE_ROLLUPS) {
      await this.rollups
        .createQueryBuilder()
        .insert()
        .values(stored.slice(at, at + PAGE_ROLLUPS))
        .orUpdate(
          ['rows', 'folded', 'body'],
          ['span_ms', 'starts_at', 'model_name', 'model_version', 'stream'],
        )
        .updateEntity(false)
        .execute();
      await turn();
    }
  }

  /** The oldest row from the day on, or the newest of the day. */
  private async edge(order: 'ASC' | 'DESC', day: number): Promise<EarlierRow | null> {
    const query = this.select().where('p.createdAt >= :day', { day });
    if (order === 'DESC') query.andWhere('p.createdAt < :end', { end: day + DAY_MS });
    return query.orderBy('p.createdAt', order).addOrderBy('p.id', order).limit(1).getOne();
  }

  private page(day: number, after: EarlierRow | undefined): Promise<EarlierRow[]> {
    const query = this.select()
      .where('p.createdAt >= :from AND p.createdAt < :to', {
        from: after?.createdAt ?? day,
        to: day + DAY_MS,
      })
      .orderBy('p.createdAt')
      .addOrderBy('p.id')
      .limit(PAGE_ROWS);
    if (after !== undefined)
      query.andWhere('(p.createdAt > :at OR p.id > :id)', { at: after.createdAt, id: after.id });
    return query.getMany();
  }

  private select(): SelectQueryBuilder<LoggedPrediction> {
    return this.rows
      .createQueryBuilder('p')
      .select([
        'p.id',
        'p.block',
        'p.createdAt',
        'p.modelName',
        'p.modelVersion',
        'p.probability',
        'p.label',
        'p.threshold',
        'p.warnings',
        'p.durationMs',
        'p.cpuPercent',
        'p.memoryBytes',
      ]);
  }
}

function addInto(buckets: RollupBuckets, row: EarlierRow): void {
  const { modelName, modelVersion } = row;
  const isOld = row.createdAt < Date.now() - MINUTES_KEPT_MS;
  for (const spanMs of SPANS_MS) {
    if (isOld && spanMs < HOUR_MS) continue;
    const startsAt = startOf(row.createdAt, spanMs);
    const key = JSON.stringify([spanMs, startsAt, modelName, modelVersion]);
    let bucket = buckets.get(key);
    if (bucket === undefined) {
      const rollup = new Rollup();
      bucket = { spanMs, startsAt, modelName, modelVersion, stream: STREAM, rollup };
      buckets.set(key, bucket);
    }
    bucket.rollup.add(row);
  }
}
