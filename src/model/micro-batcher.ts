// Rows that are asked for in one turn of the event loop share one run of the model. A row alone never waits for others: there is no timer.
// One run for 64 rows costs little more than one for a single row: the call into ONNX Runtime is most of it.
import type { OnnxScorer } from './onnx-scorer.ts';

/** What a model said of one row. */
export interface RowScore {
  readonly probability: number;
  readonly positive: boolean;
  /** From the call to the answer, waiting included. */
  readonly ms: number;
}

interface Waiting {
  readonly cells: Float32Array;
  readonly since: number;
  readonly resolve: (score: RowScore) => void;
  readonly reject: (error: unknown) => void;
}

export class MicroBatcher {
  #waiting: Waiting[] = [];

  constructor(private readonly scorer: OnnxScorer) {}

  /** Scores one row; `cells` must not change until then. Throws MODEL_ERROR. */
  score(cells: Float32Array): Promise<RowScore> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) {
        // Until the run has begun, the rows hold a share of the model: no swap may free it under them.
        this.scorer.retain();
        setImmediate(() => void this.#run());
      }
      this.#waiting.push({ cells, since: performance.now(), resolve, reject });
    });
  }

  async #run(): Promise<void> {
    const rows = this.#waiting;
    this.#waiting = [];
    try {
      const { probability, label } = await this.scorer.score(this.#gather(rows), rows.length);
      const now = performance.now();
      rows.forEach(({ since, resolve }, i) => {
        resolve({
          probability: probability[i] ?? Number.NaN,
          positive: label[i] === 1,
          ms: now - since,
        });
      });
    } catch (error) {
      for (const { reject } of rows) reject(error);
    } finally {
      await this.scorer.release();
    }
  }

  #gather(rows: readonly Waiting[]): Float32Array {
    const { featureCount } = this.scorer;
    const cells = new Float32Array(rows.length * featureCount);
    for (let i = 0; i < rows.length; i++) cells.set((rows[i] as Waiting).cells, i * featureCount);
    return cells;
  }
}
