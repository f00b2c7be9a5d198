// What was found, kept: alike findings close together are one anomaly that goes on.
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, LessThan, MoreThanOrEqual, type Repository } from 'typeorm';
import { AppError } from '../../common/errors.ts';
import { Anomaly } from './anomaly.entity.ts';
import { MOST_IDS, type Evidence, type Finding } from './finding.ts';

/** What was last seen longer ago has ended. */
export const GAP_MS = 10 * 60_000;
/** The oldest beyond these go. */
const MOST_KEPT = 10_000;

@Injectable()
export class AnomalyStore {
  constructor(@InjectRepository(Anomaly) private readonly rows: Repository<Anomaly>) {}

  /** Answers whether it is a new one. Only one process at a time keeps findings (MonitoringDuty). */
  async keep(finding: Finding): Promise<boolean> {
    const known = await this.alike(finding);
    if (known === null) {
      await this.rows.insert({
        id: randomUUID(),
        ...figuresOf(finding),
        at: finding.at,
        endedAt: finding.until,
        kind: finding.kind,
        modelName: finding.model,
        modelVersion: finding.version,
        feature: finding.feature,
        predictionIds: JSON.stringify(finding.predictionIds),
        acknowledgedAt: null,
        acknowledgedBy: null,
        note: null,
      });
      await this.dropOldest();
      return true;
    }
    await this.rows.update({ id: known.id }, continued(known, finding));
    return false;
  }

  /** Those that had not ended before an instant, epoch milliseconds, newest first. */
  since(from: number, limit: number): Promise<Anomaly[]> {
    return this.rows.find({
      where: { endedAt: MoreThanOrEqual(from) },
      order: { at: 'DESC', id: 'DESC' },
      take: limit,
    });
  }

  /** The first to say so stands. Throws NOT_FOUND. */
  async acknowledge(id: string, by: string, note: string | null): Promise<Anomaly> {
    await this.rows.update(
      { id, acknowledgedAt: IsNull() },
      { acknowledgedAt: Date.now(), acknowledgedBy: by, note },
    );
    const anomaly = await this.rows.findOneBy({ id });
    if (anomaly === null) throw new AppError('NOT_FOUND', 'There is no anomaly with this id.');
    return anomaly;
  }

  private alike({ at, until, kind, model, version, feature }: Finding): Promise<Anomaly | null> {
    return this.rows.findOne({
      where: {
        kind,
        modelName: model,
        modelVersion: version ?? IsNull(),
        feature: feature ?? IsNull(),
        endedAt: MoreThanOrEqual(at - GAP_MS),
        at: LessThan(until + GAP_MS),
      },
      order: { at: 'DESC' },
    });
  }

  private async dropOldest(): Promise<void> {
    const [oldest] = await this.rows.find({
      select: { endedAt: true },
      order: { endedAt: 'DESC' },
      skip: MOST_KEPT - 1,
      take: 1,
    });
    if (oldest !== undefined) await this.rows.delete({ endedAt: LessThan(oldest.endedAt) });
  }
}

type Figures = Pick<Anomaly, 'value' | 'expected' | 'evidence'>;

const figuresOf = ({ value, expected, evidence }: Finding): Figures => ({
  value,
  expected,
  evidence: JSON.stringify(evidence),
});

/** How far it is from what was expected: the greatest is told. */
const departure = ({ value, expected }: Pick<Anomaly, 'value' | 'expected'>): number =>
  Math.abs((value ?? 0) - (expected ?? 0));

/** The same finding once more, after a look that was broken off, changes nothing. */
function continued(known: Anomaly, finding: Finding): Partial<Anomaly> {
  const ids = JSON.parse(known.predictionIds) as readonly string[];
  const added = finding.predictionIds.filter((id) => !ids.includes(id));
  const before = JSON.parse(known.evidence) as Evidence;
  const isMore = departure(finding) > departure(known);
  const evidence = {
    ...(isMore ? finding.evidence : before),
    rows: finding.until <= known.endedAt ? before.rows : before.rows + finding.evidence.rows,
  };
  return {
    ...(isMore && figuresOf(finding)),
    at: Math.min(known.at, finding.at),
    endedAt: Math.max(known.endedAt, finding.until),
    evidence: JSON.stringify(evidence),
    predictionIds: JSON.stringify([...ids, ...added].slice(-MOST_IDS)),
  };
}
