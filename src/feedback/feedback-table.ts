// The table of labels: one statement stores labels, finds which are new, changed or known already, and has their history kept, so that of two who
// label a prediction at once each learns what became of theirs.
import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';
import { Feedback } from './feedback.entity.ts';
import { FeedbackChange } from './feedback-change.entity.ts';

/** A label that is to be stored. */
export interface NewLabel {
  readonly predictionId: string;
  readonly label: string;
  readonly actual: 0 | 1;
  /** The prediction was the positive label. */
  readonly predicted: 0 | 1;
  readonly observedAt: number | null;
  readonly groups: string | null;
}

/** Who says so, and when. */
export interface Receipt {
  readonly receivedAt: number;
  readonly userId: string;
  readonly credential: string;
}

/** `unknown_id`: the prediction has gone since. */
export type StoredAs = 'accepted' | 'updated' | 'duplicate' | 'unknown_id';

export interface LabelWithHistory {
  readonly current: Feedback;
  /** The newest first. */
  readonly history: readonly FeedbackChange[];
}

/** Of one statement: SQLite stores as many in some 3 ms, for which a prediction meanwhile waits. */
const PAGE_ROWS = 100;

/** What is said anew replaces what stood; what is not said stays, but that the instant of another label is not this one's. */
const CHANGES = `
  label = excluded.label,
  actual = excluded.actual,
  observed_at = CASE
    WHEN excluded.observed_at IS NOT NULL OR excluded.actual <> feedback.actual THEN excluded.observed_at
    ELSE feedback.observed_at END,
  "groups" = COALESCE(excluded."groups", feedback."groups"),
  received_at = excluded.received_at,
  user_id = excluded.user_id,
  credential = excluded.credential,
  revision = feedback.revision + 1`;
const IS_NEWS = `
  excluded.actual <> feedback.actual
  OR (excluded.observed_at IS NOT NULL AND (feedback.observed_at IS NULL OR excluded.observed_at <> feedback.observed_at))
  OR (excluded."groups" IS NOT NULL AND (feedback."groups" IS NULL OR excluded."groups" <> feedback."groups"))`;

/** Both engines name the columns of VALUES so; a row without prediction is not stored. */
const storeStatement = (values: string): string => `
  INSERT INTO feedback (
    prediction_id, revision, label, actual, observed_at, "groups", received_at, user_id, credential,
    predicted_at, model_name, model_version, probability, threshold, predicted)
  SELECT p.id, 1, v.column2, v.column3, v.column4, v.column5, v.column6, v.column7, v.column8,
    p.created_at, p.model_name, p.model_version, p.probability, p.threshold, v.column9
  FROM (VALUES ${values}) AS v JOIN predictions p ON p.id = v.column1
  WHERE true
  ON CONFLICT (prediction_id) DO UPDATE SET ${CHANGES} WHERE ${IS_NEWS}
  RETURNING prediction_id, revision`;

/** Of the cells of a label. */
const TYPES = ['text', 'text', 'integer', 'bigint', 'text', 'bigint', 'text', 'text', 'integer'];

@Injectable()
export class FeedbackTable {
  constructor(
    @InjectRepository(Feedback) private readonly labels: Repository<Feedback>,
    @InjectRepository(FeedbackChange) private readonly changes: Repository<FeedbackChange>,
  ) {}

  /** What became of each; no two are for one prediction. */
  async store(labels: readonly NewLabel[], receipt: Receipt): Promise<readonly StoredAs[]> {
    const revisions = new Map<string, number>();
    for (let at = 0; at < labels.length; at += PAGE_ROWS) {
      for (const { prediction_id, revision } of await this.storePage(
        labels.slice(at, at + PAGE_ROWS),
        receipt,
      ))
        revisions.set(prediction_id, revision);
      await turn();
    }
    const untouched = labels.filter(({ predictionId }) => !revisions.has(predictionId));
    const known = await this.known(untouched);
    return labels.map(({ predictionId }) => {
      const revision = revisions.get(predictionId);
      if (revision === undefined) return known.has(predictionId) ? 'duplicate' : 'unknown_id';
      return revision === 1 ? 'accepted' : 'updated';
    });
  }

  async find(predictionId: string): Promise<LabelWithHistory | null> {
    const current = await this.labels.findOneBy({ predictionId });
    if (current === null) return null;
    const history = await this.changes.find({
      where: { predictionId },
      order: { revision: 'DESC' },
    });
    return { current, history };
  }

  private storePage(
    labels: readonly NewLabel[],
    receipt: Receipt,
  ): Promise<{ readonly prediction_id: string; readonly revision: number }[]> {
    const { driver } = this.labels.manager.dataSource;
    const cell = (type: string, place: number): string =>
      `CAST(${driver.createParameter('', place)} AS ${type})`;
    const values = labels.map(
      (_, row) => `(${TYPES.map((type, i) => cell(type, row * TYPES.length + i)).join(', ')})`,
    );
    const parameters = labels.flatMap((label) => cellsOf(label, receipt));
    return this.labels.query(storeStatement(values.join(', ')), parameters);
  }

  /** Of these the ones that have a label. */
  private async known(labels: readonly NewLabel[]): Promise<ReadonlySet<string>> {
    const known = new Set<string>();
    for (let at = 0; at < labels.length; at += PAGE_ROWS) {
      const ids = labels.slice(at, at + PAGE_ROWS).map(({ predictionId }) => predictionId);
      const page = await this.labels.find({
        select: { predictionId: true },
        where: { predictionId: In(ids) },
      });
      for (const { predictionId } of page) known.add(predictionId);
      await turn();
    }
    return known;
  }
}

const cellsOf = (
  { predictionId, label, actual, observedAt, groups, predicted }: NewLabel,
  { receivedAt, userId, credential }: Receipt,
): readonly (string | number | null)[] => [
  predictionId,
  label,
  actual,
  observedAt,
  groups,
  receivedAt,
  userId,
  credential,
  predicted,
];
