// The grids of params.yaml -> every combination of their values, each checked by its learner's own params schema.
import { strictObject, ZodObject, ZodReadonly, type ZodType } from 'zod';
import { isLearnerName, learners, type LearnerName } from './learners/index.ts';
import type { Expectation } from './zod-expectation.ts';
import { check } from './zod-expectation.ts';

/** What a hyperparameter may be: whatever YAML can say. */
export type GridValue =
  number | string | boolean | null | readonly GridValue[] | { readonly [key: string]: GridValue };

export interface CandidateGrid {
  readonly learner: string;
  /**
   * By hyperparameter: a list is always the list of its values, anything else is the only value. So a value that is a list itself, as
   * interaction_constraints are, stands in a list of one.
   */
  readonly grid: Readonly<Record<string, GridValue>>;
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
    const { made, found } = candidatesOfGrid(learner, grid);
    candidates.push(...made);
    problems.push(
      ...found.map(({ path, message }) => ({ path: ['candidates', i, 'grid', ...path], message })),
    );
  });
  return { candidates, problems };
}

/** Value by value first, so that each problem has its place; then each combination, for rules that hold between hyperparameters. */
function candidatesOfGrid(
  learner: LearnerName,
  grid: CandidateGrid['grid'],
): { readonly made: readonly Candidate[]; readonly found: readonly Expectation[] } {
  const alone = gridProblems(learner, grid);
  if (alone.length > 0) return { made: [], found: alone };
  const made: Candidate[] = [];
  const found = new Map<string, Expectation>();
  for (const combination of combinations(grid)) {
    const checked = check(learners[learner].params, combination);
    if (checked.ok) made.push({ learner, params: checked.value });
    else for (const problem of checked.problems) found.set(JSON.stringify(problem), problem);
  }
  return { made, found: [...found.values()] };
}

const isList = (value: GridValue): value is readonly GridValue[] => Array.isArray(value);
const valuesOf = (value: GridValue): readonly GridValue[] => (isList(value) ? value : [value]);

/** Each value by itself, the other params at their defaults. */
function gridProblems(learner: LearnerName, grid: CandidateGrid['grid']): readonly Expectation[] {
  const params = withoutRulesBetween(learners[learner].params);
  return Object.entries(grid).flatMap(([name, written]) => {
    const values = valuesOf(written);
    if (values.length === 0)
      return [{ path: [name], message: 'expected a list of at least 1 item, got a list of 0' }];
    return values.flatMap((value, i) => {
      const checked = check(params, { [name]: value });
      if (checked.ok) return [];
      const at = isList(written) ? [name, i] : [name];
      return checked.problems.flatMap(({ path: [, ...inner], message }) => {
        const unknown = inner.length === 0 && message.startsWith('unknown key');
        if (unknown && i > 0) return [];
        return [{ path: unknown ? [name] : [...at, ...inner], message }];
      });
    });
  });
}

/** Params whose rules between hyperparameters are left out: a value by itself has nothing to agree with. */
function withoutRulesBetween(params: ZodType): ZodType {
  const inner = params instanceof ZodReadonly ? params.unwrap() : params;
  return inner instanceof ZodObject ? strictObject(inner.shape) : params;
}

/** The Cartesian product; the last list varies fastest, as in scikit-learn's ParameterGrid with keys in their order. */
function combinations(grid: CandidateGrid['grid']): readonly Candidate['params'][] {
  return Object.entries(grid).reduce<readonly Candidate['params'][]>(
    (products, [name, written]) =>
      products.flatMap((product) =>
        valuesOf(written).map((value) => ({ ...product, [name]: value })),
      ),
    [{}],
  );
}

/** A hyperparameter as trackers and bundles keep it: nothing as `none`, lists and mappings as JSON text, the rest as it is. */
export function recorded(value: GridValue): number | string | boolean {
  if (value === null) return 'none';
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

/** As in `random_forest, min_samples_leaf 20`: what differs from the learner's defaults. */
export function candidateName({ learner, params }: NamedCandidate): string {
  const defaults = isLearnerName(learner)
    ? (learners[learner].params.parse({}) as Candidate['params'])
    : {};
  const set = Object.entries(params).filter(
    ([key, value]) => !(key in defaults) || recorded(value) !== recorded(defaults[key] ?? null),
  );
  const told = set.map(([key, value]) => `${key} ${recorded(value)}`);
  return [learner, ...(told.length === 0 ? ['defaults'] : told)].join(', ');
}
