// The page of a validation: says what the report says, needs nothing but itself, and trusts nothing that comes from the file.
import type { ColumnReport, NumericValues, ValidationReport } from '../data/validation-report.ts';
import { renderValidation as render } from './render-validation.ts';

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

const labels = { positive: 'late <1>', negative: 'paid' };
const renderValidation = (report: ValidationReport): string => render(report, labels);

const WHOLE = /https?:|<script|<img|NaN|undefined|\[object|Infinity/;

it('says first whether the file may be trained on', () => {
  expect(renderValidation(valid)).toContain('>Passed with 1 warning: it can be trained on.<');
  expect(renderValidation({ ...valid, warnings: [] })).toContain('>Passed: it can be trained on.<');
  expect(renderValidation(invalid)).toContain(
    '>Failed: 9 problems in 3 columns. Nothing is trained on it.<',
  );
});

it('tells columns, values, drift and ignored columns of a valid file, without a word from outside', () => {
  const page = renderValidation(valid);
  for (const text of [
    'every value is the same',
    '>1.25<',
    '>0.012<',
    '>note<',
    'share of late &lt;1&gt;',
    '>4 (25.0 %)<',
    '>2 (12.5 %)<',
  ])
    expect(page).toContain(text);
  expect(page).not.toMatch(WHOLE);
});

it('tells the place of each problem of a file that is not valid, and how many there are', () => {
  const page = renderValidation(invalid);
  expect(page).toContain('expected a number, got text');
  expect(page).toContain('The first 1 of 9:');
  expect(page).not.toContain('id="values"');
  expect(page).not.toMatch(WHOLE);
});

it('tells first how many problems each column has, the worst first', () => {
  const page = renderValidation({
    ...invalid,
    columns: invalid.columns.map((each, i) => ({ ...each, problems: i })),
  });
  expect(page.indexOf('<td>y</td>')).toBeLessThan(page.indexOf('alert(1)'));
  expect(page.indexOf('<td>y</td>')).toBeLessThan(page.indexOf('got text'));
  expect(page).not.toContain('<th class="number">missing</th>');
});

it('says which held-out features moved, and how far chance goes', () => {
  const feature = { name: 'age', psi: 0.0123, chance: 0.05, verdict: 'same' } as const;
  const drift = { training_rows: 12, held_out_rows: 4, features: [feature] };
  expect(renderValidation({ ...valid, holdout_drift: drift })).toContain(
    'like those to train on in every feature',
  );
  const many = Array.from({ length: 30 }, (_, i) => ({ ...feature, name: `f${i}`, psi: i / 1000 }));
  const moved = { ...feature, name: 'region', psi: 0.4, verdict: 'moved' } as const;
  const page = renderValidation({
    ...valid,
    holdout_drift: { ...drift, features: [...many, moved] },
  });
  expect(page).toContain('1 feature of 31 moved');
  expect(page.indexOf('<td>region</td>')).toBeLessThan(page.indexOf('<td>f29</td>'));
  expect(page).not.toContain('<td>f14</td>');
  expect(page).toContain('The 15 largest of 31.');
});

it('counts the categories that rows have, and shortens names, lists and messages', () => {
  const categories = ['a'.repeat(40), 'b', 'c'].map((name, i) => ({
    name,
    positives: i,
    negatives: i,
  }));
  const expected = `one of ${categories.map(({ name }) => name).join(', ')}, ${'z, '.repeat(200)}`;
  const wide = column('wide', { expected, values: { kind: 'categorical', categories } });
  const message = `expected ${expected}, got another value`;
  const page = renderValidation({
    ...invalid,
    columns: [wide],
    problems: [{ line: 7, column: null, message }],
  });
  expect(page).toContain('>2 of 3<');
  expect(page).toContain(', got another value</td>');
  expect(page).toContain('the whole record');
  expect(page).not.toContain('z, '.repeat(40));
  const drawn = renderValidation({
    ...valid,
    columns: [
      column('x', {
        values: {
          kind: 'categorical',
          categories: [{ name: 'a'.repeat(40), positives: 1, negatives: 2 }],
        },
      }),
    ],
  });
  expect(drawn).toContain(`>${'a'.repeat(19)}… (3)<`);
});

it('draws the first 60 of very many features in less than a megabyte', () => {
  const bins = Array.from({ length: 20 }, (_, i) => 1000 * i + 7);
  const values = { ...(column('x').values as NumericValues), positives: bins, negatives: bins };
  const edges = Array.from({ length: 21 }, (_, i) => i / 3);
  const columns = Array.from({ length: 200 }, (_, i) =>
    column(`feature ${i}`, { values: { ...values, edges } }),
  );
  const page = renderValidation({ ...valid, columns });
  expect(page.match(/<svg /g)).toHaveLength(60);
  expect(page).toContain('And 140 more columns');
  expect(page.length).toBeLessThan(1_000_000);
});

it('says where a median comes from a part of the rows', () => {
  expect(renderValidation(valid)).not.toContain('sample');
  expect(renderValidation({ ...valid, rows: 3_000_000 })).toContain(
    'Medians of more than 200000 values are those of an even sample',
  );
});

it('has headings in order and a name for every figure', () => {
  const page = renderValidation(valid);
  const levels = [...page.matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
  expect(levels[0]).toBe(1);
  expect(levels.slice(1).every((level) => level === 2)).toBe(true);
  const named = page.match(/<svg [^>]*role="img" aria-label="[^"]+"/g);
  expect(named).toHaveLength(page.split('<svg ').length - 1);
});

it('draws a column of one value', () => {
  const one = column('one', {
    values: { ...(column('x').values as object), min: 4, max: 4, edges: [4, 4, 4] } as never,
  });
  expect(renderValidation({ ...valid, columns: [one] })).not.toMatch(WHOLE);
});
