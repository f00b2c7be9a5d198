// Asks one model about changed rows: many in pieces of a few milliseconds, between which the event loop answers others; or one at a time.
import type { LoadedModel } from '../../model/model-slot.ts';
import type { Change } from './adjustable.ts';
import type { Turns } from './turns.ts';

/** Told of each change: how far on the way to the target label it is, greater is nearer, and whether it is there. */
export type Visit = (change: Change, progress: number, crosses: boolean) => void;

/** ONNX Runtime runs on the event loop's thread: so long may a prediction wait for a piece. */
const PIECE_MS = 2;
const ROWS = { first: 256, least: 16, most: 4096 };

export class CandidateScorer {
  /** Rows so far. */
  scored = 0;
  private rows = ROWS.first;

  constructor(
    private readonly model: LoadedModel,
    /** The label asked for is the positive one. */
    private readonly positive: boolean,
    private readonly turns: Turns,
    private readonly signal: AbortSignal,
  ) {}

  /** Scores `base` under at most `limit` changes; answers whether that was all of them. Throws MODEL_ERROR, and what the signal was aborted with. */
  async each(
    base: Float32Array,
    changes: Iterable<Change>,
    limit: number,
    visit: Visit,
  ): Promise<boolean> {
    const source = changes[Symbol.iterator]();
    let left = limit;
    for (;;) {
      const piece = take(source, Math.min(this.rows, left));
      if (piece.length === 0) return left > 0 || source.next().done === true;
      left -= piece.length;
      await this.turns.take(() => this.score(base, piece, visit));
    }
  }

  /** Whether one row has the target label; rows asked for in one turn of the event loop share a run. Throws as each(). */
  crosses(cells: Float32Array): Promise<boolean> {
    this.signal.throwIfAborted();
    this.scored += 1;
    return new Promise((resolve, notScored) => {
      this.model.scorer.rows.add(cells, {
        scored: (probability, positive) => {
          resolve(Number.isFinite(probability) && positive === this.positive);
        },
        notScored,
      });
    });
  }

  private async score(base: Float32Array, piece: readonly Change[], visit: Visit): Promise<void> {
    this.signal.throwIfAborted();
    const cells = new Float32Array(piece.length * base.length);
    piece.forEach((change, row) => {
      cells.set(base, row * base.length);
      for (const { column, cell } of change) cells[row * base.length + column] = cell;
    });
    const startedAt = performance.now();
    const { probability, label } = await this.model.scorer.score(cells, piece.length);
    if (piece.length === this.rows) this.pace(performance.now() - startedAt);
    this.scored += piece.length;
    piece.forEach((change, row) => {
      const p = probability[row] ?? Number.NaN;
      if (Number.isFinite(p))
        visit(change, this.positive ? p : -p, (label[row] === 1) === this.positive);
      else visit(change, -Infinity, false);
    });
  }

  /** As many rows next time as fit, but at most twice as many. */
  private pace(ms: number): void {
    const fitting = Math.floor((this.rows * PIECE_MS) / Math.max(ms, PIECE_MS / 2));
    this.rows = Math.min(ROWS.most, Math.max(ROWS.least, fitting));
  }
}

function take(source: Iterator<Change>, count: number): Change[] {
  const taken: Change[] = [];
  while (taken.length < count) {
    const next = source.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}
