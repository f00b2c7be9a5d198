// Parquet: columns side by side into the cells of a block, page by page.
import { AppError } from '../../common/errors.ts';
import { toColumn, type Column } from '../../features/encode-row.ts';
import type { ServedFeature } from '../../features/feature-spec.ts';
import { BLOCK_ROWS, BlockBuilder } from './block-builder.ts';
import { matchParquet, type ParquetColumns } from './parquet-columns.ts';
import { ParquetFile } from './parquet-file.ts';
import { ColumnCursor } from './parquet-cursor.ts';
import type { RowBlock } from './row-block.ts';
import type { ReadOptions, RowContract } from './row-contract.ts';
import { invalidUpload } from './upload-fault.ts';
import type { UploadSource } from './upload-source.ts';

/** From a file on disk. Throws INVALID_INPUT where it is not whole, or its columns do not fit the model. */
export async function* readParquet(
  { file: openFile }: UploadSource,
  contract: RowContract,
  options: ReadOptions,
): AsyncGenerator<RowBlock, void, undefined> {
  if (openFile === null) throw new Error('Parquet is read from a file');
  const file = await ParquetFile.open(await openFile());
  try {
    const rows = new ParquetRows(file, contract.features);
    yield* readGroups(rows, new BlockBuilder(contract, options));
  } finally {
    await file.close();
  }
}

/** Rows before a fault are handed over before it is thrown. */
async function* readGroups(
  rows: ParquetRows,
  block: BlockBuilder,
): AsyncGenerator<RowBlock, void, undefined> {
  try {
    while (await rows.readInto(block)) if (block.isFull) yield block.take();
  } catch (cause) {
    const { rows: read } = block;
    if (block.count > 0) yield block.take();
    if (cause instanceof AppError) throw cause;
    throw invalidUpload(
      `The upload is not a whole Parquet file: it is damaged, or encoded in an unknown way, after ${read} rows.`,
      { cause },
    );
  }
  if (block.count > 0) yield block.take();
}

class ParquetRows {
  readonly #file: ParquetFile;
  readonly #features: readonly ServedFeature[];
  readonly #layout: ParquetColumns;
  readonly #columns: readonly Column[];
  /** Rows of a stretch that the encoder must see. */
  readonly #careful = new Uint8Array(BLOCK_ROWS);
  #cursors: readonly ColumnCursor[] = [];
  #group = -1;
  /** Of the file, from the one on that is read next to the end of its group. */
  #left = 0;
  /** Before the group that is read next. */
  #before = 0;

  constructor(file: ParquetFile, features: readonly ServedFeature[]) {
    this.#file = file;
    this.#features = features;
    this.#layout = matchParquet(file.metadata, features);
    this.#columns = features.map(toColumn);
  }

  /** Reads some rows. Answers false where there are no more. */
  async readInto(block: BlockBuilder): Promise<boolean> {
    while (this.#left === 0) if (!this.#nextGroup(block.rows)) return false;
    const count = Math.min(this.#left, BLOCK_ROWS - block.count);
    for (const cursor of this.#cursors) await cursor.load(count);
    this.#fill(block, count);
    this.#left -= count;
    return true;
  }

  /** Enters the group of row `row`, or the one after it where that is read to its end. */
  #nextGroup(row: number): boolean {
    this.#group += 1;
    const group = this.#file.metadata.row_groups[this.#group];
    if (group === undefined) return false;
    const rows = Number(group.num_rows);
    const skipped = Math.min(Math.max(row - this.#before, 0), rows);
    this.#before += rows;
    this.#left = rows - skipped;
    if (this.#left > 0)
      this.#cursors = this.#layout.columns.map(
        (column) => new ColumnCursor(this.#file, column, group, skipped),
      );
    return true;
  }

  #fill(block: BlockBuilder, count: number): void {
    const { cells, offset, width } = block;
    this.#careful.fill(block.keepsInputs ? 1 : 0, 0, count);
    for (const cursor of this.#cursors) {
      const column = this.#columns[cursor.feature] as Column;
      cursor.cellsInto(column, cells, { offset: offset + cursor.feature, width }, this.#careful);
    }
    for (const place of this.#layout.absent)
      for (let i = 0; i < count; i += 1) cells[offset + i * width + place] = Number.NaN;
    for (let i = 0; i < count; i += 1)
      if (this.#careful[i] === 0) block.accept('');
      else block.encode(this.#rowAt(i), null);
    for (const cursor of this.#cursors) cursor.drop(count);
  }

  #rowAt(i: number): Readonly<Record<string, unknown>> {
    return Object.fromEntries(
      this.#cursors.map((cursor): [string, unknown] => [
        this.#features[cursor.feature]?.name ?? '',
        cursor.valueAt(i),
      ]),
    );
  }
}
