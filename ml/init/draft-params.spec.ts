// A draft from a file that a team might bring: read back by params.ts, with remarks on what a person should look at.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readParams } from '../params.ts';
import { draftParams, type Draft } from './draft-params.ts';
import { profileColumns } from './profile-columns.ts';
import { sniffDelimiter } from './sniff-delimiter.ts';

const folder = mkdtempSync(join(tmpdir(), 'init-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** 200 customers: an identifier, amounts with gaps, shares, codes, texts, a date, a constant, a leak. */
function customers(delimiter: string): string {
  const header = 'id,income,used share,grade,purpose,opened,country,paid late,churned'.split(',');
  const rows = Array.from({ length: 200 }, (_, i) => [
    String(1_000 + i),
    i % 9 === 0 ? 'NA' : String(20_000 + ((i * 7_919) % 50_000) / 2),
    String(((i * 37) % 100) / 100),
    String(1 + (i % 4)),
    ['car', 'house; land', 'travel, abroad', ''][i % 4] ?? '',
    `2024-0${1 + (i % 9)}-11`,
    'DE',
    i % 5 === 0 ? '1' : '0',
    i % 5 === 0 ? 'yes' : 'no',
  ]);
  const quote = (cell: string): string => (/[,;]/.test(cell) ? `"${cell}"` : cell);
  return [header, ...rows].map((row) => row.map(quote).join(delimiter)).join('\r\n');
}

/** A column for each name, its cells by row, and who churned. */
function table(
  rows: number,
  columns: Readonly<Record<string, (row: number) => string | number>>,
): string {
  const cells = (row: number) => Object.values(columns).map((cell) => cell(row));
  const lines = Array.from({ length: rows }, (_, row) =>
    [...cells(row), (row * row) % 7 < 2 ? 'yes' : 'no'].join(','),
  );
  return [[...Object.keys(columns), 'churned'].join(','), ...lines].join('\n');
}

async function draft(text: string, categorical: readonly string[] = []): Promise<Draft> {
  const data = join(folder, 'data.csv');
  writeFileSync(data, text);
  const profile = await profileColumns({ path: data, delimiter: sniffDelimiter(data) }, 'churned');
  return draftParams(profile, { dataPath: 'data.csv', target: 'churned', categorical });
}

function read(yaml: string): ReturnType<typeof readParams> {
  const file = join(folder, 'drafted.yaml');
  writeFileSync(file, yaml);
  return readParams(file);
}

describe('draftParams', () => {
  it.each([',', ';', '\t', '|'])(
    'drafts params that can be read, delimiter %j',
    async (delimiter) => {
      const { yaml } = await draft(customers(delimiter));
      const { features, target, data } = read(yaml);
      expect(data.delimiter).toBe(delimiter);
      expect(target).toEqual({
        column: 'churned',
        positive: 'yes',
        labels: { positive: 'churned', negative: 'no churned' },
      });
      expect(features).toEqual([
        { name: 'income', kind: 'numeric', range: { min: 0 }, nullable: true },
        { name: 'used share', kind: 'numeric', range: { min: 0, max: 1 }, nullable: false },
        { name: 'grade', kind: 'numeric', range: { min: 0 }, nullable: false },
        {
          name: 'purpose',
          kind: 'categorical',
          categories: ['car', 'house; land', 'travel, abroad'],
          nullable: true,
        },
        { name: 'paid late', kind: 'numeric', range: { min: 0, max: 1 }, nullable: false },
      ]);
    },
  );

  it('names the columns to look at: identifiers, dates, constants, codes and leaks', async () => {
    const { remarks } = await draft(customers(','));
    expect(remarks).toEqual([
      'id: left out, it names the rows and teaches nothing; validation.unique sees that no name comes twice',
      'opened: left out, these are dates: derive numbers from them, such as an age; split.time tests on the latest rows',
      'country: left out, every value is the same',
      'paid late: tells the target almost alone (ROC AUC 1.000): make sure that it is known before the outcome',
      'whole numbers of few values: for those that are codes and not amounts run init again with --force --categorical "grade"',
    ]);
  });

  it('takes numbers as categories where it is told to', async () => {
    const { yaml } = await draft(customers(','), ['grade']);
    expect(read(yaml).features[2]).toEqual({
      name: 'grade',
      kind: 'categorical',
      categories: ['1', '2', '3', '4'],
      nullable: false,
    });
  });

  it('writes down the texts that stand for a missing value', async () => {
    const { yaml } = await draft(customers(','));
    expect(yaml).toContain('missing: ["NA"]');
  });

  it('asks that a column that names the rows does so once, and offers the dates to split by', async () => {
    const { yaml } = await draft(customers(','));
    const { validation, split } = read(yaml);
    expect(validation.unique).toEqual(['id']);
    expect(split.by).toBeNull();
    expect(read(yaml.replace('# time:', 'time:')).split.by).toEqual({
      kind: 'time',
      column: 'opened',
    });
  });

  it('offers what several rows are about to split by, by its name', async () => {
    const { yaml, remarks } = await draft(
      table(300, { shopId: (i) => i % 60, 'visit nr': (i) => i % 3, paid: (i) => i % 70 }),
    );
    expect(remarks).toEqual([
      'shopId: left out, it names what several rows are about; split.group keeps those on one side of every split',
      'whole numbers of few values: for those that are codes and not amounts run init again with --force --categorical "visit nr"',
    ]);
    expect(read(yaml).features.map(({ name }) => name)).toEqual(['visit nr', 'paid']);
    expect(read(yaml.replace('# group:', 'group:')).split.by).toEqual({
      kind: 'group',
      column: 'shopId',
    });
  });

  it.each([100, 5_000])(
    'takes another value in each of %i rows for a name where it is text, counts on, or is called so',
    async (rows) => {
      const { yaml, remarks } = await draft(
        table(rows, {
          code: (i) => `c${(i * 7_919) % 100_003}`,
          running: (i) => rows - i,
          id: (i) => (i * 7_919) % 100_003,
          amount: (i) => (i * 7_907) % 100_003,
          twice: (i) => `c${Math.max(1, i)}`,
        }),
      );
      expect(remarks).toEqual([
        'code, running, id: left out, it names the rows and teaches nothing; validation.unique sees that no name comes twice',
        'amount: another whole number in each row: delete it from features if it names the rows',
        'twice: left out, too many different texts for a category',
      ]);
      expect(read(yaml).validation.unique).toEqual(['code']);
    },
  );

  it('says what to do with decimal commas, and names eight of many columns', async () => {
    const amount = (i: number): string => `"${(i * 3) % 2_000},5"`;
    const { remarks } = await draft(
      table(100, {
        size: (i) => i % 40,
        ...Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`amount${i}`, amount])),
      }),
    );
    expect(remarks).toEqual([
      'amount0, amount1, amount2, amount3, amount4, amount5, amount6, amount7 and 2 more: left out, ' +
        'its numbers have a decimal comma: write them with a point',
    ]);
  });

  it('leaves out a column without a name, and writes a name of two lines in one', async () => {
    const long = 'how much '.repeat(20).trim();
    const { yaml, remarks } = await draft(
      table(100, {
        '': (i) => i,
        '"when\nborn"': (i) => `2001-01-${10 + (i % 9)}`,
        [long]: (i) => i % 40,
      }),
    );
    expect(remarks).toEqual([
      '"": left out, it has no name; data frames write their row numbers so',
      '"when\\nborn": left out, these are dates: derive numbers from them, such as an age; split.time tests on the latest rows',
    ]);
    expect(read(yaml).features.map(({ name }) => name)).toEqual([long]);
    const { split } = read(yaml.replace('# time:', 'time:'));
    expect(split.by).toEqual({ kind: 'time', column: 'when\nborn' });
  });

  it('asks for a header without repeating what stands in its place', async () => {
    const [, ...rows] = table(100, { a: (i) => 4_711 + i }).split('\n');
    await expect(draft(rows.join('\n'))).rejects.toThrow(
      /:1: expected the names of the columns, got numbers: write a header above the rows$/,
    );
  });

  it('says what can be done about rows without a target', async () => {
    const { remarks } = await draft(`${table(100, { a: (i) => i % 40 })}\n7,`);
    expect(remarks).toEqual([
      'churned: 1 rows have no target: remove them from the file, or let validation.mostly leave them out',
    ]);
  });

  it('refuses a target of another number of values, a missing target column and ragged rows', async () => {
    const text = customers(',');
    await expect(draft(text.replace(',yes', ',maybe'))).rejects.toThrow(
      'expected a target of two values, "churned" has 3',
    );
    await expect(draft(text.replace('churned', 'gone'))).rejects.toThrow(
      'there is no column named as --target says',
    );
    await expect(draft(`${text}\n1,2`)).rejects.toThrow(
      ':202: expected 9 fields as in the header, got 2: is the delimiter right',
    );
    await expect(draft('churned,a')).rejects.toThrow('got no rows');
  });
});
