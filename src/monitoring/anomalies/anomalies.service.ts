// Tells which anomalies there were in a window, and takes notice that somebody has seen one.
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { Config } from '../../config/load-config.ts';
import { toIso } from '../../database/epoch-ms.ts';
import { windowUntil } from '../window.ts';
import type {
  AnomaliesQuery,
  AnomaliesResponse,
  AnomalyLook,
  AnomalyResponse,
} from './anomalies.dto.ts';
import { AnomalyCursor } from './anomaly-cursor.entity.ts';
import { AnomalyStore, GAP_MS } from './anomaly-store.ts';
import type { Anomaly } from './anomaly.entity.ts';
import type { Evidence } from './finding.ts';
import { firstOf } from './sequence.ts';

const MOST_TOLD = 500;

@Injectable()
export class AnomaliesService {
  constructor(
    private readonly config: Config,
    private readonly store: AnomalyStore,
    @InjectRepository(AnomalyCursor) private readonly cursors: Repository<AnomalyCursor>,
  ) {}

  async list(
    { window: name, kind, acknowledged }: AnomaliesQuery,
    now = Date.now(),
  ): Promise<AnomaliesResponse> {
    const { from, to } = windowUntil(now, name);
    // What came first may be of another kind than was asked for.
    const all = await this.store.since(from, MOST_TOLD + 1);
    const firsts = firstOf(all);
    const asked = all
      .slice(0, MOST_TOLD)
      .filter((anomaly) => kind === undefined || anomaly.kind === kind)
      .filter(
        ({ acknowledgedAt }) =>
          acknowledged === undefined || (acknowledgedAt !== null) === (acknowledged === 'true'),
      );
    return {
      window: { from: toIso(from), to: toIso(to) },
      look: await this.lastLook(),
      truncated: all.length > MOST_TOLD,
      items: asked.map((anomaly) => toResponse(anomaly, firsts.get(anomaly.id) ?? anomaly, now)),
    };
  }

  /** The first to say so stands. Throws NOT_FOUND. */
  async acknowledge(
    id: string,
    userId: string,
    note: string | undefined,
    now = Date.now(),
  ): Promise<AnomalyResponse> {
    const anomaly = await this.store.acknowledge(id, userId, note ?? null);
    const near = await this.store.since(anomaly.at - GAP_MS, MOST_TOLD);
    return toResponse(anomaly, firstOf(near).get(id) ?? anomaly, now);
  }

  private async lastLook(): Promise<AnomalyLook> {
    const [cursor] = await this.cursors.find({ take: 1 });
    const { anomalyExpectedRun } = this.config.monitoring;
    return {
      at: cursor === undefined ? null : toIso(cursor.lookedAt),
      up_to: cursor === undefined ? null : toIso(cursor.at),
      skipped: cursor?.skipped ?? 0,
      expected_run: anomalyExpectedRun === 0 ? null : anomalyExpectedRun,
    };
  }
}

const toResponse = (anomaly: Anomaly, first: Anomaly, now: number): AnomalyResponse => ({
  id: anomaly.id,
  at: toIso(anomaly.at),
  ended_at: toIso(anomaly.endedAt),
  ongoing: now - anomaly.endedAt < GAP_MS,
  kind: anomaly.kind,
  model: { name: anomaly.modelName, version: anomaly.modelVersion },
  feature: anomaly.feature,
  value: anomaly.value,
  expected: anomaly.expected,
  evidence: JSON.parse(anomaly.evidence) as Evidence,
  prediction_ids: JSON.parse(anomaly.predictionIds) as readonly string[],
  acknowledged_at: anomaly.acknowledgedAt === null ? null : toIso(anomaly.acknowledgedAt),
  acknowledged_by: anomaly.acknowledgedBy,
  note: anomaly.note,
  first: { id: first.id, kind: first.kind, at: toIso(first.at) },
});
