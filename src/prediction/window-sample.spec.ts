// Which rows of a window statistics look at, over a real log.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { parseConfig } from '../config/load-config.ts';
import { dataSourceOptions, openDatabase } from '../database/data-source.ts';
import { databaseSettings } from '../../test/support/test-database.ts';
import { logRow } from '../../test/contract/prediction-writer.contract.ts';
import { LoggedPrediction } from './logged-prediction.entity.ts';
import { newPredictionId } from './prediction-id.ts';
import { type SampledRow, WindowSample } from './window-sample.ts';

const START = 1_764_000_000_000;
const WINDOW = { modelName: 'm', version: '1', from: START, to: START + 999_999 };

let dir: string;
let database: DataSource;
let sample: WindowSample;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'window-sample-'));
  const config = parseConfig({ VAR_DIR: dir, ...(await databaseSettings(dir)) });
  database = await openDatabase({
    ...dataSourceOptions(config.database),
    entities: [LoggedPrediction],
  });
  sample = new WindowSample(database.getRepository(LoggedPrediction));
});
afterEach(async () => {
  await database.destroy();
  rmSync(dir, { recursive: true });
});

/** A row at each of the instants after START, of version 1 unless said. */
async function store(instants: readonly number[], version = '1'): Promise<void> {
  const rows = instants.map((at) =>
    logRow({
      id: newPredictionId(START + at),
      createdAt: START + at,
      modelName: 'm',
      modelVersion: version,
      inputs: JSON.stringify({ at }),
    }),
  );
  for (let i = 0; i < rows.length; i += 50)
    await database.getRepository(LoggedPrediction).insert(rows.slice(i, i + 50));
}

async function rowsOf(window = WINDOW, most?: number): Promise<readonly SampledRow[]> {
  const rows: SampledRow[] = [];
  for await (const page of sample.pages(await sample.plan(window, most))) rows.push(...page);
  return rows;
}
const instantsOf = (rows: readonly SampledRow[]): readonly number[] =>
  rows.map(({ inputs }) => (JSON.parse(inputs) as { at: number }).at);

describe('a window of the log', () => {
  it('is read whole where it has no more rows than statistics need, from the oldest on', async () => {
    // Some share their milliseconds, as rows of one request do.
    const instants = Array.from({ length: 600 }, (_, i) => Math.floor(i / 7) * 1000);
    await store(instants.toReversed());
    const plan = await sample.plan(WINDOW, 600);
    expect(plan).toMatchObject({ rows: 600, sampled: 600 });
    const rows = await rowsOf(WINDOW, 600);
    expect(instantsOf(rows)).toEqual(instants);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(600);
  });

  it('is that of one version, both bounds inclusive', async () => {
    await store([-1, 0, 500, 1000, 1001]);
    await store([10, 20], '2');
    const window = { ...WINDOW, to: START + 1000 };
    expect(instantsOf(await rowsOf(window))).toEqual([0, 500, 1000]);
    expect(instantsOf(await rowsOf({ ...window, version: '3' }))).toEqual([]);
  });

  it('is sampled over its time in proportion to the rows of each time, and the same rows are taken again', async () => {
    // Sparse, then ten times as dense.
    const sparse = Array.from({ length: 100 }, (_, i) => i * 5000);
    const dense = Array.from({ length: 1000 }, (_, i) => 500_000 + i * 499);
    await store([...sparse, ...dense]);
    const plan = await sample.plan(WINDOW, 220);
    expect(plan).toMatchObject({ rows: 1100, sampled: 220 });
    const first = await rowsOf(WINDOW, 220);
    const taken = instantsOf(first);
    expect(taken).toHaveLength(220);
    expect(taken).toEqual([...new Set(taken)].sort((a, b) => a - b));
    expect(taken.filter((at) => at < 500_000)).toHaveLength(20);
    // No stretch of time is left out.
    const gaps = taken.slice(1).map((at, i) => at - (taken[i] as number));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(30_000);
    expect((await rowsOf(WINDOW, 220)).map(({ id }) => id)).toEqual(first.map(({ id }) => id));
  });

  it('gives the same sample whatever lies before its first row', async () => {
    await store(Array.from({ length: 400 }, (_, i) => 1000 + i * 40));
    const narrow = await rowsOf({ ...WINDOW, from: START + 1000 }, 100);
    expect(narrow).toHaveLength(100);
    expect(await rowsOf({ ...WINDOW, from: 0 }, 100)).toEqual(narrow);
  });

  it('takes rows that all have one instant', async () => {
    await store(new Array<number>(300).fill(7));
    expect(await rowsOf({ ...WINDOW, from: START + 7, to: START + 7 }, 100)).toHaveLength(100);
  });
});
