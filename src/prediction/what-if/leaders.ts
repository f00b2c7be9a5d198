// The changes of one number of features that a search goes on with: those that cross, and of the others those that come nearest.
import type { Change, Option } from './adjustable.ts';
import { costOf } from './changes.ts';

/** Changes that do not cross, from which more features are changed. */
const NEAREST = 16;
/** Changes that cross, which are made smaller and compared. */
const FINALISTS = 64;

interface Ranked {
  readonly change: Change;
  readonly rank: number;
  readonly tie: number;
}

export class Leaders {
  /** What the cheapest change that crosses costs; infinite while there is none. */
  bound = Infinity;
  private readonly crossing = new Map<string, Ranked>();
  private near: Ranked[] = [];

  constructor(
    /** Of changes that are equally near, the greater is kept. */
    private readonly tie: (change: Change) => number,
    /** Says of an option which way it goes: changes of the same features the same way are one kind, of which the cheapest is kept. */
    private readonly wayOf: (option: Option) => string,
  ) {}

  add(change: Change, progress: number, crosses: boolean): void {
    if (crosses) this.addCrossing(change);
    else {
      this.near.push({ change, rank: progress, tie: this.tie(change) });
      if (this.near.length > 8 * NEAREST) this.near = best(this.near, NEAREST);
    }
  }

  /** The nearest first. */
  get nearest(): readonly Change[] {
    return best(this.near, NEAREST).map(({ change }) => change);
  }

  /** The cheapest first; none where no change crosses. */
  get finalists(): readonly Change[] {
    return best([...this.crossing.values()], FINALISTS).map(({ change }) => change);
  }

  private addCrossing(change: Change): void {
    const cost = costOf(change);
    const kind = change.map(this.wayOf).join();
    if (cost >= -(this.crossing.get(kind)?.rank ?? -Infinity)) return;
    this.crossing.set(kind, { change, rank: -cost, tie: 0 });
    this.bound = Math.min(this.bound, cost);
  }
}

const best = (all: readonly Ranked[], count: number): Ranked[] =>
  all.toSorted((a, b) => b.rank - a.rank || b.tie - a.tie).slice(0, count);
