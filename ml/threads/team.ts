// Threads that run one program side by side on shared memory, each knowing its rank, and meeting at barriers.

/** One thread's view of those that work with it. */
export interface Team {
  /** 0 ... size - 1. */
  readonly rank: number;
  readonly size: number;
  /** Returns when every thread of the team has called it as often; what they wrote before is then seen by all. */
  readonly barrier: () => void;
}

/** A program run by every thread of a team at once. Its module must export it as `run`; `job` and result are cloned between threads. */
export type TeamProgram<Job, Result> = (team: Team, job: Job) => Result;

/** The team of one. */
export const SOLO: Team = Object.freeze({ rank: 0, size: 1, barrier() {} });

/** Int32 cells of a team's shared memory. */
export const TEAM_CELLS = 2;
const ARRIVED = 0;
const ROUND = 1;
/** Reads of the round before a thread goes to sleep: joins inside a tree are microseconds apart, waking a thread costs tens of them. */
const SPINS = 4_000;

/** `cells`: TEAM_CELLS zeroed Int32 cells on shared memory. */
export function joinTeam(rank: number, size: number, cells: Int32Array): Team {
  return Object.freeze({
    rank,
    size,
    barrier() {
      const round = Atomics.load(cells, ROUND);
      if (Atomics.add(cells, ARRIVED, 1) === size - 1) {
        Atomics.store(cells, ARRIVED, 0);
        Atomics.add(cells, ROUND, 1);
        Atomics.notify(cells, ROUND);
        return;
      }
      for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(cells, ROUND) !== round) return;
      while (Atomics.load(cells, ROUND) === round) Atomics.wait(cells, ROUND, round);
    },
  });
}

/** The share [from, to) of `count` things that a thread takes, cut at multiples of `block`. */
export function shareOf({ rank, size }: Team, count: number, block = 1): readonly [number, number] {
  const blocks = Math.ceil(count / block);
  const cut = (part: number): number => Math.min(count, Math.floor((blocks * part) / size) * block);
  return [cut(rank), cut(rank + 1)];
}
