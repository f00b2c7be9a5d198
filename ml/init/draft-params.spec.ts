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

async function draft(text: string, categorical: readonly string[] = []): Promise<Draft> {
  const data = join(folder, 'data.csv');
  writeFileSync(data, text);
  const profile = await profileColumns(data, sniffDelimiter(data), 'churned');
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
      'id: left out, every row has another value: an identifier teaches nothing',
      'opened: left out, these are dates: derive numbers from them, such as an age',
      'country: left out, every value is the same',
      'paid late: tells the target almost alone (ROC AUC 1.000): make sure that it is known before the outcome',
      'whole numbers of few values: those that are codes and not amounts belong behind --categorical "grade"',
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

  it('refuses a target of another number of values, a missing target column and ragged rows', async () => {
    const text = customers(',');
    await expect(draft(text.replace(',yes', ',maybe'))).rejects.toThrow(
      'expected a target of two values, "churned" has 3',
    );
    await expect(draft(text.replace('churned', 'gone'))).rejects.toThrow(
      'there is no column named as --target says',
    );
    await expect(draft(`${text}\n1,2`)).rejects.toThrow(
      'data row 201 has 2 fields, the header has 9: is the delimiter right',
    );
    await expect(draft('churned,a')).rejects.toThrow('got no rows');
  });
});
