// The thread that scores the rows of batches: a run of ONNX Runtime holds the thread that asks for it, 3 ms for 1,024 rows of 200 trees,
// for which no prediction is to wait, nor the reading of the next rows.
import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { AppError, messageOf, type ErrorCode } from '../../common/errors.ts';
import { foreignForm } from '../../model/foreign-onnx.ts';
import { sha256 } from '../../model/model-bundle.ts';
import { openExplainer, type ExplanationChoice } from '../../model/model-explainer.ts';
import { OnnxScorer } from '../../model/onnx-scorer.ts';
import { openServedBundle } from '../../model/open-model.ts';
import { explanationOf } from '../explanation/explanation.ts';
import type { ModelFiles } from './model-files.ts';

export type ScoringOrder = {
  /** Row-major [count, features]. */
  readonly cells: Float32Array<ArrayBuffer>;
  readonly count: number;
  /** Rows that are not to be explained: their cells mean nothing. */
  readonly refused: readonly number[];
  /** null: nobody asks why. */
  readonly explain: ExplanationChoice | null;
} | null;

export interface ThreadFailure {
  /** Of an error that has a code. */
  readonly code: ErrorCode | null;
  readonly message: string;
}

export interface ThreadScores {
  readonly probability: Float32Array<ArrayBuffer>;
  readonly positive: Uint8Array<ArrayBuffer>;
  readonly inferMs: number;
  /** As JSON, [count]. */
  readonly explanations: readonly string[] | null;
  readonly explainMs: number;
}

/** One answer an order, in their order. The first of all says that the model is open (null), or why it is not. */
export type ScoringAnswer = ThreadScores | { readonly failure: ThreadFailure | null };

const { dir, onnxPath, onnxSha256, features, isOurs } = workerData as ModelFiles;

const opened = open();
/** Opened by the first who asks. */
let explainer: ReturnType<typeof openExplainer> | null = null;

/** Orders are worked one after the other, so that answers keep their order. */
let last: Promise<unknown> = opened.then(() => {
  say({ failure: null });
}, fail);

async function open(): Promise<OnnxScorer> {
  const bytes = await readFile(onnxPath);
  if (sha256(bytes) !== onnxSha256)
    throw new Error('model.onnx is not the file that was verified when its version went live');
  return OnnxScorer.load(bytes, features.length, isOurs ? undefined : foreignForm(features));
}

async function answer(order: NonNullable<ScoringOrder>): Promise<void> {
  const startedAt = performance.now();
  const scores = await (await opened).score(order.cells, order.count);
  // Copied out of what ONNX Runtime may still own: only memory of our own can be given away.
  const probability = Float32Array.from(scores.probability);
  const positive = Uint8Array.from(scores.label);
  const scoredAt = performance.now();
  const explanations = await explain(order, positive);
  const inferMs = scoredAt - startedAt;
  const explainMs = performance.now() - scoredAt;
  say({ probability, positive, inferMs, explanations, explainMs }, [
    probability.buffer,
    positive.buffer,
  ]);
}

async function explain(
  { cells, count, refused, explain: choice }: NonNullable<ScoringOrder>,
  positive: Uint8Array,
): Promise<readonly string[] | null> {
  if (choice === null) return null;
  // A row without meaning has no finite contributions, which would cost the others theirs.
  for (const at of refused) cells.fill(0, at * features.length, (at + 1) * features.length);
  explainer ??= openServedBundle(dir).then(openExplainer);
  const explained = await (await explainer).explain(cells, count, choice);
  return Array.from({ length: count }, (_, at) =>
    JSON.stringify(explanationOf(explained, at, positive[at] === 1)),
  );
}

async function end(): Promise<void> {
  await (await explainer?.catch(() => null))?.release();
  await (await opened.catch(() => null))?.release();
  parentPort?.close();
}

function say(answer: ScoringAnswer, gifts: ArrayBuffer[] = []): void {
  parentPort?.postMessage(answer, gifts);
}

function fail(error: unknown): void {
  const code = error instanceof AppError ? error.code : null;
  say({ failure: { code, message: messageOf(error) } });
}

/** null: there are no more orders. */
parentPort?.on('message', (order: ScoringOrder) => {
  last = last.then(async () => {
    if (order === null) await end();
    else await answer(order).catch(fail);
  });
});
