// Programs for teams of threads: what the tests of ml/threads run.
import type { Team } from '../../ml/threads/team.ts';

export interface Job {
  /** Shared, one cell for each thread. */
  readonly cells: Int32Array;
  readonly rounds: number;
  readonly fault?: 'throw' | 'exit';
}

/** In every round each thread reads what all wrote in the round before; returns the last sum it saw. */
export function run({ rank, size, barrier }: Team, { cells, rounds, fault }: Job): number {
  let sum = 0;
  for (let round = 1; round <= rounds; round++) {
    if (round === 3 && rank === size - 1) {
      if (fault === 'throw') throw new RangeError('no third round');
      if (fault === 'exit') process.exit(7);
    }
    cells[rank] = round;
    barrier();
    sum = cells.reduce((total, cell) => total + cell, 0);
    barrier();
  }
  return sum;
}

export const url = import.meta.url;
