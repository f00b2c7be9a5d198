// Compares the groups that labels came with.
import { Injectable } from '@nestjs/common';
import { toIso } from '../../database/epoch-ms.ts';
import { LabelledAnswers, type LabelledAnswer } from '../../feedback/labelled-answers.ts';
import { groupRates, type GroupedRow } from '../../statistics/fairness.ts';
import { windowUntil } from '../window.ts';
import type { FairnessQuery, FairnessResponse } from './fairness.dto.ts';
import { MeasuredVersions } from './measured-version.ts';
import { MOST_LABELS } from './quality.service.ts';

@Injectable()
export class FairnessService {
  constructor(
    private readonly versions: MeasuredVersions,
    private readonly labels: LabelledAnswers,
  ) {}

  /** Throws MODEL_NOT_READY, MODEL_NOT_FOUND. */
  async evaluate(
    { window, version: asked, by }: FairnessQuery,
    now = Date.now(),
  ): Promise<FairnessResponse> {
    const { name, version, threshold } = await this.versions.of(asked);
    const { from, to } = windowUntil(now, window);
    const rows: GroupedRow[] = [];
    const names = new Set<string>();
    for await (const page of this.labels.pages({ modelName: name, version, from, to }, MOST_LABELS))
      for (const answer of page) {
        const groups = groupsOf(answer);
        for (const each of Object.keys(groups)) names.add(each);
        rows.push(rowOf(answer, Object.hasOwn(groups, by) ? groups[by] : undefined));
      }
    return {
      window: { from: toIso(from), to: toIso(to) },
      model: { name, version, threshold },
      by,
      names: [...names].sort(),
      measured: rows.length,
      ...groupRates(rows),
    };
  }
}

const groupsOf = ({ groups }: LabelledAnswer): Readonly<Record<string, string>> =>
  groups === null ? {} : (JSON.parse(groups) as Readonly<Record<string, string>>);

const rowOf = ({ actual, predicted }: LabelledAnswer, group: string | undefined): GroupedRow => ({
  group: group ?? null,
  y: actual === 1 ? 1 : 0,
  positive: predicted === 1,
});
