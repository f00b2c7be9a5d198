// Looks for the change of fewest features, and among those the cheapest, that gives a row the target label: first every change of one feature, then
// of two, and so on as long as the grid of them can be tried; beyond that, the nearest changes so far are carried on (beam search).
import type { Adjustable, Change, Option } from './adjustable.ts';
import type { CandidateScorer, Visit } from './candidate-scorer.ts';
import { changesOf, countChanges } from './changes.ts';
import { bestOf, evenly, fewerOptions } from './fewer-options.ts';
import { Leaders } from './leaders.ts';

/** Rows that a search may score on its grid. */
export const MAX_CANDIDATES = 200_000;

/** Values in the grid: each is scored twice, and most of the rows are for changes of several features. */
const MAX_GRID = MAX_CANDIDATES / 5;

/** Options of a feature by which a beam goes on. */
const BEAM_OPTIONS = 8;

export interface SearchResult {
  /** Changes of the same number of features, each of which crosses; none where no change was found. */
  readonly finalists: readonly Change[];
  readonly method: 'grid' | 'beam';
  /** Every change of the grid with no more features was tried, or costs more than one that crosses. */
  readonly exhaustive: boolean;
  /** Values in the grid. */
  readonly candidates: number;
}

export class ChangeSearch {
  private readonly grid: readonly (readonly Option[])[];
  private readonly gains = new Map<Option, number>();
  private readonly cells: ReadonlyMap<number, number>;
  private left = MAX_CANDIDATES;
  private exhaustive = true;
  private isWeighed = false;
  private nearest: readonly Change[] = [];

  /** `base` is the row, `anchor` finds another on which single features tell more. */
  constructor(
    private readonly scorer: CandidateScorer,
    private readonly base: Float32Array,
    adjustables: readonly Adjustable[],
    private readonly anchor: () => Promise<Float32Array>,
  ) {
    const movable = adjustables.filter(({ options }) => options.length > 0);
    const each = Math.max(1, Math.floor(MAX_GRID / Math.max(1, movable.length)));
    this.grid = movable.map(({ options }) => evenly(options, each));
    this.cells = new Map(movable.map(({ column, cell }) => [column, cell]));
  }

  async run(): Promise<SearchResult> {
    for (let size = 1; size <= this.grid.length; size += 1) {
      const level = await this.level(size);
      if (level === null) return this.beam(size);
      if (level.bound < Infinity) return this.result(level.finalists, 'grid');
      this.nearest = level.nearest;
    }
    return this.result([], 'grid');
  }

  private result(finalists: readonly Change[], method: SearchResult['method']): SearchResult {
    const candidates = this.grid.reduce((sum, { length }) => sum + length, 0);
    return { finalists, method, exhaustive: this.exhaustive, candidates };
  }

  /** All changes of that many features; where they are too many the best options of each, then whatever could be cheaper. null: too many still. */
  private async level(size: number): Promise<Leaders | null> {
    const leaders = this.leaders();
    const sizes = this.grid.map(({ length }) => length);
    if (countChanges(sizes, size) <= this.shareOf(size)) {
      await this.pass(this.grid, size, leaders);
      return leaders;
    }
    await this.weigh();
    const few = fewerOptions(this.grid, size, this.shareOf(size), this.gain);
    if (few === null) return null;
    await this.pass(few, size, leaders);
    const isComplete = leaders.bound < Infinity && (await this.pass(this.grid, size, leaders));
    this.exhaustive &&= isComplete;
    return leaders;
  }

  /** Rows for a first look at changes of that many features: it must leave some for more features. */
  private shareOf(size: number): number {
    return size === 1 || size === this.grid.length ? this.left : Math.floor(this.left / 3);
  }

  /** Scores the changes that cost less than the best so far; answers whether the candidates left were enough. */
  private pass(
    features: readonly (readonly Option[])[],
    size: number,
    leaders: Leaders,
  ): Promise<boolean> {
    // One feature: all of them, for what each is worth alone.
    const bound = size === 1 ? () => Infinity : () => leaders.bound;
    return this.score(this.base, changesOf(features, size, bound), (change, progress, crosses) => {
      const [only] = change;
      if (size === 1 && only !== undefined) this.gains.set(only, progress);
      leaders.add(change, progress, crosses);
    });
  }

  /**
   * What each option is worth: beside its effect on the row, that on the anchor. Where the model is certain of the row, no option alone changes the
   * probability, and the row tells nothing.
   */
  private async weigh(): Promise<void> {
    if (this.isWeighed) return;
    this.isWeighed = true;
    const leaders = this.leaders();
    await this.score(
      await this.anchor(),
      changesOf(this.grid, 1, () => Infinity),
      (change, progress) => {
        const [only] = change;
        if (only !== undefined) this.gains.set(only, this.gain(only) + progress);
        leaders.add(change, only === undefined ? 0 : this.gain(only), false);
      },
    );
    if (this.nearest[0]?.length === 1) this.nearest = leaders.nearest;
  }

  private async beam(from: number): Promise<SearchResult> {
    this.exhaustive = false;
    for (let size = from; size <= this.grid.length && this.left > 0; size += 1) {
      const leaders = this.leaders();
      await this.score(this.base, this.extended(), (change, progress, crosses) => {
        leaders.add(change, progress, crosses);
      });
      if (leaders.bound < Infinity) return this.result(leaders.finalists, 'beam');
      this.nearest = leaders.nearest;
    }
    return this.result([], 'beam');
  }

  /** The nearest changes, each with one option more. */
  private *extended(): Generator<Change> {
    const room = Math.floor(this.left / 8 / (this.grid.length * Math.max(1, this.nearest.length)));
    const each = Math.min(BEAM_OPTIONS, Math.max(1, room));
    const features = this.grid.map((options) => bestOf(options, each, this.gain));
    const known = new Set<string>();
    for (const change of this.nearest) {
      for (const option of features.flat()) {
        if (change.some(({ column }) => column === option.column)) continue;
        const more = [...change, option].sort((a, b) => a.column - b.column);
        const key = more.map(({ column, cell }) => `${column}:${cell}`).join();
        if (known.has(key)) continue;
        known.add(key);
        yield more;
      }
    }
  }

  private async score(
    base: Float32Array,
    changes: Iterable<Change>,
    visit: Visit,
  ): Promise<boolean> {
    const before = this.scorer.scored;
    const wasAll = await this.scorer.each(base, changes, this.left, visit);
    this.left -= this.scorer.scored - before;
    return wasAll;
  }

  private readonly gain = (option: Option): number => this.gains.get(option) ?? 0;

  private leaders(): Leaders {
    return new Leaders(
      (change) => change.reduce((sum, option) => sum + this.gain(option), 0),
      ({ column, cell }) => `${column}${cell < (this.cells.get(column) ?? 0) ? '-' : '+'}`,
    );
  }
}
