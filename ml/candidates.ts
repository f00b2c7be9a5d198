// The grids and ranges of params.yaml -> combinations of their values, all or drawn at random, each checked by its learner's own params schema.
import { strictObject, ZodObject, ZodReadonly, type ZodType } from 'zod';
import { Random } from '../src/statistics/random.ts';
import { drawFrom, drawNumbers, rangeProblems, type Range } from './candidate-draws.ts';
import { isLearnerName, learners, type LearnerName } from './learners/index.ts';
import type { Expectation } from './zod-expectation.ts';
import { check } from './zod-expectation.ts';

/** What a hyperparameter may be: whatever YAML can say. */
export type GridValue =
  number | string | boolean | null | readonly GridValue[] | { readonly [key: string]: GridValue };

export interface CandidateGrid {
  readonly learner: string;
  /** This many random combinations instead of every one. */
  readonly draws?: number | undefined;
  /** By hyperparameter: where each draw takes it from. */
  readonly ranges?: Readonly<Record<string, Range>> | undefined;
  /**
   * By hyperparameter: a list is always the list of its values, anything else is the only value. So a value that is a list itself, as
   * interaction_constraints are, stands in a list of one.
   */
  readonly grid?: Readonly<Record<string, GridValue>> | undefined;
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

/** Each entry draws from a stream of its own of `random`, so that one more changes no other. */
export function candidatesOf(
  grids: readonly CandidateGrid[],
  random: Random = Random.of(0),
): Candidates {
  const candidates: Candidate[] = [];
  const problems: Expectation[] = [];
  grids.forEach(({ learner, ...entry }, i) => {
    if (!isLearnerName(learner)) {
      const message = `expected ${Object.keys(learners).join(' or ')}, got another name`;
      problems.push({ path: ['candidates', i, 'learner'], message });
      return;
    }
    const { made, found } = candidatesOfEntry(learner, entry, random.stream(i));
    candidates.push(...made);
    problems.push(
      ...found.map(({ path, message }) => ({ path: ['candidates', i, ...path], message })),
    );
  });
  return { candidates, problems };
}

type Grid = NonNullable<CandidateGrid['grid']>;

/** Value by value first, so that each problem has its place; then each combination, for rules that hold between hyperparameters. */
function candidatesOfEntry(
  learner: LearnerName,
  { grid: written, draws, ranges = {} }: Omit<CandidateGrid, 'learner'>,
  random: Random,
): { readonly made: readonly Candidate[]; readonly found: readonly Expectation[] } {
  const grid = written ?? {};
  if (written === undefined && Object.keys(ranges).length === 0)
    return { made: [], found: [{ path: ['grid'], message: 'missing; expected a mapping' }] };
  const alone = [
    ...under('grid', gridProblems(learner, grid)),
    ...under('ranges', rangeProblems(ranges, grid)),
    ...under('ranges', endProblems(learner, ranges)),
  ];
  if (Object.keys(ranges).length > 0 && draws === undefined)
    alone.push({
      path: ['ranges'],
      message: 'expected draws beside ranges: how many combinations to draw',
    });
  if (alone.length > 0) return { made: [], found: alone };
  if (draws === undefined || Object.keys(ranges).length === 0) {
    const count = Object.values(grid).reduce<number>((n, each) => n * valuesOf(each).length, 1);
    const numbers = drawNumbers(draws ?? count, count, random);
    return checkAll(
      learner,
      numbers.map((number) => combinationAt(grid, number)),
    );
  }
  return drawCombinations(learner, { grid, ranges, draws }, random);
}

const under = (key: string, problems: readonly Expectation[]): Expectation[] =>
  problems.map(({ path, message }) => ({ path: [key, ...path], message }));

function checkAll(
  learner: LearnerName,
  params: readonly Candidate['params'][],
): { readonly made: readonly Candidate[]; readonly found: readonly Expectation[] } {
  const made: Candidate[] = [];
  const found = new Map<string, Expectation>();
  for (const combination of params) {
    const checked = check(learners[learner].params, combination);
    if (checked.ok) made.push({ learner, params: checked.value });
    else
      for (const problem of under('grid', checked.problems))
        found.set(JSON.stringify(problem), problem);
  }
  return { made, found: [...found.values()] };
}

/** Draws until there are enough that the learner takes: rules between hyperparameters may forbid some, and a range of few values repeats. */
const ATTEMPTS_A_DRAW = 50;

function drawCombinations(
  learner: LearnerName,
  { grid, ranges, draws }: { grid: Grid; ranges: Readonly<Record<string, Range>>; draws: number },
  random: Random,
): { readonly made: readonly Candidate[]; readonly found: readonly Expectation[] } {
  const made = new Map<string, Candidate>();
  let refused: Expectation | undefined;
  for (let i = 0; i < draws * ATTEMPTS_A_DRAW && made.size < draws; i++) {
    const drawn = Object.fromEntries([
      ...Object.entries(grid).map(([name, written]) => {
        const values = valuesOf(written);
        return [name, values[random.nextInt(values.length)] ?? null] as const;
      }),
      ...Object.entries(ranges).map(([name, range]) => [name, drawFrom(range, random)] as const),
    ]);
    const checked = check(learners[learner].params, drawn);
    if (checked.ok) made.set(JSON.stringify(drawn), { learner, params: checked.value });
    else refused = checked.problems[0];
  }
  if (made.size > 0) return { made: [...made.values()], found: [] };
  const why = refused === undefined ? '' : `: ${refused.path.join('.')} ${refused.message}`;
  return { made: [], found: [{ path: ['ranges'], message: `no combination is allowed${why}` }] };
}

const isList = (value: GridValue): value is readonly GridValue[] => Array.isArray(value);
const valuesOf = (value: GridValue): readonly GridValue[] => (isList(value) ? value : [value]);

/** Each value by itself, the other params at their defaults. */
function gridProblems(learner: LearnerName, grid: Grid): readonly Expectation[] {
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

/** Each end of each range by itself. */
function endProblems(
  learner: LearnerName,
  ranges: Readonly<Record<string, Range>>,
): readonly Expectation[] {
  return Object.entries(ranges)
    .flatMap(([name, { from, to }]) => {
      const ends = { from, to };
      return (['from', 'to'] as const).flatMap((end) =>
        gridProblems(learner, { [name]: ends[end] }).map(({ path: [key, ...inner], message }) => {
          const unknown = message.startsWith('unknown key');
          return { path: unknown ? [key ?? name] : [key ?? name, end, ...inner], message };
        }),
      );
    })
    .filter(
      ({ path }, i, all) => all.findIndex((other) => String(other.path) === String(path)) === i,
    );
}

/** Params whose rules between hyperparameters are left out: a value by itself has nothing to agree with. */
function withoutRulesBetween(params: ZodType): ZodType {
  const inner = params instanceof ZodReadonly ? params.unwrap() : params;
  return inner instanceof ZodObject ? strictObject(inner.shape) : params;
}

/** Of the Cartesian product; the last list varies fastest, as in scikit-learn's ParameterGrid with keys in their order. */
function combinationAt(grid: Grid, number: number): Candidate['params'] {
  let left = number;
  const picked = Object.entries(grid)
    .toReversed()
    .map(([name, written]) => {
      const values = valuesOf(written);
      const value = values[left % values.length] ?? null;
      left = Math.floor(left / values.length);
      return [name, value] as const;
    });
  return Object.fromEntries(picked.toReversed());
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
