// What the server refused, sorted by the fields of the form.
import { ProblemError, type FieldProblem } from '../../api/problem.ts';
import { issueOf, refusalOf } from './refusal.ts';

const refused = (errors: readonly FieldProblem[], status = 422): ProblemError =>
  new ProblemError({ title: 'No', status, code: 'INVALID_INPUT', detail: 'No.', errors });
const NAMES = new Set(['size', 'key']);
const range: FieldProblem = { field: 'size', code: 'range', expected: 'a number, at least 0' };

describe('refusalOf', () => {
  it('gives each field what the server says of it', () => {
    const { fields, rest } = refusalOf(refused([range]), NAMES);
    expect([...fields]).toEqual([['size', range]]);
    expect(rest).toBeNull();
  });

  it('shows the whole where something belongs to no field: a feature of another model', () => {
    const error = refused([range, { field: 'gone', code: 'unknown', expected: 'no field' }]);
    const { fields, rest } = refusalOf(error, NAMES);
    expect([...fields.keys()]).toEqual(['size']);
    expect(rest).toBe(error);
  });

  it('keeps what is no refusal of fields as it is', () => {
    for (const error of [new Error('gone'), refused([], 422), refused([range], 503)])
      expect(refusalOf(error, NAMES)).toEqual({ fields: new Map(), rest: error });
  });

  it('has words of its own for what the contract can refuse', () => {
    const codes = ['missing', 'null', 'type', 'range', 'category', 'not_finite', 'new'];
    expect(codes.map((code) => issueOf({ ...range, code }))).toEqual([
      'missing',
      'missing',
      'not_a_number',
      'range',
      'category',
      'not_finite',
      null,
    ]);
  });
});
