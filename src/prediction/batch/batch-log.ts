// Rows of batches on their way to the prediction log: a block's rows are stored together, and answered once they are.
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../common/access.ts';
import { PredictionInstruments } from '../../metrics/instruments.ts';
import type { LoadedModel } from '../../model/model-slot.ts';
import { expectRoom } from '../expect-room.ts';
import { PredictionStore } from '../log/prediction-store.ts';
import { toLogRow } from '../log-row.ts';
import type { LoggedPrediction } from '../logged-prediction.entity.ts';
import { newPredictionId } from '../prediction-id.ts';
import { ProcessUsageSampler } from '../process-usage.ts';
import { labelsOf } from '../score-row.ts';
import type { ScoredBlock } from './scored-block.ts';

/** A full log is emptied at some thousand rows in this time. */
const LOOK_AGAIN_MS = 50;

@Injectable()
export class BatchLog {
  private readonly usage = new ProcessUsageSampler();

  constructor(
    private readonly store: PredictionStore,
    private readonly instruments: PredictionInstruments,
  ) {}

  /** Whether rows are stored at all. */
  get keepsRows(): boolean {
    return this.store.keepsRows;
  }

  /** Throws UNAVAILABLE. */
  expectRoom(model: LoadedModel): void {
    expectRoom(this.store, this.instruments, model);
  }

  /** The block with the ids of its rows, once they are stored. Waits where the log is full. Throws UNAVAILABLE. */
  async keep(block: ScoredBlock, model: LoadedModel, caller: Principal): Promise<ScoredBlock> {
    const refused = new Set(block.refused.map(({ at }) => at));
    const ids = Array.from({ length: block.count }, (_, at) =>
      refused.has(at) ? '' : newPredictionId(),
    );
    await this.room();
    const startedAt = performance.now();
    await this.store.store(this.rowsOf(block, ids, model, caller));
    const series = this.instruments.of(labelsOf(model));
    series.log.observe((performance.now() - startedAt) / 1000);
    return { ...block, ids, inputs: null };
  }

  private async room(): Promise<void> {
    while (!this.store.hasRoom) await sleep(LOOK_AGAIN_MS);
  }

  private rowsOf(
    block: ScoredBlock,
    ids: readonly string[],
    model: LoadedModel,
    caller: Principal,
  ): LoggedPrediction[] {
    const { count, inputs, probability, positive, warnings, explanations } = block;
    // Its share of the run that it was part of.
    const durationMs = (block.inferMs + block.explainMs) / count;
    const usage = this.usage.sample();
    const rows: LoggedPrediction[] = [];
    for (let at = 0; at < count; at += 1) {
      const id = ids[at] ?? '';
      if (id === '') continue;
      const answered = {
        id,
        caller,
        key: null,
        model,
        inputs: inputs?.[at] ?? '{}',
        probability: probability[at] ?? 0,
        positive: positive[at] === 1,
        warnings: warnings.get(at) ?? [],
        durationMs,
        explanation: null,
      };
      // Already the text that is stored.
      const explanation = explanations?.[at] ?? null;
      rows.push(Object.assign(toLogRow(answered, usage), { explanation }));
    }
    return rows;
  }
}
