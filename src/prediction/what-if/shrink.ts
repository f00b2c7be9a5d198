// Makes a change that crosses as small as it can be: features that it can do without go back, and every number goes back towards the row's own value
// as far as the label stays.
import type { Adjustable, Change, Option } from './adjustable.ts';
import type { CandidateScorer } from './candidate-scorer.ts';
import { costOf } from './changes.ts';

/** Up to so many features, every order in which they can go back is tried. */
const ALL_ORDERS = 3;

/** The best of what the orders of going back leave: no feature alone can go back by one step of float32 more. */
export async function shrink(
  change: Change,
  base: Float32Array,
  adjustables: ReadonlyMap<number, Adjustable>,
  scorer: CandidateScorer,
): Promise<Change> {
  const shrunk = await Promise.all(
    ordersOf(change).map((order) => new Shrinking(base, order, adjustables, scorer).run()),
  );
  return shrunk.toSorted(bySize)[0] ?? change;
}

/** Fewer features first, then what they cost. */
export const bySize = (a: Change, b: Change): number =>
  a.length - b.length || costOf(a) - costOf(b);

function ordersOf(change: Change): readonly Change[] {
  if (change.length <= ALL_ORDERS) return permutations(change);
  const rising = change.toSorted((a, b) => a.cost - b.cost);
  return [rising, rising.toReversed()];
}

const permutations = (change: Change): readonly Change[] =>
  change.length <= 1
    ? [change]
    : change.flatMap((first) =>
        permutations(change.filter((each) => each !== first)).map((rest) => [first, ...rest]),
      );

class Shrinking {
  private readonly cells: Float32Array;

  constructor(
    private readonly base: Float32Array,
    private readonly order: Change,
    private readonly adjustables: ReadonlyMap<number, Adjustable>,
    private readonly scorer: CandidateScorer,
  ) {
    this.cells = base.slice();
    for (const { column, cell } of order) this.cells[column] = cell;
  }

  async run(): Promise<Change> {
    const kept: Option[] = [];
    for (const option of this.order) {
      const { column } = option;
      if (await this.crossesAt(column, this.base[column] ?? Number.NaN)) continue;
      const feature = this.adjustables.get(column) as Adjustable;
      const cell = await this.closest(feature, option.cell);
      this.cells[column] = cell;
      kept.push(cell === option.cell ? option : feature.optionAt(cell));
    }
    return kept.sort((a, b) => a.column - b.column);
  }

  /** Between the row's own value, which does not cross, and `cell`, which does: bisection ends at neighbours of which one does. */
  private async closest({ between, column, cell: own }: Adjustable, cell: number): Promise<number> {
    if (between === null) return cell;
    const { line, low, high } = between;
    // Where the row lies outside what a change may give, the nearest end is allowed itself.
    const end = Math.min(high, Math.max(low, own));
    if (end !== own && (await this.crossesAt(column, end))) return end;
    const round = cell > own ? Math.floor : Math.ceil;
    let [not, does] = [round(line.placeOf(end)), line.placeOf(cell)];
    while (Math.abs(does - not) > 1) {
      const middle = Math.floor((not + does) / 2);
      if (await this.crossesAt(column, line.cellAt(middle))) does = middle;
      else not = middle;
    }
    this.cells[column] = line.cellAt(does);
    return line.cellAt(does);
  }

  /** Whether the row crosses with that cell; leaves it there only if so. */
  private async crossesAt(column: number, cell: number): Promise<boolean> {
    const before = this.cells[column] ?? Number.NaN;
    this.cells[column] = cell;
    const crosses = await this.scorer.crosses(this.cells);
    if (!crosses) this.cells[column] = before;
    return crosses;
  }
}
