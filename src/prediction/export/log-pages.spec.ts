import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource, Repository } from 'typeorm';
import { logRow } from '../../../test/contract/prediction-writer.contract.ts';
import { dataSourceOptions, openDatabase } from '../../database/data-source.ts';
import { LoggedPrediction } from '../logged-prediction.entity.ts';
import { logPages, newestAt, PAGE_ROWS } from './log-pages.ts';

describe('the pages of an export', () => {
  let dir: string;
  let database: DataSource;
  let rows: Repository<LoggedPrediction>;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'log-pages-'));
    const options = dataSourceOptions({ kind: 'sqlite', path: join(dir, 'log.db') });
    database = await openDatabase({ ...options, entities: [LoggedPrediction] });
    rows = database.getRepository(LoggedPrediction);
  });

  afterEach(async () => {
    await database.destroy();
    rmSync(dir, { recursive: true });
  });

  const put = async (count: number, createdAt: (i: number) => number): Promise<void> => {
    const made = Array.from({ length: count }, (_, i) => logRow({ createdAt: createdAt(i) }));
    for (let at = 0; at < count; at += 50) await rows.insert(made.slice(at, at + 50));
  };
  const idsOf = (found: readonly LoggedPrediction[]): string[] => found.map(({ id }) => id);

  it('are none for an empty log', async () => {
    for await (const page of logPages(rows, {}, await newestAt(rows)))
      throw new Error(`a page of ${page.length} rows`);
  });

  it('hold every row once where more of them than a page holds share a millisecond', async () => {
    await put(3 * PAGE_ROWS, () => 1000);
    const seen: string[] = [];
    for await (const page of logPages(rows, {}, 1000)) seen.push(...idsOf(page));
    expect(seen).toEqual(idsOf(await rows.find({ order: { id: 'ASC' } })));
  });

  it('end with the newest row of their beginning, however many are stored meanwhile', async () => {
    await put(2 * PAGE_ROWS, (i) => 1000 + i);
    const last = await newestAt(rows);
    expect(last).toBe(1000 + 2 * PAGE_ROWS - 1);
    let seen = 0;
    for await (const page of logPages(rows, {}, last)) {
      seen += page.length;
      await put(PAGE_ROWS, () => 9000);
    }
    expect(seen).toBe(2 * PAGE_ROWS);
  });

  it('let everything else have its turn between two of them', async () => {
    await put(4 * PAGE_ROWS, (i) => i);
    let turns = 0;
    const other = setImmediate(function again() {
      turns += 1;
      if (turns < 100) setImmediate(again);
    });
    let pages = 0;
    for await (const page of logPages(rows, {}, 4 * PAGE_ROWS)) pages += Math.sign(page.length);
    clearImmediate(other);
    expect(pages).toBe(4);
    expect(turns).toBeGreaterThanOrEqual(pages);
  });
});
