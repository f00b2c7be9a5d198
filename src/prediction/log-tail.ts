// The end of the prediction log, read as it grows: what came after a row, some at a time.
import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository, SelectQueryBuilder } from 'typeorm';
import { LoggedPrediction } from './logged-prediction.entity.ts';

/** SQLite is read on the event loop: a page is what a prediction meanwhile waits for, 3 ms for rows of 30 features. */
const PAGE_ROWS = 250;

/** A row's place in the log: rows are in the order of when they were stored, epoch milliseconds, and of their ids. */
export interface LogPlace {
  readonly at: number;
  readonly id: string;
}

export interface TailRow {
  readonly id: string;
  readonly at: number;
  readonly modelName: string;
  readonly modelVersion: string;
  readonly probability: number;
  readonly durationMs: number;
  readonly cpuPercent: number;
  readonly memoryBytes: number;
  /** The features as they came, JSON. */
  readonly inputs: string;
}

/** PostgreSQL's bigints are text. */
type StoredRow = Omit<TailRow, 'at' | 'memoryBytes'> & {
  readonly at: number | string;
  readonly memoryBytes: number | string;
};

@Injectable()
export class LogTail {
  constructor(
    @InjectRepository(LoggedPrediction) private readonly rows: Repository<LoggedPrediction>,
  ) {}

  /** Where to begin so that no more than `most` rows follow up to and with the instant `last`, and how many are left out for it. */
  async begin(
    after: LogPlace,
    last: number,
    most: number,
  ): Promise<{ readonly after: LogPlace; readonly skipped: number }> {
    const place = await this.between(after, last)
      .select('p.created_at', 'at')
      .addSelect('p.id', 'id')
      .orderBy('p.created_at', 'DESC')
      .addOrderBy('p.id', 'DESC')
      .offset(most)
      .limit(1)
      .getRawOne<{ readonly at: number | string; readonly id: string }>();
    if (place === undefined) return { after, skipped: 0 };
    const from = { at: Number(place.at), id: place.id };
    return { after: from, skipped: await this.countBetween(after, from) };
  }

  /**
   * Rows after the one place up to and with the other. Those of the instants in between are counted in the index, without reading any: there may be
   * a hundred thousand.
   */
  private async countBetween(after: LogPlace, last: LogPlace): Promise<number> {
    const upTo = this.rows
      .createQueryBuilder('p')
      .where('p.created_at = :end AND p.id <= :last', { end: last.at, last: last.id });
    if (after.at === last.at) return upTo.andWhere('p.id > :id', { id: after.id }).getCount();
    const between = this.rows
      .createQueryBuilder('p')
      .where('p.created_at > :at AND p.created_at < :end', { at: after.at, end: last.at });
    const from = this.rows
      .createQueryBuilder('p')
      .where('p.created_at = :at AND p.id > :id', { at: after.at, id: after.id });
    const counts = await Promise.all([from, between, upTo].map((query) => query.getCount()));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Oldest first. No page is read before the one ahead of it was taken, and between two of them everything else has its turn. */
  async *pages(after: LogPlace, last: number): AsyncGenerator<readonly TailRow[], void, undefined> {
    let place = after;
    for (;;) {
      const page = await this.columns(this.between(place, last))
        .orderBy('p.created_at', 'ASC')
        .addOrderBy('p.id', 'ASC')
        .limit(PAGE_ROWS)
        .getRawMany<StoredRow>();
      const rows = page.map(toRow);
      if (rows.length > 0) yield rows;
      const end = rows.at(-1);
      if (rows.length < PAGE_ROWS || end === undefined) return;
      place = end;
      await turn();
    }
  }

  /** The last answers of a version up to and with a place, oldest first. */
  async before(
    { at, id }: LogPlace,
    model: { readonly name: string; readonly version: string },
    most: number,
  ): Promise<readonly Pick<TailRow, 'probability' | 'durationMs'>[]> {
    const newest = await this.rows
      .createQueryBuilder('p')
      .select('p.probability', 'probability')
      .addSelect('p.duration_ms', 'durationMs')
      .where('p.model_name = :name AND p.model_version = :version', model)
      .andWhere('p.created_at <= :at AND (p.created_at < :at OR p.id <= :id)', { at, id })
      .orderBy('p.created_at', 'DESC')
      .addOrderBy('p.id', 'DESC')
      .limit(most)
      .getRawMany<Pick<TailRow, 'probability' | 'durationMs'>>();
    return newest.reverse();
  }

  private between({ at, id }: LogPlace, last: number): SelectQueryBuilder<LoggedPrediction> {
    return this.rows
      .createQueryBuilder('p')
      .where('p.created_at >= :at AND p.created_at <= :last', { at, last })
      .andWhere('(p.created_at > :at OR p.id > :id)', { id });
  }

  private columns(
    query: SelectQueryBuilder<LoggedPrediction>,
  ): SelectQueryBuilder<LoggedPrediction> {
    return query
      .select('p.id', 'id')
      .addSelect('p.created_at', 'at')
      .addSelect('p.model_name', 'modelName')
      .addSelect('p.model_version', 'modelVersion')
      .addSelect('p.probability', 'probability')
      .addSelect('p.duration_ms', 'durationMs')
      .addSelect('p.cpu_percent', 'cpuPercent')
      .addSelect('p.memory_bytes', 'memoryBytes')
      .addSelect('p.inputs', 'inputs');
  }
}

const toRow = (row: StoredRow): TailRow => ({
  ...row,
  at: Number(row.at),
  memoryBytes: Number(row.memoryBytes),
});
