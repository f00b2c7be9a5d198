// The grids of params.yaml -> every combination of their values, each checked by its learner's own params schema.
import { isLearnerName, learners, type LearnerName } from './learners/index.ts';
import type { Expectation } from './zod-expectation.ts';
import { check } from './zod-expectation.ts';

type GridValue = number | string | boolean | null;

export interface CandidateGrid {
  readonly learner: string;
  readonly grid: Readonly<Record<string, readonly GridValue[]>>;
}

/** A learner with checked params, defaults filled in. */
export interface Candidate {
  readonly learner: LearnerName;
  readonly params: Readonly<Record<string, GridValue>>;
}

/** A candidate as it is shown: checked params, or those that a stage wrote down. */
type NamedCandidate = Readonly<{ learner: string; params: Candidate['params'] }>;

export interface Candidates {
  readonly candidates: readonly Candidate[];
  /** Empty where every combination is good. Paths as in candidates[1].grid.n_estimators[0]. */
  readonly problems: readonly Expectation[];
}

export function candidatesOf(grids: readonly CandidateGrid[]): Candidates {
  const candidates: Candidate[] = [];
  const problems: Expectation[] = [];
  grids.forEach(({ learner, grid }, i) => {
    if (!isLearnerName(learner)) {
      const message = `expected ${Object.keys(learners).join(' or ')}, got another name`;
      problems.push({ path: ['candidates', i, 'learner'], message });
      return;
    }
    const found = gridProblems(learner, grid).map(({ path, message }) => ({
      path: ['candidates', i, 'grid', ...path],
      message,
    }));
    problems.push(...found);
    if (found.length > 0) return;
    for (const combination of combinations(grid)) {
      const params = learners[learner].params.parse(combination) as Candidate['params'];
      candidates.push({ learner, params });
    }
  });
  return { candidates, problems };
}

/** Checks each value of each list by itself, the other params at their defaults: learners' params have no rules across keys. */
function gridProblems(learner: LearnerName, grid: CandidateGrid['grid']): readonly Expectation[] {
  const { params } = learners[learner];
  return Object.entries(grid).flatMap(([name, values]) =>
    values.flatMap((value, i) => {
      const checked = check(params, { [name]: value });
      if (checked.ok) return [];
      const unknown = checked.problems.some(({ message }) => message.startsWith('unknown key'));
      if (unknown && i > 0) return [];
      return checked.problems.map(({ message }) => ({
        path: unknown ? [name] : [name, i],
        message,
      }));
    }),
  );
}

/** The Cartesian product; the last list varies fastest, as in scikit-learn's ParameterGrid with keys in their order. */
function combinations(grid: CandidateGrid['grid']): readonly Readonly<Record<string, GridValue>>[] {
  return Object.entries(grid).reduce<readonly Readonly<Record<string, GridValue>>[]>(
    (products, [name, values]) =>
      products.flatMap((product) => values.map((value) => ({ ...product, [name]: value }))),
    [{}],
  );
}

/** As in `random_forest, n_estimators 100, max_depth none`. */
export const candidateName = ({ learner, params }: NamedCandidate): string =>
  [learner, ...Object.entries(params).map(([key, value]) => `${key} ${value ?? 'none'}`)].join(
    ', ',
  );
