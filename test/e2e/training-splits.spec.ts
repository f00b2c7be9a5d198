// Training on rows that belong together or follow each other in time, and on files in which some rows have faults.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { trainPipeline, type TrainedPipeline } from '../../ml/pipeline-run.ts';
import { silentReporter } from '../../ml/stages/reporter.ts';

const folder = mkdtempSync(join(tmpdir(), 'training-splits-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const [header = '', ...rows] = readFileSync('data/wdbc.csv', 'utf8').trimEnd().split('\n');
const varDir = (name: string): string => join(folder, name);
const artifact = (name: string, file: string): unknown =>
  JSON.parse(readFileSync(join(varDir(name), 'pipeline/foretell', file), 'utf8'));

/** Trains on the default data with columns in front. */
function trained(
  name: string,
  columns: string,
  cellsOf: (row: number) => string,
  changes: Readonly<Record<string, unknown>>,
  notes: string[] = [],
): Promise<TrainedPipeline> {
  const csv = [`${columns},${header}`, ...rows.map((row, i) => `${cellsOf(i)},${row}`)];
  writeFileSync(join(folder, `${name}.csv`), `${csv.join('\n')}\n`);
  const params = parse(readFileSync('params.yaml', 'utf8')) as Record<string, unknown>;
  const paramsFile = join(folder, `${name}.yaml`);
  const quick = { candidates: [{ learner: 'logistic_regression', grid: { C: [1] } }] };
  writeFileSync(
    paramsFile,
    stringify({ ...params, ...quick, data: { path: `${name}.csv` }, ...changes }),
  );
  const reporter = { ...silentReporter, note: (line: string) => notes.push(line) };
  return trainPipeline({ paramsFile, environment: { VAR_DIR: varDir(name) }, reporter });
}

const heldOut = (name: string): readonly number[] =>
  (artifact(name, 'split.json') as { test: number[] }).test;

it('holds out whole groups, and says in the run by what rows were split', async () => {
  const group = (row: number): string => `clinic ${row % 40}`;
  const { evaluation } = await trained('groups', 'clinic', group, {
    split: { test_share: 0.2, group: 'clinic' },
  });
  const held = heldOut('groups');
  const clinics = new Set(held.map(group));
  expect(held.length).toBe(rows.filter((_, row) => clinics.has(group(row))).length);
  expect(held.length).toBeGreaterThan(80);
  expect(evaluation.rows).toBe(held.length);
});

it('holds out the latest rows, and calibrates on the rows that some fold has tested', async () => {
  const month = (row: number): string =>
    `20${String(10 + (row % 12)).padStart(2, '0')}-0${1 + (row % 9)}-15`;
  const { evaluation, search } = await trained('time', 'visited', month, {
    split: { test_share: 0.25, time: 'visited' },
    selection: { folds: 4, metric: 'log_loss' },
  });
  const held = new Set(heldOut('time'));
  const times = rows.map((_, row) => month(row));
  const latestBefore =
    times
      .filter((_, row) => !held.has(row))
      .sort()
      .at(-1) ?? '';
  expect([...held].every((row) => (times[row] as string) > latestBefore)).toBe(true);
  expect(search.candidates[0]?.scores).toHaveLength(4);
  expect(evaluation.metrics['roc_auc']).toBeGreaterThan(0.97);
});

it('leaves out the few rows with faults, says so, and counts lines as the file has them', async () => {
  const notes: string[] = [];
  const { evaluation } = await trained(
    'mostly',
    'w',
    (row) => (row < 5 ? 'x' : '1'),
    { validation: { mostly: 0.99 }, weights: { column: 'w' } },
    notes,
  );
  expect(notes.join('\n')).toMatch(/warning: w: 5 rows left out/);
  const report = artifact('mostly', 'validation.json') as {
    rows: number;
    rows_left_out: number;
  };
  expect([report.rows, report.rows_left_out]).toEqual([569, 5]);
  expect(Math.abs(evaluation.rows - 0.2 * (569 - 5))).toBeLessThan(1);
});

it('stops where more rows have faults than that, or where two rows have one name', async () => {
  const weights = { column: 'w' };
  await expect(
    trained('too-many', 'w', (row) => (row < 6 ? 'x' : '1'), {
      validation: { mostly: 0.99 },
      weights,
    }),
  ).rejects.toThrow(
    'too-many.csv:2: column "w": expected a weight, a number of at least 0, got text',
  );
  await expect(
    trained('named-twice', 'patient', (row) => `p${Math.min(row, 567)}`, {
      validation: { unique: ['patient'] },
    }),
  ).rejects.toThrow('named-twice.csv:570: column "patient": expected another value in each row');
});
