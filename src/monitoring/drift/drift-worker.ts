// The thread that measures drift, as the server sees it: one order at a time, and an answer or why there is none.
import type { Worker } from 'node:worker_threads';
import { AppError } from '../../common/errors.ts';
import { startThread } from '../../common/start-thread.ts';
import type { SampledRow } from '../../prediction/window-sample.ts';
import type { ConventionName } from '../../statistics/drift/drift-of.ts';
import type { ColumnDistribution } from './column-distribution.ts';
import type { DriftAnswer, DriftOrder, DriftStart, DriftThreadOptions } from './drift-thread.ts';
import type { MeasuredDrift } from './measure-drift.ts';

const ENTRY = new URL('./drift-thread', import.meta.url);

export class DriftWorker {
  readonly #thread: Worker;
  #failure: Error | null = null;
  #answered: ((answer: DriftAnswer) => void) | null = null;
  #refused: ((why: Error) => void) | null = null;

  constructor(options: DriftThreadOptions) {
    // Listens between two orders as well: a thread that fails with nobody listening would end the process.
    this.#thread = startThread(ENTRY, options)
      .on('message', (answer: DriftAnswer) => this.#answered?.(answer))
      .on('error', (error: Error) => {
        this.#fail(error);
      })
      .on('exit', (code) => {
        this.#fail(new Error(`the thread that measures drift ended (exit code ${code})`));
      });
  }

  /** null where the bundle has no reference. Throws BUNDLE_INVALID. */
  async start(rows: number): Promise<DriftStart> {
    const answer = await this.#ask({ rows });
    return 'started' in answer ? answer.started : misfit();
  }

  async take(rows: readonly SampledRow[]): Promise<void> {
    await this.#ask(rows);
  }

  async measure(convention: ConventionName): Promise<MeasuredDrift> {
    const answer = await this.#ask({ measure: convention });
    return 'measured' in answer ? answer.measured : misfit();
  }

  /** Of a column that the model has. */
  async distribute(column: string): Promise<ColumnDistribution> {
    const answer = await this.#ask({ distribute: column });
    return 'distributed' in answer ? answer.distributed : misfit();
  }

  /** It holds no file and no database, so it may be cut off anywhere. */
  async end(): Promise<void> {
    await this.#thread.terminate();
  }

  async #ask(order: DriftOrder): Promise<DriftAnswer> {
    const answer = await new Promise<DriftAnswer>((resolve, reject) => {
      if (this.#failure !== null) {
        reject(this.#failure);
        return;
      }
      this.#answered = resolve;
      this.#refused = reject;
      this.#thread.postMessage(order);
    });
    if (!('failure' in answer)) return answer;
    const { code, detail } = answer.failure;
    throw code === null ? new Error(detail) : new AppError(code, detail);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#refused?.(this.#failure);
  }
}

const misfit = (): never => {
  throw new Error('expected an answer to the order that was given');
};
