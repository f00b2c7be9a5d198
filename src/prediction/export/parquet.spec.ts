import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { logRow } from '../../../test/contract/prediction-writer.contract.ts';
import type { LoggedPrediction } from '../logged-prediction.entity.ts';
import type { LogPage } from './log-pages.ts';
import { toParquet } from './parquet.ts';

const PAGE_ROWS = 500;

/** Pages of rows made as they are asked for. */
async function* pagesOf(
  count: number,
  make: (i: number) => LoggedPrediction,
): AsyncGenerator<LogPage> {
  for (let at = 0; at < count; at += PAGE_ROWS) {
    const rows = Math.min(PAGE_ROWS, count - at);
    yield await Promise.resolve(Array.from({ length: rows }, (_, i) => make(at + i)));
  }
}

async function fileOf(chunks: AsyncIterable<Uint8Array>): Promise<ArrayBuffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return new Uint8Array(Buffer.concat(all)).buffer;
}

describe('an export as Parquet', () => {
  it('closes a row group every 10,000 rows, and holds each row once and in order', async () => {
    const make = (i: number): LoggedPrediction =>
      logRow({ key: `${i}`, inputs: `{"a":${i}}`, memoryBytes: 3e9 + i });
    const file = await fileOf(toParquet(pagesOf(20_700, make)));
    const { row_groups, num_rows } = parquetMetadata(file);
    expect(num_rows).toBe(20_700n);
    expect(row_groups.map((group) => group.num_rows)).toEqual([10_000n, 10_000n, 700n]);
    const rows = await parquetReadObjects({ file, columns: ['key', 'inputs', 'memory_bytes'] });
    expect(rows).toEqual(
      Array.from({ length: 20_700 }, (_, i) => ({
        key: `${i}`,
        inputs: `{"a":${i}}`,
        memory_bytes: BigInt(3e9 + i),
      })),
    );
  });

  it('closes it earlier where rows are wide', async () => {
    const inputs = JSON.stringify({ a: 'x'.repeat(30_000) });
    const file = await fileOf(toParquet(pagesOf(2500, () => logRow({ inputs }))));
    expect(parquetMetadata(file).row_groups.map((group) => group.num_rows)).toEqual([1500n, 1000n]);
  });

  it('gives a group away before it asks for the rows of the next', async () => {
    let made = 0;
    const make = (i: number): LoggedPrediction => {
      made = i + 1;
      return logRow();
    };
    const chunks = toParquet(pagesOf(100_000, make));
    for (let length = 0; length < 1000;) length = (await chunks.next()).value?.length ?? Infinity;
    expect(made).toBe(10_000);
    await chunks.return();
    expect(made).toBe(10_000);
  });

  it('fails, and is no whole file, where its thread cannot run', async () => {
    const missing = new URL('./no-such-thread', import.meta.url);
    await expect(
      fileOf(
        toParquet(
          pagesOf(1000, () => logRow()),
          missing,
        ),
      ),
    ).rejects.toThrow();
  });

  it('fails where the rows cannot be read any further', async () => {
    const failing = async function* (): AsyncGenerator<LogPage> {
      yield* pagesOf(1000, () => logRow());
      throw new Error('the database is gone');
    };
    await expect(fileOf(toParquet(failing()))).rejects.toThrow('the database is gone');
  });
});
