// A protected column is read as categories, or as numbers in quartiles, and as nothing else.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTable } from './load-table.ts';
import { ProtectedReader, type ProtectedColumn } from './protected-columns.ts';

function read(texts: readonly string[]): { column: ProtectedColumn; refused: (string | null)[] } {
  const reader = new ProtectedReader('sex');
  const refused = texts.map((text) => reader.add(text));
  return { column: reader.take(), refused };
}

const groupsOf = ({ groups, codes }: ProtectedColumn): readonly (string | undefined)[] =>
  [...codes].map((code) => groups[code]);

it('keeps groups and rows together where rows with faults are left out', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'protected-'));
  const path = join(dir, 'data.csv');
  writeFileSync(path, 'size,y,sex\n1,0,f\n2,1,m\nbad,1,x\n3,0,\n4,1,m\n');
  const { y, protected: columns } = await loadTable({
    path,
    delimiter: ',',
    target: { column: 'y', positive: '1' },
    features: [{ name: 'size', kind: 'numeric', nullable: false }],
    protected: ['sex'],
    mostly: 0.5,
  });
  rmSync(dir, { recursive: true });
  expect([...y]).toEqual([0, 1, 0, 1]);
  const [sex] = columns;
  expect(sex && groupsOf(sex)).toEqual(['f', 'm', undefined, 'm']);
});

describe('ProtectedReader', () => {
  it('takes texts as categories, in the order of their names, empty ones as missing', () => {
    const { column, refused } = read(['male', '', 'female', 'male']);
    expect(column.groups).toEqual(['female', 'male']);
    expect(groupsOf(column)).toEqual(['male', undefined, 'female', 'male']);
    expect(refused).toEqual([null, null, null, null]);
  });

  it('takes a few numbers as categories, many as quartiles', () => {
    expect(read(['0', '1', '1']).column.groups).toEqual(['0', '1']);
    const ages = ['', ...Array.from({ length: 100 }, (_, i) => `${((i * 37) % 100) + 0.5}`)];
    const { column } = read(ages);
    expect(column.groups).toEqual([
      'up to 24.5',
      'above 24.5 up to 49.5',
      'above 49.5 up to 74.5',
      'above 74.5',
    ]);
    expect(column.codes[0]).toBe(-1);
    expect(groupsOf(column)[ages.indexOf('24.5')]).toBe('up to 24.5');
    expect(groupsOf(column)[ages.indexOf('25.5')]).toBe('above 24.5 up to 49.5');
    expect(column.codes.filter((code) => code === 3)).toHaveLength(25);
  });

  it('makes one group of quartiles that are equal', () => {
    const { column } = read([
      ...Array.from({ length: 80 }, () => '5'),
      ...Array.from({ length: 25 }, (_, i) => `${i + 6}`),
    ]);
    expect(column.groups).toEqual(
      ['up to 5', 'above 5 up to 6', 'above 6'].slice(0, 1).concat('above 5'),
    );
    expect(column.codes.filter((code) => code === 0)).toHaveLength(80);
  });

  it('refuses one category too many, and a text among numbers, without their values', () => {
    const names = read(Array.from({ length: 22 }, (_, i) => `name ${i}`));
    expect(names.refused.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => null));
    expect(names.refused[20]).toBe(
      'expected one of at most 20 categories, or numbers only, got another text',
    );
    const numbers = read([...Array.from({ length: 30 }, (_, i) => `${i}`), 'old']);
    expect(numbers.refused.at(-1)).toContain('got another text');
  });

  it('forgets a row that is dropped', () => {
    const reader = new ProtectedReader('sex');
    reader.add('a');
    reader.add('b');
    reader.drop();
    reader.add('a');
    expect([...reader.take().codes]).toEqual([0, 0]);
  });
});
