// Stored explanations, read back: which ones, in which order, and what else gets its turn meanwhile.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { logRow } from '../../test/contract/prediction-writer.contract.ts';
import { databaseSettings } from '../../test/support/test-database.ts';
import { parseConfig } from '../config/load-config.ts';
import { dataSourceOptions, openDatabase } from '../database/data-source.ts';
import { ExplanationLog, PAGE_ROWS, type ExplanationFilter } from './explanation-log.ts';
import { LoggedPrediction } from './logged-prediction.entity.ts';

const EVERYTHING: ExplanationFilter = { from: 0, to: Number.MAX_SAFE_INTEGER };

let dir: string;
let database: DataSource;
let log: ExplanationLog;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'explanation-log-'));
  const config = parseConfig({ VAR_DIR: dir, ...(await databaseSettings(dir)) });
  database = await openDatabase({
    ...dataSourceOptions(config.database),
    entities: [LoggedPrediction],
  });
  log = new ExplanationLog(database.getRepository(LoggedPrediction));
});
afterEach(async () => {
  await database.destroy();
  rmSync(dir, { recursive: true });
});

async function put(rows: readonly LoggedPrediction[]): Promise<void> {
  for (let at = 0; at < rows.length; at += 50)
    await database.getRepository(LoggedPrediction).insert(rows.slice(at, at + 50));
}

const explained = (output: number, changes: Partial<LoggedPrediction> = {}): LoggedPrediction =>
  logRow({ explanation: JSON.stringify({ output, contributions: { a: output } }), ...changes });

async function outputsOf(filter: ExplanationFilter): Promise<number[]> {
  const outputs: number[] = [];
  for await (const page of log.pages(filter))
    outputs.push(...page.map(({ explanation }) => explanation.output));
  return outputs;
}

describe('the stored explanations', () => {
  it('are none where nobody asked for one', async () => {
    await put([logRow(), logRow()]);
    expect(await outputsOf(EVERYTHING)).toEqual([]);
  });

  it('come from the oldest to the newest, each once, where more of them than a page holds share a millisecond', async () => {
    const count = 2 * PAGE_ROWS + 30;
    await put(
      Array.from({ length: count }, (_, i) => explained(i, { createdAt: i < 10 ? i : 1000 })),
    );
    const outputs = await outputsOf(EVERYTHING);
    expect(outputs.slice(0, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(new Set(outputs).size).toBe(count);
    expect(outputs).toHaveLength(count);
  });

  it('are those of the window and of the version', async () => {
    await put([
      explained(1, { createdAt: 99 }),
      explained(2, { createdAt: 100 }),
      explained(3, { createdAt: 150, modelVersion: '2' }),
      explained(4, { createdAt: 200 }),
      explained(5, { createdAt: 201 }),
    ]);
    expect(await outputsOf({ from: 100, to: 200 })).toEqual([2, 3, 4]);
    expect(await outputsOf({ from: 100, to: 200, version: '2' })).toEqual([3]);
  });

  it('let everything else have its turn between two pages', async () => {
    const pages = 4;
    await put(Array.from({ length: pages * PAGE_ROWS }, (_, i) => explained(i, { createdAt: i })));
    let turns = 0;
    const other = setImmediate(function again() {
      turns += 1;
      if (turns < 100) setImmediate(again);
    });
    expect(await outputsOf(EVERYTHING)).toHaveLength(pages * PAGE_ROWS);
    clearImmediate(other);
    expect(turns).toBeGreaterThanOrEqual(pages);
  });

  it('are found by the index that holds no other rows', async () => {
    if (database.options.type === 'postgres') return;
    await put([explained(1), logRow()]);
    const plan = await database.query<{ detail: string }[]>(
      `EXPLAIN QUERY PLAN SELECT id FROM predictions p WHERE p.explanation IS NOT NULL
       AND p.created_at >= 0 AND p.created_at <= 9 ORDER BY p.created_at, p.id LIMIT 250`,
    );
    expect(plan[0]?.detail).toContain('predictions_explained_created_at');
    const indexes = await database.query<{ name: string; partial: number }[]>(
      'PRAGMA index_list(predictions)',
    );
    const name = 'predictions_explained_created_at';
    expect(indexes).toContainEqual(expect.objectContaining({ name, partial: 1 }));
  });
});
