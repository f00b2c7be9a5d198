// One model in a thread of its own that scores blocks of rows: several under way at once, answered in their order.
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { AppError } from '../../common/errors.ts';
import { startThread } from '../../common/start-thread.ts';
import type { ExplanationChoice } from '../../model/model-explainer.ts';
import type { ModelFiles } from './model-files.ts';
import type { RefusedRow, RowBlock } from './row-block.ts';
import type { ScoredBlock } from './scored-block.ts';
import type { ScoringAnswer, ScoringOrder, ThreadFailure } from './scoring-thread.ts';

/** Of a row that the model could not give a probability. */
export const MODEL_ERROR = 'model_error';

interface Waiter {
  readonly answered: (answer: ScoringAnswer) => void;
  readonly lost: (error: AppError) => void;
}

export class BatchScorer {
  /** Those who wait for an answer, in the order in which they asked. */
  readonly #waiters: Waiter[] = [];
  #failure: AppError | null = null;

  private constructor(
    private readonly files: ModelFiles,
    private readonly thread: Worker,
  ) {
    // Listens between two orders as well: a thread that fails with nobody listening would end the process.
    thread
      .on('message', (answer: ScoringAnswer) => this.#waiters.shift()?.answered(answer))
      .on('error', (error: Error) => {
        this.#lose(error);
      })
      .on('exit', () => {
        this.#lose();
      });
  }

  /** `entry`: URL of the thread's module, without extension. Throws UNAVAILABLE where the model cannot be opened any more. */
  static async start(
    files: ModelFiles,
    entry = new URL('./scoring-thread', import.meta.url),
  ): Promise<BatchScorer> {
    const scorer = new BatchScorer(files, startThread(entry, files));
    const answer = await scorer.#answer();
    if (!('failure' in answer) || answer.failure === null) return scorer;
    await scorer.close();
    throw new AppError('UNAVAILABLE', 'The thread that scores batches could not open the model.', {
      cause: new Error(answer.failure.message),
    });
  }

  /** False once the thread has died: whoever asks then hears so. */
  get isAlive(): boolean {
    return this.#failure === null;
  }

  /** Takes the block's cells for good. Throws MODEL_ERROR; EXPLANATION_UNAVAILABLE where an explanation is asked for and the model has none. */
  async score(block: RowBlock, explain: ExplanationChoice | null = null): Promise<ScoredBlock> {
    const { cells, ...rest } = block;
    const unexplained = block.refused.map(({ at }) => at);
    const order = { cells, count: block.count, refused: unexplained, explain };
    const answer = await this.#answer(order);
    if ('failure' in answer) throw toAppError(answer.failure);
    const refused = withUnscored(block, answer.probability);
    return { ...rest, ...answer, refused, labels: this.files.labels, ids: null };
  }

  /** After the last answer. The thread is asked, never terminated: ONNX Runtime is not to be cut off in a call. */
  async close(): Promise<void> {
    if (this.#failure !== null) return;
    const ended = once(this.thread, 'exit');
    this.#send(null);
    await ended;
  }

  #answer(order?: NonNullable<ScoringOrder>): Promise<ScoringAnswer> {
    return new Promise((answered, lost) => {
      if (this.#failure !== null) {
        lost(this.#failure);
        return;
      }
      this.#waiters.push({ answered, lost });
      if (order !== undefined) this.#send(order, [order.cells.buffer]);
    });
  }

  #send(order: ScoringOrder, gifts: ArrayBuffer[] = []): void {
    this.thread.postMessage(order, gifts);
  }

  #lose(cause?: Error): void {
    this.#failure ??= new AppError(
      'MODEL_ERROR',
      'The thread that scores batches ended before these rows were scored; send them again.',
      { cause },
    );
    for (const { lost } of this.#waiters.splice(0)) lost(this.#failure);
  }
}

const toAppError = (failure: ThreadFailure | null): AppError =>
  failure?.code === 'EXPLANATION_UNAVAILABLE'
    ? new AppError(failure.code, failure.message)
    : new AppError('MODEL_ERROR', 'ONNX Runtime could not run the model on these rows.', {
        cause: new Error(failure?.message ?? 'no scores'),
      });

/** The refused rows, and those that the model could not give a probability. */
function withUnscored(
  { refused, count }: RowBlock,
  probability: Float32Array,
): readonly RefusedRow[] {
  if (probability.every(Number.isFinite)) return refused;
  const known = new Map(refused.map((row) => [row.at, row]));
  const all: RefusedRow[] = [];
  for (let at = 0; at < count; at += 1) {
    const row = known.get(at) ?? (Number.isFinite(probability[at]) ? undefined : unscored(at));
    if (row !== undefined) all.push(row);
  }
  return all;
}

const unscored = (at: number): RefusedRow => ({
  at,
  line: null,
  errors: [
    {
      field: 'probability',
      code: MODEL_ERROR,
      expected: 'a finite probability of the model for this row',
    },
  ],
});
