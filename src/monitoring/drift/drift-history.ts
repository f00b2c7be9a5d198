// What scheduled evaluations found, the newest of them: what drift looked like over time.
import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, type Repository } from 'typeorm';
import { toIso } from '../../database/epoch-ms.ts';
import type { WindowName } from '../window.ts';
import { MOST_EVALUATIONS, type DriftResponse, type PastEvaluation } from './drift.dto.ts';
import { DriftEvaluation } from './drift-evaluation.entity.ts';

/** JSON is parsed on the event loop: so many of 30 features take 1 ms. */
const AT_ONCE = 10;

@Injectable()
export class DriftHistory {
  constructor(
    @InjectRepository(DriftEvaluation) private readonly rows: Repository<DriftEvaluation>,
  ) {}

  /** The oldest beyond `most` go. */
  async keep(window: WindowName, drift: DriftResponse, most = MOST_EVALUATIONS): Promise<void> {
    const { name, version } = drift.model;
    await this.rows.insert({
      id: randomUUID(),
      at: Date.parse(drift.at),
      modelName: name,
      modelVersion: version,
      windowName: window,
      body: JSON.stringify(drift),
    });
    const [oldest] = await this.rows.find({
      select: { at: true },
      order: { at: 'DESC' },
      skip: most - 1,
      take: 1,
    });
    if (oldest !== undefined) await this.rows.delete({ at: LessThan(oldest.at) });
  }

  /** Newest first. */
  async newest(limit: number): Promise<readonly PastEvaluation[]> {
    const stored = await this.rows.find({ order: { at: 'DESC' }, take: limit });
    const items: PastEvaluation[] = [];
    for (const [i, evaluation] of stored.entries()) {
      items.push(toPast(evaluation));
      if (i % AT_ONCE === AT_ONCE - 1) await turn();
    }
    return items;
  }
}

function toPast({ id, at, windowName, body }: DriftEvaluation): PastEvaluation {
  const drift = JSON.parse(body) as DriftResponse;
  const { model, convention, reference, window, multivariate } = drift;
  return {
    id,
    at: toIso(at),
    model,
    convention,
    reference,
    window_name: windowName as WindowName,
    window,
    verdict: drift.verdict,
    convention_verdict: drift.convention_verdict,
    share: drift.share,
    weighted_share: drift.weighted_share,
    domain_classifier_roc_auc: multivariate?.domain_classifier.roc_auc?.value ?? null,
    columns: [...drift.features, ...drift.predictions].map(
      ({ name, method, score, threshold, verdict }) => ({
        name,
        method,
        score,
        threshold,
        verdict,
      }),
    ),
  };
}
