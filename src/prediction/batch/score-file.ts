// Rows of a file -> a file of results, which is there when it is whole; what was there before stays until then.
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ExplanationChoice } from '../../model/model-explainer.ts';
import type { RunnableModel } from '../../model/open-model.ts';
import { replaceFile } from '../../model/registry/durable-files.ts';
import type { BatchFormat } from './batch-format.ts';
import { BatchScorer } from './batch-scorer.ts';
import { modelFilesOf } from './model-files.ts';
import { openKept, type OpenUpload } from './open-upload.ts';
import { readBlocks } from './read-blocks.ts';
import { START } from './row-block.ts';
import { scoreBlocks } from './score-blocks.ts';
import type { ScoredBlock } from './scored-block.ts';
import type { ScoreProgress } from './score-progress.ts';
import { fileSource } from './upload-source.ts';
import { writeResults } from './write-results.ts';

/** In place of a path: standard input or output. */
export const STANDARD = '-';

export interface ScoreOrder {
  readonly input: string;
  readonly inputFormat: BatchFormat;
  readonly output: string;
  readonly outputFormat: BatchFormat;
  readonly model: Pick<RunnableModel, 'bundle' | 'encoder'>;
  /** null: nobody asks why. */
  readonly explain: ExplanationChoice | null;
  readonly progress: ScoreProgress;
  readonly signal: AbortSignal;
}

/** Throws what reading and scoring do, the system's refusal to write, and AbortError. */
export async function scoreFile(order: ScoreOrder): Promise<void> {
  const { output, outputFormat, signal } = order;
  await requirePlainFile(output);
  const results = Readable.from(writeResults(outputFormat, scoredBlocks(order)), {
    objectMode: false,
  });
  if (output === STANDARD) await print(results, signal);
  else
    await replaceFile(output, (sibling) =>
      pipeline(results, createWriteStream(sibling, { flags: 'wx', flush: true }), { signal }),
    );
}

async function* scoredBlocks(order: ScoreOrder): AsyncGenerator<ScoredBlock, void, undefined> {
  const { inputFormat, model, explain, progress } = order;
  const { source, close } = await openInput(order.input, inputFormat);
  try {
    const scorer = await BatchScorer.start(modelFilesOf(model.bundle));
    try {
      const contract = { encoder: model.encoder, features: model.bundle.features.features };
      const blocks = readBlocks(inputFormat, source, contract, { from: START, keepInputs: false });
      for await (const block of scoreBlocks(blocks, (each) => scorer.score(each, explain))) {
        progress.add(block, source.bytes);
        yield block;
      }
    } finally {
      await scorer.close();
    }
  } finally {
    await close();
  }
}

const NOTHING_TO_CLOSE = (): Promise<void> => Promise.resolve();

async function openInput(input: string, format: BatchFormat): Promise<OpenUpload> {
  if (input !== STANDARD) return { source: await fileSource(input), close: NOTHING_TO_CLOSE };
  if (format !== 'parquet')
    return {
      source: { stream: () => process.stdin, file: null, bytes: null },
      // Who still writes to it would keep the process waiting.
      close: () => Promise.resolve(void process.stdin.destroy()),
    };
  return openKept(process.stdin);
}

/** A device or a pipe would be replaced by a file. */
async function requirePlainFile(path: string): Promise<void> {
  if (path === STANDARD) return;
  const found = await stat(path).catch(() => null);
  if (found !== null && !found.isFile())
    throw new Error('the output is there and is no plain file; - writes to standard output');
}

/** A reader that leaves early (`| head`) has had what it wanted. */
async function print(results: Readable, signal: AbortSignal): Promise<void> {
  try {
    await pipeline(results, process.stdout, { signal, end: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}
