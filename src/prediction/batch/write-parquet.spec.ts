import { Readable } from 'node:stream';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import type { ScoredBlock } from './scored-block.ts';
import { writeParquet } from './write-parquet.ts';

const BLOCK_ROWS = 500;

const blockOf = (first: number, changes: Partial<ScoredBlock> = {}): ScoredBlock => ({
  first,
  count: BLOCK_ROWS,
  end: { rows: first + BLOCK_ROWS, bytes: 0, lines: 0 },
  labels: { positive: 'bad', negative: 'good' },
  probability: Float32Array.from({ length: BLOCK_ROWS }, (_, at) => at / BLOCK_ROWS),
  positive: Uint8Array.from({ length: BLOCK_ROWS }, (_, at) => (at < 250 ? 0 : 1)),
  refused: [],
  warnings: new Map(),
  inputs: null,
  ids: null,
  explanations: null,
  explainMs: 0,
  inferMs: 0,
  ...changes,
});

async function fileOf(blocks: readonly ScoredBlock[]): Promise<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  for await (const part of writeParquet(Readable.from(blocks))) parts.push(part);
  return new Uint8Array(Buffer.concat(parts)).buffer;
}

it('writes small row groups first, so that the end of a short answer is soon there', async () => {
  const blocks = Array.from({ length: 50 }, (_, i) => blockOf(i * BLOCK_ROWS));
  const { row_groups } = parquetMetadata(await fileOf(blocks));
  expect(row_groups.map((group) => Number(group.num_rows))).toEqual([
    ...Array<number>(5).fill(2000),
    10_000,
    5000,
  ]);
});

it('writes every column of every row, where some are refused and where none is', async () => {
  const errors = [{ field: 'age', code: 'type', expected: 'a number' }];
  const warnings = [{ feature: 'age', code: 'outside_training_range' as const }];
  const each = <Cell>(of: (at: number) => Cell): Cell[] =>
    Array.from({ length: BLOCK_ROWS }, (_, at) => of(at));
  const file = await fileOf([
    blockOf(0),
    blockOf(BLOCK_ROWS, {
      refused: [{ at: 3, line: 504, errors }],
      warnings: new Map([[4, warnings]]),
      ids: each((at) => `id-${at}`),
      explanations: each((at) => `{"base":${at}}`),
    }),
  ]);
  const rows = await parquetReadObjects({ file });
  const answered = { warnings: null, explanation: null, line: null, errors: null };
  expect(rows[0]).toEqual({ ...answered, index: 0n, id: null, label: 'good', probability: 0 });
  expect(rows[499]?.['label']).toBe('bad');
  const explained = (at: number) => ({
    ...answered,
    index: BigInt(BLOCK_ROWS + at),
    id: `id-${at}`,
    label: 'good',
    probability: Math.fround(at / BLOCK_ROWS),
    explanation: `{"base":${at}}`,
  });
  expect(rows[502]).toEqual(explained(2));
  expect(rows[503]).toEqual({
    ...answered,
    index: 503n,
    id: null,
    label: null,
    probability: null,
    line: 504n,
    errors: JSON.stringify(errors),
  });
  expect(rows[504]).toEqual({ ...explained(4), warnings: JSON.stringify(warnings) });
});
