// Files of pyarrow 25.0.1 (parquet/make.py): what data frames hold, in pages of either version, with values missing and without, read as uploads.
import { fileURLToPath } from 'node:url';
import type { ServedFeature } from '../../src/features/feature-spec.ts';
import { fileSource } from '../../src/prediction/batch/upload-source.ts';
import { contractOf, readAll } from '../support/upload-blocks.ts';

const numeric = (name: string): ServedFeature => ({
  kind: 'numeric',
  name,
  nullable: true,
  training: null,
});
const categorical = (name: string, categories: readonly string[]): ServedFeature => ({
  kind: 'categorical',
  name,
  nullable: true,
  categories,
  training: { mode: categories[0] as string },
});
const contract = contractOf([
  ...['size', 'share', 'count', 'rank', 'same'].map(numeric),
  categorical('side', ['left', 'right']),
  categorical('member', ['true', 'false']),
]);

const cellsOf = (row: number): number[] => [
  row * 0.5 - 3,
  row / 8,
  row * 3,
  row % 11,
  7.5,
  row % 2,
  row % 3 === 0 ? 0 : 1,
];

describe.each(['1', '2'])('pages of version %s', (version) => {
  it.each([
    ['whole', 'plain'],
    ['whole', 'dictionary'],
    ['missing', 'plain'],
    ['missing', 'dictionary'],
  ])('give the cells that were written: %s, %s', async (values, encoding) => {
    const path = new URL(`parquet/pages-${version}-${values}-${encoding}.parquet`, import.meta.url);
    const { rows, fault } = await readAll(
      'parquet',
      await fileSource(fileURLToPath(path)),
      contract,
    );
    expect(fault).toBeNull();
    const isMissing = (row: number): boolean => values === 'missing' && row % 7 === 3;
    expect(rows.map((row) => 'cells' in row && row.cells)).toEqual(
      Array.from({ length: 300 }, (_, row) =>
        isMissing(row) ? Array<number>(7).fill(Number.NaN) : cellsOf(row),
      ),
    );
  });
});
