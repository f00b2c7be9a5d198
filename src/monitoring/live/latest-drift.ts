// What the evaluations of drift on schedule found last, and what they had found when a window began.
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, type Repository } from 'typeorm';
import { toIso } from '../../database/epoch-ms.ts';
import type { DriftResponse } from '../drift/drift.dto.ts';
import { DriftEvaluation } from '../drift/drift-evaluation.entity.ts';
import type { LiveDrift } from './live.dto.ts';

@Injectable()
export class LatestDrift {
  constructor(
    @InjectRepository(DriftEvaluation) private readonly rows: Repository<DriftEvaluation>,
  ) {}

  /** Of a version, or of whichever it was; null where there was none before the instant. */
  async before(instant: number, version: string | undefined): Promise<LiveDrift | null> {
    const [newest] = await this.rows.find({
      where: {
        at: LessThan(instant),
        ...(version !== undefined && { modelVersion: version }),
      },
      order: { at: 'DESC' },
      take: 1,
    });
    if (newest === undefined) return null;
    const { verdict, share } = JSON.parse(newest.body) as DriftResponse;
    return { at: toIso(newest.at), verdict, share };
  }
}
