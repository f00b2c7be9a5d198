// The distinct values of two samples with the ranks that their rows share.
import { type NumericSample, pooled } from './numeric-sample.ts';

export interface Tie {
  /** The mean of the ranks, from 1, that the rows of this value share. */
  readonly rank: number;
  readonly size: number;
  readonly inReference: number;
  readonly inCurrent: number;
}

/** In rising order. */
export function forEachTie(
  reference: NumericSample,
  current: NumericSample,
  see: (tie: Tie) => void,
): void {
  const pool = pooled(reference, current);
  let below = 0;
  for (let i = 0; i < pool.values.length; i += 1) {
    const inReference = pool.reference[i] as number;
    const inCurrent = pool.current[i] as number;
    const size = inReference + inCurrent;
    see({ rank: below + (size + 1) / 2, size, inReference, inCurrent });
    below += size;
  }
}
