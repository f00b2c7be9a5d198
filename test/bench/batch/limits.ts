// What bounds a batch, each measured alone on one thread of this process: the model on rows that are already encoded; reading the rows of a
// format and writing as many answers in it, with no model between.
import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { compileEncoder } from '../../../src/features/encode-row.ts';
import { openBundle } from '../../../src/model/model-bundle.ts';
import { OnnxScorer } from '../../../src/model/onnx-scorer.ts';
import { readBlocks } from '../../../src/prediction/batch/read-blocks.ts';
import { START, type RowBlock } from '../../../src/prediction/batch/row-block.ts';
import type { RowContract } from '../../../src/prediction/batch/row-contract.ts';
import type { ScoredBlock } from '../../../src/prediction/batch/scored-block.ts';
import { fileSource } from '../../../src/prediction/batch/upload-source.ts';
import { writeResults } from '../../../src/prediction/batch/write-results.ts';
import type { Stage } from '../predict/stage.ts';
import { benchRows, payloadOf, type PayloadFormat } from './rows.ts';

export const ROWS = 10_000;

export interface Limits {
  readonly model: () => Promise<void>;
  readonly readingAndWriting: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openLimits(stage: Stage, format: PayloadFormat): Promise<Limits> {
  const contract = await contractOf(stage);
  const path = stage.path(`limits.${format}`);
  writeFileSync(path, payloadOf(format, benchRows(stage.features, ROWS)));
  const source = await fileSource(path);
  const read = (): AsyncIterable<RowBlock> =>
    readBlocks(format, source, contract, { from: START, keepInputs: false });
  const blocks: RowBlock[] = [];
  for await (const block of read()) blocks.push(block);
  const scorer = await OnnxScorer.load(stage.model, contract.features.length);
  return {
    model: async () => {
      for (const { cells, count } of blocks) await scorer.score(cells, count);
    },
    readingAndWriting: async () => {
      let written = 0;
      for await (const part of writeResults(format, answered(read()))) written += part.length;
      if (written === 0) throw new Error('nothing was written');
    },
    close: () => scorer.release(),
  };
}

async function contractOf(stage: Stage): Promise<RowContract> {
  const { features } = (await openBundle(dirname(stage.model))).features;
  return { features, encoder: compileEncoder(features) };
}

/** As if a model had answered, with a number of as many digits. */
async function* answered(blocks: AsyncIterable<RowBlock>): AsyncGenerator<ScoredBlock> {
  for await (const { cells, ...block } of blocks) {
    const probability = Float32Array.from({ length: block.count }, (_, i) =>
      cells[i] === 0 ? 0 : 0.0123456789 + i / 1e5,
    );
    yield {
      ...block,
      probability,
      positive: new Uint8Array(block.count),
      labels: { positive: 'malignant', negative: 'benign' },
      ids: null,
      explanations: null,
      inferMs: 0,
      explainMs: 0,
    };
  }
}
