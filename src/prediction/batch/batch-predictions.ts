// The data plane for uploads: rows read, scored by a thread, stored block by block, answered as they are. A row that does not fit is refused
// and the others are answered.
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../common/access.ts';
import type { Upload } from '../../common/streamed-body.ts';
import { Config } from '../../config/load-config.ts';
import type { ExplanationChoice } from '../../model/model-explainer.ts';
import { ModelSlot, type LoadedModel } from '../../model/model-slot.ts';
import { activeSpan, errorTypeOf } from '../../tracing/active-span.ts';
import type { Span } from '../../tracing/tracing.ts';
import type { BatchFormat } from './batch-format.ts';
import { BatchCounts } from './batch-counts.ts';
import { BatchLog } from './batch-log.ts';
import { openUpload } from './open-upload.ts';
import { readBlocks } from './read-blocks.ts';
import { START, type RowBlock } from './row-block.ts';
import { labelsOf } from '../score-row.ts';
import { scoreBlocks } from './score-blocks.ts';
import type { ScoredBlock } from './scored-block.ts';
import { ScoringThreads } from './scoring-threads.ts';

export interface BatchOptions {
  readonly format: BatchFormat;
  /** null: nobody asks why. */
  readonly explain: ExplanationChoice | null;
  /** Whether its rows go to the prediction log. */
  readonly isLogged: boolean;
}

export interface Batch {
  readonly model: LoadedModel['version'];
  /** Nothing happens before the first is asked for. */
  readonly scored: AsyncIterable<ScoredBlock>;
}

@Injectable()
export class BatchPredictions {
  private readonly maxBytes: number;

  constructor(
    private readonly slot: ModelSlot,
    private readonly threads: ScoringThreads,
    private readonly log: BatchLog,
    private readonly counts: BatchCounts,
    { server }: Config,
  ) {
    this.maxBytes = server.batchMaxBytes;
  }

  /** By the champion alone. Throws MODEL_NOT_READY, UNAVAILABLE; the blocks throw what reading, scoring and storing do. */
  open(upload: Upload, options: BatchOptions, caller: Principal): Batch {
    const model = this.slot.current();
    if (options.isLogged) this.log.expectRoom(model);
    const scored = this.run(upload, options, caller, model);
    const span = activeSpan();
    return { model: model.version, scored: span === null ? scored : traced(span, model, scored) };
  }

  private async *run(
    upload: Upload,
    { format, explain, isLogged }: BatchOptions,
    caller: Principal,
    model: LoadedModel,
  ): AsyncGenerator<ScoredBlock, void, undefined> {
    const { source, close } = await openUpload(upload, format, this.maxBytes);
    try {
      const { scorer, release } = await this.threads.lease(model);
      try {
        const isStored = isLogged && this.log.keepsRows;
        const contract = { ...model, features: model.bundle.features.features };
        const blocks = readBlocks(format, source, contract, {
          from: START,
          keepInputs: isStored,
        });
        const answer = async (block: RowBlock): Promise<ScoredBlock> => {
          const scored = await scorer.score(block, explain);
          return isStored ? this.log.keep(scored, model, caller) : scored;
        };
        for await (const block of scoreBlocks(blocks, answer)) {
          this.counts.answered(model, block);
          yield block;
        }
      } finally {
        release();
      }
    } catch (error) {
      this.counts.failed(model, error);
      throw error;
    } finally {
      await close();
    }
  }
}

/** Tells of the whole: an upload has thousands of blocks. */
async function* traced(
  span: Span,
  model: LoadedModel,
  blocks: AsyncIterable<ScoredBlock>,
): AsyncGenerator<ScoredBlock, void, undefined> {
  const from = performance.now();
  let rows = 0;
  let errorType: string | undefined;
  try {
    for await (const block of blocks) {
      rows += block.count;
      yield block;
    }
  } catch (error) {
    errorType = errorTypeOf(error);
    throw error;
  } finally {
    span.part('batch', from, performance.now(), { ...labelsOf(model), rows }, errorType);
  }
}
