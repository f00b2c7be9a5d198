// The histograms of leaves that may still be split, in bounded memory: of too many, those of the least promising leaves are given up.
import { histogramLength } from './histogram.ts';

/** Bytes that the histograms of one tree take at most, as far as two of them fit. */
const POOL_BYTES = 2 ** 28;

export function poolSlots(columns: number, leaves: number): number {
  const fitting = Math.floor(POOL_BYTES / (8 * histogramLength(columns)));
  return Math.max(3, Math.min(leaves, fitting));
}

/** Whoever holds a slot; -1 holds none. Giving up a histogram changes no result: it is counted anew from the rows when it is needed. */
export interface SlotHolder {
  slot: number;
}

export class HistogramPool {
  readonly #slots: readonly Float64Array[];
  readonly #free: number[];

  /** `space`: [slots, histogramLength] on shared memory. */
  constructor(space: Float64Array, length: number) {
    this.#slots = Array.from({ length: space.length / length }, (_, slot) =>
      space.subarray(slot * length, (slot + 1) * length),
    );
    this.#free = this.#slots.map((_, slot) => slot).reverse();
  }

  at(slot: number): Float64Array {
    return this.#slots[slot] as Float64Array;
  }

  /** A slot for `holder`; where all are taken, the first of `leastPromising` that has one loses it. */
  take(holder: SlotHolder, leastPromising: () => Iterable<SlotHolder>): void {
    const slot = this.#free.pop();
    if (slot !== undefined) {
      holder.slot = slot;
      return;
    }
    for (const other of leastPromising())
      if (other.slot >= 0) {
        holder.slot = other.slot;
        other.slot = -1;
        return;
      }
    throw new RangeError('a pool of histograms holds at least both children and their parent');
  }

  give(holder: SlotHolder): void {
    if (holder.slot >= 0) this.#free.push(holder.slot);
    holder.slot = -1;
  }
}
