// How the data plane refuses input that does not fit the model, and under which labels it counts that.
import { AppError, type FieldError } from '../common/errors.ts';
import type { FieldIssue } from '../features/feature-spec.ts';

const MAX_NAMED = 10;

/** Bounded labels: a name that a caller chose is never one. */
export function refusalLabels(
  field: string,
  code: FieldIssue['code'],
): [feature: string, rule: string] {
  switch (code) {
    case 'unknown':
      return ['unknown', 'unknown'];
    case 'missing':
    case 'null':
      return [field, 'missing'];
    case 'type':
    case 'not_finite':
      return [field, 'type'];
    case 'range':
    case 'category':
      return [field, code];
  }
}

export function invalidInput(errors: readonly FieldError[]): AppError {
  const names = errors.slice(0, MAX_NAMED).map(({ field }) => field);
  const more = errors.length > MAX_NAMED ? `, and ${errors.length - MAX_NAMED} more` : '';
  return new AppError(
    'INVALID_INPUT',
    `The input does not fit the model: ${names.join(', ')}${more}.`,
    { errors },
  );
}
