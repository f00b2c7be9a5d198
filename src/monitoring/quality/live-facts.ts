// What live rows tell a model card: the last figures that were measured of the champion on schedule.
import { Injectable } from '@nestjs/common';
import type { CardFact } from '../../model/model-card.ts';
import { ModelFacts, type FactSource } from '../../model/model-facts.ts';
import type { QualityResponse } from './quality.dto.ts';
import { QualitySchedule } from './quality-schedule.ts';

const DIGITS = 4;

@Injectable()
export class LiveFacts {
  constructor(
    facts: ModelFacts,
    private readonly schedule: QualitySchedule,
  ) {
    facts.from((version) => Promise.resolve(this.of(version)));
  }

  private of({ name, version }: Parameters<FactSource>[0]): readonly CardFact[] {
    const last = this.schedule.latest;
    if (last?.model.name !== name || last.model.version !== version) return [];
    const { at, labelled, predictions } = last;
    const since = `over the 7 days before ${at}`;
    return [
      { name: `answers ${since}`, value: `${predictions}, of which ${labelled} have a label` },
      ...aucFact(`live ROC AUC ${since}`, last.roc_auc),
      ...aucFact(`ROC AUC estimated without labels ${since}`, last.estimated_roc_auc),
    ];
  }
}

const aucFact = (name: string, auc: QualityResponse['estimated_roc_auc']): readonly CardFact[] => {
  if (auc === null) return [];
  const { value, low, high } = auc;
  const band = low === null || high === null ? '' : ` (${inDigits(low)} to ${inDigits(high)})`;
  return [{ name, value: `${inDigits(value)}${band}` }];
};

const inDigits = (value: number): string => `${Number(value.toFixed(DIGITS))}`;
