// The page of a validation: says what the report says, needs nothing but itself, and trusts nothing that comes from the file.
import type { ColumnReport, ValidationReport } from '../data/validation-report.ts';
import { renderValidation } from './render-validation.ts';

const column = (name: string, changes: Partial<ColumnReport> = {}): ColumnReport => ({
  name,
  role: 'feature',
  expected: 'a number',
  nullable: true,
  problems: 0,
  missing: 2,
  values: {
    kind: 'numeric',
    min: 0,
    median: 1.25,
    max: 4,
    mean: 1.5,
    edges: [0, 2, 4],
    positives: [3, 1],
    negatives: [5, 5],
  },
  ...changes,
});

const valid: ValidationReport = {
  valid: true,
  file: 'data/loans.csv',
  rows: 16,
  rows_left_out: 0,
  mostly: 1,
  data_digest: 'f'.repeat(64),
  classes: { positive: 4, negative: 12 },
  columns: [
    column('age'),
    column('<script>alert(1)</script>', {
      values: {
        kind: 'categorical',
        categories: [{ name: '"><img src=x>', positives: 1, negatives: 3 }],
      },
    }),
    column('y', { role: 'target', values: null }),
  ],
  ignored_columns: ['note'],
  holdout_drift: {
    training_rows: 12,
    held_out_rows: 4,
    features: [{ name: 'age', psi: 0.0123, chance: 2, verdict: 'same' }],
  },
  warnings: ['age: every value is the same'],
  problem_count: 0,
  problems: [],
};

const invalid: ValidationReport = {
  ...valid,
  valid: false,
  data_digest: null,
  classes: null,
  columns: valid.columns.map((each) => ({ ...each, missing: null, values: null, problems: 3 })),
  holdout_drift: null,
  warnings: [],
  problem_count: 9,
  problems: [{ line: 7, column: 'age', message: 'expected a number, got text' }],
};

const WHOLE = /https?:|<script|<img|NaN|undefined|\[object|Infinity/;

it('says first whether the file may be trained on', () => {
  expect(renderValidation(valid)).toContain('>Valid, with 1 warning.<');
  expect(renderValidation({ ...valid, warnings: [] })).toContain('>Valid.<');
  expect(renderValidation(invalid)).toContain(
    '>Not valid: 9 problems in 3 columns. Nothing is trained on it.<',
  );
});

it('tells columns, values, drift and ignored columns of a valid file, without a word from outside', () => {
  const page = renderValidation(valid);
  for (const text of [
    'every value is the same',
    '>1.25<',
    '>0.012<',
    '>note<',
    'share of positive rows',
  ])
    expect(page).toContain(text);
  expect(page).not.toMatch(WHOLE);
});

it('tells the place of each problem of a file that is not valid, and how many there are', () => {
  const page = renderValidation(invalid);
  expect(page).toContain('expected a number, got text');
  expect(page).toContain('The first 1 of 9.');
  expect(page).not.toContain('id="values"');
  expect(page).not.toMatch(WHOLE);
});

it('draws a column of one value', () => {
  const one = column('one', {
    values: { ...(column('x').values as object), min: 4, max: 4, edges: [4, 4, 4] } as never,
  });
  expect(renderValidation({ ...valid, columns: [one] })).not.toMatch(WHOLE);
});
