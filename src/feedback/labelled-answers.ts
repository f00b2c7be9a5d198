// Answers whose label has come, read by when they were answered: what quality and fairness are computed from.
import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository, SelectQueryBuilder } from 'typeorm';
import { Feedback } from './feedback.entity.ts';

/** Of one version, epoch milliseconds, both inclusive. */
export interface LabelledWindow {
  readonly modelName: string;
  readonly version: string;
  readonly from: number;
  readonly to: number;
}

export interface LabelledAnswer {
  readonly predictionId: string;
  /** Epoch milliseconds, like those below. */
  readonly predictedAt: number;
  readonly observedAt: number | null;
  readonly receivedAt: number;
  readonly probability: number;
  readonly threshold: number;
  /** 1 where it was answered with the positive label. */
  readonly predicted: number;
  /** 1 where it should have been. */
  readonly actual: number;
  readonly groups: string | null;
}

type Instants = 'predictedAt' | 'observedAt' | 'receivedAt';
/** PostgreSQL's instants are texts. */
type StoredAnswer = Omit<LabelledAnswer, Instants> & {
  readonly [Instant in Instants]: LabelledAnswer[Instant] | string;
};

/** SQLite is read on the event loop: a page is what a prediction meanwhile waits for, some 3 ms. */
export const PAGE_ROWS = 500;

@Injectable()
export class LabelledAnswers {
  constructor(@InjectRepository(Feedback) private readonly labels: Repository<Feedback>) {}

  /** In an index. */
  count(window: LabelledWindow): Promise<number> {
    return this.of(window).getCount();
  }

  /** The newest answer of a version with a label, whenever that was; null where it has none. */
  async newest(modelName: string, version: string): Promise<LabelledAnswer | null> {
    const window = { modelName, version, from: 0, to: Number.MAX_SAFE_INTEGER };
    return (await this.read(window, null, 1))[0] ?? null;
  }

  /** The newest `most` answers, newest first, some at a time. */
  async *pages(
    window: LabelledWindow,
    most: number,
  ): AsyncGenerator<readonly LabelledAnswer[], void, undefined> {
    let before: LabelledAnswer | null = null;
    for (let left = most; left > 0; left -= PAGE_ROWS) {
      const take = Math.min(left, PAGE_ROWS);
      const page: readonly LabelledAnswer[] = await this.read(window, before, take);
      if (page.length > 0) yield page;
      if (page.length < take) return;
      before = page.at(-1) ?? null;
      await turn();
    }
  }

  private of({ modelName, version, from, to }: LabelledWindow): SelectQueryBuilder<Feedback> {
    return this.labels
      .createQueryBuilder('f')
      .where('f.model_name = :modelName AND f.model_version = :version', { modelName, version })
      .andWhere('f.predicted_at >= :from AND f.predicted_at <= :to', { from, to });
  }

  private async read(
    window: LabelledWindow,
    before: LabelledAnswer | null,
    take: number,
  ): Promise<readonly LabelledAnswer[]> {
    const query = this.of({ ...window, to: before?.predictedAt ?? window.to })
      .select('f.prediction_id', 'predictionId')
      .addSelect('f.predicted_at', 'predictedAt')
      .addSelect('f.observed_at', 'observedAt')
      .addSelect('f.received_at', 'receivedAt')
      .addSelect('f.probability', 'probability')
      .addSelect('f.threshold', 'threshold')
      .addSelect('f.predicted', 'predicted')
      .addSelect('f.actual', 'actual')
      .addSelect('f.groups', 'groups')
      .orderBy('f.predicted_at', 'DESC')
      .addOrderBy('f.prediction_id', 'DESC')
      .limit(take);
    if (before !== null)
      query.andWhere('(f.predicted_at < :to OR f.prediction_id < :before)', {
        before: before.predictionId,
      });
    return (await query.getRawMany<StoredAnswer>()).map(withNumbers);
  }
}

const withNumbers = (row: StoredAnswer): LabelledAnswer => ({
  ...row,
  predictedAt: Number(row.predictedAt),
  observedAt: row.observedAt === null ? null : Number(row.observedAt),
  receivedAt: Number(row.receivedAt),
});
