// How long the place of a worker that died stays empty.

/** A worker that lived for so long did not die of its start. */
const SETTLED_MS = 10_000;
const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** Counts how often in a row the workers of one place died young. */
export class RestartDelay {
  #inARow = 0;

  /** Milliseconds: none after a long life or the first early death, then twice as long each time, up to half a minute. */
  afterLifeOf(livedMs: number): number {
    this.#inARow = livedMs < SETTLED_MS ? this.#inARow + 1 : 0;
    if (this.#inARow <= 1) return 0;
    return Math.min(LONGEST_MS, FIRST_MS * 2 ** (this.#inARow - 2));
  }
}
