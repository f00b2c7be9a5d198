// What the server refused, sorted: what belongs to a field of the form, and what does not.
import { ProblemError, type FieldProblem } from '../../api/problem.ts';
import type { IssueCode } from './check-draft.ts';

export interface Refusal {
  /** By feature, and `key`. */
  readonly fields: ReadonlyMap<string, FieldProblem>;
  /** The error itself where some of it belongs to no field; null where the fields say it all. */
  readonly rest: unknown;
}

export function refusalOf(error: unknown, names: ReadonlySet<string>): Refusal {
  if (!(error instanceof ProblemError) || error.problem.status !== 422)
    return { fields: new Map(), rest: error };
  const problems = error.problem.errors ?? [];
  const known = problems.filter(({ field, code }) => names.has(field) && code !== 'unknown');
  return {
    fields: new Map(known.map((problem) => [problem.field, problem])),
    rest: known.length > 0 && known.length === problems.length ? null : error,
  };
}

/** The form's own words for what the server says; null where it has none. */
export function issueOf({ code }: FieldProblem): IssueCode | null {
  switch (code) {
    case 'missing':
    case 'null':
      return 'missing';
    case 'type':
      return 'not_a_number';
    case 'range':
    case 'category':
    case 'not_finite':
      return code;
    default:
      return null;
  }
}
