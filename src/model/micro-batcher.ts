// Rows that are asked for in one turn of the event loop share one run of the model. A row alone never waits for others: there is no timer.
// One run for 64 rows costs little more than one for a single row: the call into ONNX Runtime is most of it.
import type { OnnxScorer, Scores } from './onnx-scorer.ts';

/**
 * Told what the model said of its row: called once, by one of the two, and throws nothing. An object rather than a promise: thousands of rows a
 * second wait here.
 */
export interface RowWaiter {
  /** `ms`: from the call to the answer, waiting included. */
  scored(probability: number, positive: boolean, ms: number): void;
  notScored(error: unknown, ms: number): void;
}

/** Rows that share a run, and who waits for each. */
interface Batch {
  cells: Float32Array;
  readonly waiters: RowWaiter[];
  readonly since: number[];
}

/** Rows that the first batch has room for. */
const ROOM = 16;

export class MicroBatcher {
  #next: Batch | null = null;
  /** Rows that the next batch has room for: as many as the largest had. */
  #room = ROOM;

  constructor(private readonly scorer: OnnxScorer) {}

  /** Scores one row of `featureCount` cells, which are copied. The waiter hears MODEL_ERROR where it cannot be. */
  add(row: Float32Array, waiter: RowWaiter): void {
    const batch = (this.#next ??= this.#open());
    const { featureCount } = this.scorer;
    const at = batch.waiters.length * featureCount;
    if (at === batch.cells.length) {
      batch.cells = doubled(batch.cells);
      this.#room *= 2;
    }
    batch.cells.set(row, at);
    batch.waiters.push(waiter);
    batch.since.push(performance.now());
  }

  #open(): Batch {
    // Until the run has begun, the rows hold a share of the model: no swap may free it under them.
    this.scorer.retain();
    setImmediate(() => void this.#run());
    const cells = new Float32Array(this.#room * this.scorer.featureCount);
    return { cells, waiters: [], since: [] };
  }

  async #run(): Promise<void> {
    const { cells, waiters, since } = this.#next as Batch;
    this.#next = null;
    const scores = await this.#score(cells, waiters.length);
    const now = performance.now();
    waiters.forEach((waiter, i) => {
      const ms = now - (since[i] ?? now);
      if (scores instanceof Error) waiter.notScored(scores, ms);
      else {
        const { probability, label } = scores;
        waiter.scored(probability[i] ?? Number.NaN, label[i] === 1, ms);
      }
    });
  }

  async #score(cells: Float32Array, rows: number): Promise<Scores | Error> {
    try {
      return await this.scorer.score(cells, rows);
    } catch (error) {
      return error as Error;
    } finally {
      await this.scorer.release();
    }
  }
}

function doubled(cells: Float32Array): Float32Array {
  const larger = new Float32Array(cells.length * 2);
  larger.set(cells);
  return larger;
}
