// Compares candidates of all learners at once by cross-validation on the training part, and picks the one with the best mean score.
import type { Candidate } from '../candidates.ts';
import type { RowSplit } from '../evaluation/folds.ts';
import { SCORES, type ScoreName } from '../evaluation/metrics.ts';
import { Random } from '../../src/statistics/random.ts';
import { meanAndSd } from '../../src/statistics/summary.ts';
import { candidateName } from '../candidates.ts';
import { FitError } from '../learners/learner.ts';
import { STREAMS } from './streams.ts';
import { FoldPool, type FoldOutcome } from './fold-pool.ts';
import type { FoldTask, SearchData } from './fold-task.ts';
import { rungsOf, thinnedTo, type Rung } from './halving.ts';
import { noJournal, type Journal } from './journal.ts';

export interface CandidateResult extends Candidate {
  /** The selection metric on each fold; shorter than the folds where one failed. */
  readonly scores: readonly number[];
  readonly mean: number;
  /** Standard deviation over the folds, divided by folds - 1. */
  readonly sd: number;
  /** The share of the training rows that the scores were reached with; 1 but for candidates that halving dropped. */
  readonly share: number;
  /** Why a fold has no score; null where all have one. */
  readonly failure: string | null;
}

export interface SearchSettings {
  /** halving: all candidates start on few rows, the best third goes on to three times as many, up to all rows. */
  readonly method: 'all' | 'halving';
  readonly metric: ScoreName;
  /** What a fold that fails does: stop ends the search, continue drops the candidate. */
  readonly onFailure: 'stop' | 'continue';
}

export interface SearchProgress {
  readonly candidate: Candidate;
  /** Counted from 0. */
  readonly candidateIndex: number;
  readonly candidates: number;
  readonly fold: number;
  readonly folds: number;
  /** Fits done, this one included, and all of the search. */
  readonly done: number;
  readonly total: number;
  readonly metric: ScoreName;
  readonly best: CandidateResult | null;
  /** In a nested estimate: in which of its folds this search is. */
  readonly outer?: { readonly fold: number; readonly folds: number };
  /** Expected, from the fits of this run; null before the first. */
  readonly secondsLeft: number | null;
}

export interface SearchResult {
  readonly results: readonly CandidateResult[];
  /** Index into results; of equals the first. */
  readonly chosen: number;
}

export interface SearchOptions {
  readonly threads: number;
  readonly onProgress: (progress: SearchProgress) => void;
  readonly journal?: Journal;
  readonly signal?: AbortSignal;
}

export interface CandidateFold extends FoldTask {
  readonly index: number;
  readonly fold: number;
}

/** Throws FitError where a candidate fails and the settings say stop, or where all failed; SearchInterrupted by `signal`. */
export async function searchCandidates(
  candidates: readonly Candidate[],
  splits: readonly RowSplit[],
  data: SearchData,
  settings: SearchSettings,
  options: SearchOptions,
): Promise<SearchResult> {
  const pool = new FoldPool(data, options.threads);
  try {
    return await new Search(candidates, splits, data, settings, options).run(pool);
  } finally {
    await pool.close();
  }
}

class Search {
  private readonly results: CandidateResult[];
  private readonly rungs: readonly Rung[];
  private readonly total: number;
  private readonly began = performance.now();
  private done = 0;
  private fitted = 0;

  constructor(
    private readonly candidates: readonly Candidate[],
    private readonly splits: readonly RowSplit[],
    private readonly data: SearchData,
    private readonly settings: SearchSettings,
    private readonly options: SearchOptions,
  ) {
    const { y } = data.rows;
    this.results = candidates.map((each) => pending(each));
    this.rungs =
      settings.method === 'halving'
        ? rungsOf(candidates.length, splits, y)
        : [{ share: 1, survivors: candidates.length }];
    this.total = this.rungs.reduce((sum, { survivors }) => sum + survivors * splits.length, 0);
  }

  async run(pool: FoldPool): Promise<SearchResult> {
    let alive = [...this.candidates.keys()];
    for (const { share, survivors } of this.rungs) {
      alive = this.ranked(alive).slice(0, survivors);
      await this.runRung(pool, alive, share);
    }
    const chosen = this.best();
    if (chosen === null)
      throw new FitError(`no candidate could be fitted; the first: ${this.firstFailure()}`);
    return { results: this.results, chosen: this.results.indexOf(chosen) };
  }

  private async runRung(pool: FoldPool, alive: readonly number[], share: number): Promise<void> {
    const outcomes = new Map(alive.map((index) => [index, [] as FoldOutcome[]]));
    const { journal = noJournal, signal } = this.options;
    const settle = (task: CandidateFold, outcome: FoldOutcome): void => {
      const of = outcomes.get(task.index) ?? [];
      of[task.fold] = outcome;
      this.done += 1;
      if ('failure' in outcome && this.settings.onFailure === 'stop')
        throw new FitError(`${candidateName(task.candidate)}: ${outcome.failure}`);
      if (Object.keys(of).length === this.splits.length) this.close(task.index, of, share);
      this.tell(task);
    };
    const open = this.tasksOf(alive, share).filter((task) => {
      const score = journal.find(nameOf(task, share));
      if (score !== undefined) settle(task, { score });
      return score === undefined;
    });
    const note = (task: CandidateFold, outcome: FoldOutcome): void => {
      this.fitted += 1;
      if ('score' in outcome) journal.add(nameOf(task, share), outcome.score);
      settle(task, outcome);
    };
    await pool.run(open, note, signal);
  }

  private tasksOf(alive: readonly number[], share: number): readonly CandidateFold[] {
    const { seed, rows } = this.data;
    return alive.flatMap((index) =>
      this.splits.map(({ train, test }, fold) =>
        taskOf({
          index,
          fold,
          candidate: this.candidates[index] as Candidate,
          train: thinnedTo(share, train, rows.y, Random.of(seed, STREAMS.search, fold)),
          test,
        }),
      ),
    );
  }

  private close(index: number, outcomes: readonly FoldOutcome[], share: number): void {
    const scores = outcomes.flatMap((outcome) => ('score' in outcome ? [outcome.score] : []));
    const failed = outcomes.find((outcome) => 'failure' in outcome);
    const failure = failed === undefined ? null : failed.failure;
    const candidate = this.candidates[index] as Candidate;
    this.results[index] = { ...candidate, scores, ...meanAndSd(scores), share, failure };
  }

  /** Best first, the first of equals before the others; failed ones are left out. Untouched before the first rung. */
  private ranked(alive: readonly number[]): number[] {
    const { greaterIsBetter } = SCORES[this.settings.metric];
    const mean = (index: number): number => {
      const result = this.results[index];
      return result === undefined ? Number.NaN : result.mean;
    };
    const fit = alive.filter((index) => this.results[index]?.failure === null);
    return fit.toSorted((a, b) => (greaterIsBetter ? -1 : 1) * (mean(a) - mean(b)) || a - b);
  }

  private best(): CandidateResult | null {
    const full = this.results.flatMap(({ share, scores }, index) =>
      share === 1 && scores.length === this.splits.length ? [index] : [],
    );
    const [first] = this.ranked(full);
    return first === undefined ? null : (this.results[first] ?? null);
  }

  private firstFailure(): string {
    return this.results.find(({ failure }) => failure !== null)?.failure ?? 'there is none';
  }

  private tell({ candidate, index, fold }: CandidateFold): void {
    const seconds = (performance.now() - this.began) / 1000;
    this.options.onProgress({
      candidate,
      candidateIndex: index,
      candidates: this.candidates.length,
      fold,
      folds: this.splits.length,
      done: this.done,
      total: this.total,
      metric: this.settings.metric,
      best: this.best(),
      secondsLeft: this.fitted === 0 ? null : (seconds / this.fitted) * (this.total - this.done),
    });
  }
}

/** The fit of a candidate on a fold draws from a stream of its own. */
export const taskOf = (fold: Omit<CandidateFold, 'stream'>): CandidateFold => ({
  ...fold,
  stream: [STREAMS.search, fold.index, fold.fold],
});

const pending = (candidate: Candidate): CandidateResult => ({
  ...candidate,
  scores: [],
  mean: Number.NaN,
  sd: Number.NaN,
  share: 0,
  failure: null,
});

const nameOf = ({ candidate, fold, stream }: CandidateFold, share: number): string =>
  JSON.stringify([candidate.learner, candidate.params, fold, share, stream]);
