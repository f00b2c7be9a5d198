// The prediction log, read: newest first, one by one, or by model version.
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { MoreThanOrEqual, type Repository } from 'typeorm';
import { AppError } from '../common/errors.ts';
import type { Span } from '../common/span-query.ts';
import { LoggedPrediction } from './logged-prediction.entity.ts';

export interface PredictionFilter extends Span {
  readonly version?: string;
  readonly label?: string;
  readonly userId?: string;
}

export interface PredictionPage {
  readonly items: readonly LoggedPrediction[];
  /** Opaque; null on the last page. */
  readonly nextCursor: string | null;
}

/** The answers of one version from an instant (epoch milliseconds, inclusive) on. */
export interface VersionFilter {
  readonly modelName: string;
  readonly version: string;
  readonly from: number;
}

/** What statistics need of an answer. */
export interface ScoredAnswer {
  readonly probability: number;
  readonly label: string;
  readonly durationMs: number;
}

@Injectable()
export class PredictionLog {
  constructor(
    @InjectRepository(LoggedPrediction) private readonly rows: Repository<LoggedPrediction>,
  ) {}

  /** Throws NOT_FOUND. */
  async get(id: string): Promise<LoggedPrediction> {
    const row = await this.rows.findOneBy({ id });
    if (row === null) throw new AppError('NOT_FOUND', 'There is no prediction with this id.');
    return row;
  }

  /** When the oldest row was stored, epoch milliseconds; null for an empty log. */
  async oldestAt(): Promise<number | null> {
    const [oldest] = await this.rows.find({
      select: { createdAt: true },
      order: { createdAt: 'ASC' },
      take: 1,
    });
    return oldest?.createdAt ?? null;
  }

  /** The newest answers of a version. */
  scores({ modelName, version, from }: VersionFilter, limit: number): Promise<ScoredAnswer[]> {
    return this.rows
      .createQueryBuilder('p')
      .select('p.probability', 'probability')
      .addSelect('p.label', 'label')
      .addSelect('p.duration_ms', 'durationMs')
      .where({ modelName, modelVersion: version })
      .andWhere('p.created_at >= :from', { from })
      .orderBy('p.created_at', 'DESC')
      .limit(limit)
      .getRawMany<ScoredAnswer>();
  }

  /** When a version answered first, epoch milliseconds; null where it did not. */
  async firstAt({ modelName, version, from }: VersionFilter): Promise<number | null> {
    const [first] = await this.rows.find({
      select: { createdAt: true },
      where: { modelName, modelVersion: version, createdAt: MoreThanOrEqual(from) },
      order: { createdAt: 'ASC' },
      take: 1,
    });
    return first?.createdAt ?? null;
  }

  /** Newest first; pages by key, so that rows stored meanwhile shift nothing. Throws INVALID_INPUT for a cursor not of ours. */
  async list(filter: PredictionFilter, limit: number, cursor?: string): Promise<PredictionPage> {
    const query = this.rows
      .createQueryBuilder('p')
      .orderBy('p.createdAt', 'DESC')
      .addOrderBy('p.id', 'DESC')
      // One more than asked: whether there is a next page.
      .limit(limit + 1);
    for (const [condition, parameters] of conditionsOf(filter))
      query.andWhere(condition, parameters);
    if (cursor !== undefined) {
      query.andWhere(
        '(p.createdAt < :at OR (p.createdAt = :at AND p.id < :id))',
        readCursor(cursor),
      );
    }
    const found = await query.getMany();
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return {
      items,
      nextCursor: found.length > limit && last !== undefined ? toCursor(last) : null,
    };
  }
}

/** Conditions on the log under the alias `p`, with their parameters. */
export function conditionsOf(
  filter: PredictionFilter,
): [string, Record<string, string | number>][] {
  const { from, to, version, label, userId } = filter;
  const conditions: [string, Record<string, string | number>][] = [];
  if (from !== undefined) conditions.push(['p.createdAt >= :from', { from }]);
  if (to !== undefined) conditions.push(['p.createdAt < :to', { to }]);
  if (version !== undefined) conditions.push(['p.modelVersion = :version', { version }]);
  if (label !== undefined) conditions.push(['p.label = :label', { label }]);
  if (userId !== undefined) conditions.push(['p.userId = :userId', { userId }]);
  return conditions;
}

const CURSOR = /^(\d{1,15})\.([0-9a-f-]{36})$/;

const toCursor = ({ createdAt, id }: LoggedPrediction): string =>
  Buffer.from(`${createdAt}.${id}`).toString('base64url');

function readCursor(cursor: string): { at: number; id: string } {
  const [, at, id] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (at === undefined || id === undefined) {
    throw new AppError('INVALID_INPUT', 'The cursor is not one that this API gave.', {
      errors: [{ field: 'cursor', code: 'cursor', expected: 'the next_cursor of the page before' }],
    });
  }
  return { at: Number(at), id };
}
