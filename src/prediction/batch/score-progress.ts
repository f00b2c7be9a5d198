// How far npm run score is, in words.
import type { ScoredBlock } from './scored-block.ts';

const MINUTE_SECONDS = 60;

export class ScoreProgress {
  refused = 0;
  #rows = 0;
  /** Of the input that has been read, 0 to 1; null where its length is not known. */
  #share: number | null = null;
  readonly #startedAt = performance.now();

  /** `bytes`: of the whole input; null: unknown. */
  add({ count, refused, end }: ScoredBlock, bytes: number | null): void {
    this.#rows += count;
    this.refused += refused.length;
    if (bytes !== null && bytes > 0 && end.bytes > 0) this.#share = end.bytes / bytes;
  }

  soFar(): string {
    const seconds = this.#seconds();
    const left =
      this.#share === null || this.#share === 0
        ? null
        : (seconds / this.#share) * (1 - this.#share);
    const more = left === null ? '' : `, about ${inWords(left)} left`;
    return `${this.#counts(seconds)}${more}`;
  }

  atEnd(output: string): string {
    const seconds = this.#seconds();
    return `${this.#counts(seconds)}, to ${output} in ${inWords(seconds)}`;
  }

  #seconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  #counts(seconds: number): string {
    const speed = Math.round(this.#rows / Math.max(seconds, 0.001));
    return `${grouped(this.#rows)} rows, ${grouped(speed)} rows/s, ${grouped(this.refused)} refused`;
  }
}

const grouped = (value: number): string => value.toLocaleString('en');

const inWords = (seconds: number): string =>
  seconds < 2 * MINUTE_SECONDS
    ? `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`
    : `${Math.round(seconds / MINUTE_SECONDS)} min`;
