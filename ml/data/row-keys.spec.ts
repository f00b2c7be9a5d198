// Group and time columns: what they are read as while a file is read, and what they decide.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foldSplits, holdOut } from '../evaluation/splits.ts';
import { Random } from '../../src/statistics/random.ts';
import { loadTable, type Dataset, type TableSource } from './load-table.ts';
import { takeKeys } from './row-keys.ts';

const folder = mkdtempSync(join(tmpdir(), 'row-keys-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function load(lines: readonly string[], changes: Partial<TableSource> = {}): Promise<Dataset> {
  const path = join(folder, 'data.csv');
  writeFileSync(path, `id,visited,size,y\n${lines.join('\n')}\n`);
  return loadTable({
    path,
    delimiter: ',',
    target: { column: 'y', positive: '1' },
    features: [{ name: 'size', kind: 'numeric', nullable: false, range: { min: 0 } }],
    ...changes,
  });
}

const by = (kind: 'group' | 'time', column: string) => ({ splitBy: { kind, column } as const });

describe('a column of groups', () => {
  it('keeps the rows of a group on one side of every split', async () => {
    const lines = Array.from({ length: 300 }, (_, i) => `p${i % 60},1,${i},${(i >> 1) % 2}`);
    const dataset = await load(lines, by('group', 'id'));
    const group = (row: number) => lines[row]?.split(',')[0];
    const splits = [holdOut(dataset, 0.2, Random.of(1)), ...foldSplits(dataset, 4, Random.of(2))];
    for (const { train, test } of splits) {
      expect(test.length).toBeGreaterThan(0);
      const held = new Set([...test].map(group));
      expect([...train].filter((row) => held.has(group(row)))).toEqual([]);
    }
  });

  it('is kept with its rows when some are left out', async () => {
    const lines = ['a,1,1,1', 'b,1,-1,0', 'c,1,2,0', 'a,1,3,1', ',1,3,1', 'c,1,4,0'];
    const { keys, rows } = await load(lines, { ...by('group', 'id'), mostly: 0.8 });
    expect(rows).toBe(4);
    expect(keys?.kind === 'group' && [...keys.groups]).toEqual([0, 2, 0, 2]);
  });

  it('refuses a row without a group', async () => {
    await expect(load(['a,1,1,1', ',1,1,0'], by('group', 'id'))).rejects.toThrow(
      ':3: column "id": expected the name of a group, got nothing',
    );
  });
});

describe('a column of times', () => {
  it('reads numbers and dates, those without a zone as UTC', async () => {
    const times = [
      '2024-05-31',
      '2024-05-31T12:30:00',
      '2024-05-31 12:30:00Z',
      '2024-05-31T12:30:00+02:00',
      '2024-05',
    ];
    const lines = times.map((time, i) => `a,${time},1,${i % 2}`);
    const { keys } = await load(lines, by('time', 'visited'));
    const hour = 3_600_000;
    const day = Date.UTC(2024, 4, 31);
    expect(keys?.kind === 'time' && [...keys.times]).toEqual([
      day,
      day + 12.5 * hour,
      day + 12.5 * hour,
      day + 10.5 * hour,
      Date.UTC(2024, 4, 1),
    ]);
    const numbers = await load(['a,7,1,1', 'a,-2.5,1,0'], by('time', 'visited'));
    expect(numbers.keys?.kind === 'time' && [...numbers.keys.times]).toEqual([7, -2.5]);
  });

  it('holds out the latest rows and tests each fold on later rows than it is fitted on', async () => {
    const lines = Array.from({ length: 200 }, (_, i) => `a,${(i * 37) % 200},1,${(i >> 2) % 2}`);
    const dataset = await load(lines, by('time', 'visited'));
    const time = (row: number) => Number(lines[row]?.split(',')[1]);
    const splits = [holdOut(dataset, 0.25, Random.of(1)), ...foldSplits(dataset, 3, Random.of(1))];
    for (const { train, test } of splits)
      expect(Math.max(...[...train].map(time))).toBeLessThan(Math.min(...[...test].map(time)));
  });

  it.each(['', 'yesterday', '31.05.2024', '2024-13-45'])('refuses %j', async (text) => {
    const came = text === '' ? 'nothing' : 'another text';
    await expect(load([`a,1,1,1`, `a,${text},1,0`], by('time', 'visited'))).rejects.toThrow(
      `:3: column "visited": expected a number or a date such as 2024-05-31 or 2024-05-31T12:00:00Z, got ${came}`,
    );
  });
});

it('takes the keys of some rows', () => {
  const rows = Int32Array.of(2, 0);
  expect(takeKeys({ kind: 'group', groups: Int32Array.of(5, 6, 7) }, rows)).toEqual({
    kind: 'group',
    groups: Int32Array.of(7, 5),
  });
});

describe('columns that name a row', () => {
  it('refuses rows whose name an earlier one has, with their lines', async () => {
    const lines = ['a,1,1,1', 'b,1,1,0', '', 'a,2,1,0', 'a,1,2,1'];
    await expect(load(lines, { unique: ['id'] })).rejects.toThrow(
      /:5: column "id": expected another value in each row, got one that an earlier row has\n.*:6: column "id"/,
    );
    await expect(load(lines, { unique: ['id', 'visited'] })).rejects.toThrow(
      /^[^\n]*:6: column "id, visited": expected another value[^\n]*$/,
    );
    await expect(load(lines.slice(0, 4), { unique: ['id', 'visited'] })).resolves.toMatchObject({
      rows: 3,
    });
  });
});

describe('a share of rows that must be good', () => {
  const lines = Array.from({ length: 100 }, (_, i) => `a,1,${i < 3 ? -1 : i},${i % 2}`);

  it('leaves the others out, says how many by column, and where the rest stands', async () => {
    const { rows, x, y, leftOut, lines: at } = await load(lines, { mostly: 0.97 });
    expect([rows, x[0], y[0], at.lineOf(0), at.lineOf(96)]).toEqual([97, 3, 1, 5, 101]);
    expect(leftOut).toEqual({ rows: 3, byColumn: new Map([['size', 3]]) });
  });

  it('stops where fewer are good', async () => {
    await expect(load(lines, { mostly: 0.98 })).rejects.toThrow(
      ':2: column "size": expected a number of at least 0, got a smaller one',
    );
  });

  it('never tolerates a record of another width or a third class', async () => {
    await expect(load([...lines, 'a,1,1'], { mostly: 0.5 })).rejects.toThrow(
      ':102: expected 4 fields as in the header, got 3',
    );
    await expect(load([...lines, 'a,1,1,2'], { mostly: 0.5 })).rejects.toThrow(
      ':102: column "y": expected one of the two classes, got a third value',
    );
  });

  it('needs some that are good', async () => {
    await expect(load(['a,1,-1,1', 'a,1,-1,0'], { mostly: 0.001 })).rejects.toThrow(
      'expected a number of at least 0',
    );
  });
});
