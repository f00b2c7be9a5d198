// Nested cross-validation: what the whole procedure of comparing and choosing reaches on rows that it has not seen. The score of the chosen
// candidate is the best of many and so a little lucky (Varma and Simon 2006); this estimate is not.
import { candidateName, type Candidate } from '../candidates.ts';
import type { RowSplit } from '../evaluation/folds.ts';
import { FitError } from '../learners/learner.ts';
import { meanAndSd } from '../../src/statistics/summary.ts';
import { takeLabelled, type LabelledRows } from './fit-candidate.ts';
import { FoldPool } from './fold-pool.ts';
import type { FoldTask, SearchData } from './fold-task.ts';
import { noJournal, type Journal } from './journal.ts';
import { searchCandidates, type SearchOptions, type SearchSettings } from './search.ts';
import { STREAMS } from './streams.ts';

export interface NestedEstimate {
  readonly mean: number;
  readonly sd: number;
  /** Of each outer fold. */
  readonly scores: readonly number[];
  /** Which candidate the search in each outer fold has chosen, by name. */
  readonly chosen: readonly string[];
}

export interface NestedSplits {
  /** Of all rows of the search. */
  readonly outer: readonly RowSplit[];
  /** The folds of the search within an outer fold, of its rows. Throws SplitError. */
  readonly innerOf: (rows: LabelledRows, outerFold: number) => readonly RowSplit[];
}

/** Throws what searchCandidates throws. */
export async function nestedEstimate(
  candidates: readonly Candidate[],
  { outer, innerOf }: NestedSplits,
  data: SearchData,
  settings: SearchSettings,
  options: SearchOptions,
): Promise<NestedEstimate> {
  const journal = options.journal ?? noJournal;
  const tasks: OuterTask[] = [];
  for (const [fold, { train, test }] of outer.entries()) {
    const rows = takeLabelled(data.rows, train);
    const { results, chosen: best } = await searchCandidates(
      candidates,
      innerOf(rows, fold),
      { ...data, rows },
      settings,
      {
        ...options,
        journal: within(journal, placeOf(fold, outer.length)),
        onProgress: (progress) => {
          options.onProgress({ ...progress, outer: { fold, folds: outer.length } });
        },
      },
    );
    const candidate = results[best];
    if (candidate === undefined) throw new FitError('the search within a fold has chosen nothing');
    tasks.push({ fold, candidate, train, test, stream: [STREAMS.nested, fold] });
  }
  const scores = await scoresOf(tasks, data, journal, options);
  const chosen = tasks.map(({ candidate }) => candidateName(candidate));
  return { ...meanAndSd(scores), scores, chosen };
}

/** What an outer fold has chosen, on the rows that its search has not seen. */
interface OuterTask extends FoldTask {
  readonly fold: number;
}

/** By outer fold. */
async function scoresOf(
  tasks: readonly OuterTask[],
  data: SearchData,
  journal: Journal,
  { threads, signal }: SearchOptions,
): Promise<readonly number[]> {
  const place = ({ fold, candidate: { learner, params } }: OuterTask): string =>
    `${placeOf(fold, tasks.length)} ${JSON.stringify([learner, params])}`;
  const scores = tasks.map((task) => journal.find(place(task)) ?? Number.NaN);
  const pool = new FoldPool(data, threads);
  try {
    await pool.run(
      tasks.filter(({ fold }) => Number.isNaN(scores[fold])),
      (task, outcome) => {
        if ('failure' in outcome)
          throw new FitError(`${candidateName(task.candidate)}: ${outcome.failure}`);
        scores[task.fold] = outcome.score;
        journal.add(place(task), outcome.score);
      },
      signal,
    );
  } finally {
    await pool.close();
  }
  return scores;
}

/** How the journal names an outer fold; of another number of folds it has other rows. */
const placeOf = (fold: number, folds: number): string => `nested ${fold + 1}/${folds}`;

/** The journal's folds of one outer fold. */
const within = (journal: Journal, place: string): Journal => ({
  ...journal,
  find: (fold) => journal.find(`${place} ${fold}`),
  add(fold, score) {
    journal.add(`${place} ${fold}`, score);
  },
});
