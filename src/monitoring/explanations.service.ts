// Adds up the explanations that were stored in a window.
import { Injectable } from '@nestjs/common';
import { toIso } from '../database/epoch-ms.ts';
import { ExplanationLog } from '../prediction/explanation-log.ts';
import { ExplanationSums } from './explanation-summary.ts';
import type { ExplanationsQuery, ExplanationsResponse } from './explanations.dto.ts';
import { windowUntil } from './window.ts';

@Injectable()
export class ExplanationsService {
  constructor(private readonly log: ExplanationLog) {}

  async summarise(
    { window: name, version }: ExplanationsQuery,
    now = Date.now(),
  ): Promise<ExplanationsResponse> {
    const { from, to } = windowUntil(now, name);
    const sums = new ExplanationSums();
    let rows = 0;
    for await (const page of this.log.pages({ from, to, version })) {
      rows += page.length;
      for (const answer of page) sums.add(answer);
    }
    return { window: { from: toIso(from), to: toIso(to) }, rows, groups: sums.summary() };
  }
}
