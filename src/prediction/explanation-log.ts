// The explanations that are stored with predictions, read from the oldest to the newest, some at a time: what monitoring adds up.
import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { Explanation } from './explanation/explanation.ts';
import { LoggedPrediction } from './logged-prediction.entity.ts';

/** SQLite is read, and JSON parsed, on the event loop: a page is what a prediction meanwhile waits for, 3 ms for rows of 30 features. */
export const PAGE_ROWS = 250;

/** Epoch milliseconds, both inclusive. */
export interface ExplanationFilter {
  readonly from: number;
  readonly to: number;
  readonly version?: string | undefined;
}

/** One answer that says why. */
export interface ExplainedAnswer {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly label: string;
  readonly explanation: Explanation;
}

type StoredRow = Omit<ExplainedAnswer, 'explanation'> & {
  readonly id: string;
  /** PostgreSQL's is text. */
  readonly createdAt: number | string;
  readonly explanation: string;
};

@Injectable()
export class ExplanationLog {
  constructor(
    @InjectRepository(LoggedPrediction) private readonly rows: Repository<LoggedPrediction>,
  ) {}

  /** No page is read before the one ahead of it was taken, and between two of them everything else has its turn. */
  async *pages(
    filter: ExplanationFilter,
  ): AsyncGenerator<readonly ExplainedAnswer[], void, undefined> {
    let after: StoredRow | undefined;
    for (;;) {
      const page = await this.read(filter, after);
      if (page.length > 0) yield page.map(toAnswer);
      if (page.length < PAGE_ROWS) return;
      after = page.at(-1);
      await turn();
    }
  }

  private read(
    { from, to, version }: ExplanationFilter,
    after: StoredRow | undefined,
  ): Promise<StoredRow[]> {
    const query = this.rows
      .createQueryBuilder('p')
      .select('p.id', 'id')
      .addSelect('p.created_at', 'createdAt')
      .addSelect('p.model_name', 'modelName')
      .addSelect('p.model_version', 'modelVersion')
      .addSelect('p.label', 'label')
      .addSelect('p.explanation', 'explanation')
      .where('p.explanation IS NOT NULL')
      .andWhere('p.created_at >= :at AND p.created_at <= :to', {
        at: after?.createdAt ?? from,
        to,
      })
      .orderBy('p.created_at', 'ASC')
      .addOrderBy('p.id', 'ASC')
      .limit(PAGE_ROWS);
    if (version !== undefined) query.andWhere('p.model_version = :version', { version });
    if (after !== undefined) query.andWhere('(p.created_at > :at OR p.id > :id)', { id: after.id });
    return query.getRawMany<StoredRow>();
  }
}

const toAnswer = ({ modelName, modelVersion, label, explanation }: StoredRow): ExplainedAnswer => ({
  modelName,
  modelVersion,
  label,
  explanation: JSON.parse(explanation) as Explanation,
});
