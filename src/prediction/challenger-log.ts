// The rows that champion and challenger both saw: stored behind the answers, and read back for their comparison.
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository, SelectQueryBuilder } from 'typeorm';
import { ChallengerPrediction } from './challenger-prediction.entity.ts';

/** Which comparisons: of one challenger with one champion, from an instant (epoch milliseconds, inclusive) on. */
export interface ComparisonFilter {
  readonly modelName: string;
  readonly championVersion: string;
  readonly version: string;
  readonly from: number;
}

/** One row that both scored. */
export interface ScoredPair {
  readonly championProbability: number;
  readonly championLabel: string;
  readonly championDurationMs: number;
  readonly probability: number;
  readonly label: string;
  readonly durationMs: number;
}

@Injectable()
export class ChallengerLog {
  constructor(
    @InjectRepository(ChallengerPrediction) private readonly rows: Repository<ChallengerPrediction>,
  ) {}

  /** One statement for all of them. */
  async store(rows: readonly ChallengerPrediction[]): Promise<void> {
    if (rows.length > 0) await this.rows.insert([...rows]);
  }

  /** The newest rows that both scored in shadow mode. */
  pairs(filter: ComparisonFilter, limit: number): Promise<ScoredPair[]> {
    return this.select(filter, 'shadow')
      .andWhere('c.error IS NULL')
      .select('c.champion_probability', 'championProbability')
      .addSelect('c.champion_label', 'championLabel')
      .addSelect('c.champion_duration_ms', 'championDurationMs')
      .addSelect('c.probability', 'probability')
      .addSelect('c.label', 'label')
      .addSelect('c.duration_ms', 'durationMs')
      .orderBy('c.created_at', 'DESC')
      .limit(limit)
      .getRawMany<ScoredPair>();
  }

  /** How many rows the challenger could not score. */
  failures(filter: ComparisonFilter, mode: 'shadow' | 'canary'): Promise<number> {
    return this.select(filter, mode).andWhere('c.error IS NOT NULL').getCount();
  }

  private select(
    { modelName, championVersion, version, from }: ComparisonFilter,
    mode: 'shadow' | 'canary',
  ): SelectQueryBuilder<ChallengerPrediction> {
    return this.rows
      .createQueryBuilder('c')
      .where({ modelName, version, championVersion, mode })
      .andWhere('c.created_at >= :from', { from });
  }
}
