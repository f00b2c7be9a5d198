// Where one column of a row group is read: its values a stretch of rows at a time, from as many pages as those lie in.
import type { RowGroup } from 'hyparquet';
import type { Column } from '../../features/encode-row.ts';
import type { ParquetColumn } from './parquet-columns.ts';
import type { ParquetFile } from './parquet-file.ts';
import { ParquetPages } from './parquet-pages.ts';
import { isNumbers, type Numbers } from './parquet-runs.ts';

interface Segment {
  readonly values: ArrayLike<unknown>;
  /** The first that is not read yet. */
  from: number;
}

/** Where the cells of a column stand: `offset` the first, `width` from one to the next. */
export interface Stride {
  readonly offset: number;
  readonly width: number;
}

export class ColumnCursor {
  /** Its number among the features. */
  readonly feature: number;
  readonly #pages: ParquetPages;
  #segments: Segment[] = [];
  #loaded = 0;
  #skip: number;

  constructor(file: ParquetFile, column: ParquetColumn, group: RowGroup, skip: number) {
    const chunk = group.columns.find((each) => each.meta_data?.path_in_schema[0] === column.name);
    if (chunk?.meta_data === undefined || chunk.file_path !== undefined)
      throw new Error('a column is missing from a row group');
    this.feature = column.feature;
    this.#pages = new ParquetPages(file, column, chunk.meta_data, Number(group.num_rows));
    this.#skip = skip;
  }

  /** Makes the next `count` values ready. */
  async load(count: number): Promise<void> {
    while (this.#loaded < count) {
      const { values, from } = await this.#pages.next(this.#skip);
      this.#skip = 0;
      this.#segments.push({ values, from });
      this.#loaded += values.length - from;
    }
    this.#count = count;
  }

  #count = 0;

  /** Writes their cells, and a 1 for each row that is not plain. */
  cellsInto(column: Column, cells: Float32Array, stride: Stride, careful: Uint8Array): void {
    let row = 0;
    for (const { values, from } of this.#segments) {
      const end = Math.min(values.length, from + this.#count - row);
      const part = { values, from, end, row };
      if (isNumbers(values)) numbersInto(column, { ...part, values }, cells, stride, careful);
      else valuesInto(column, part, cells, stride, careful);
      row += end - from;
    }
  }

  /** The value of a row as the encoder takes it. */
  valueAt(row: number): unknown {
    let at = row;
    for (const { values, from } of this.#segments) {
      if (from + at < values.length) return plainValue(values[from + at]);
      at -= values.length - from;
    }
    return null;
  }

  /** The next `count` values are read. */
  drop(count: number): void {
    this.#loaded -= count;
    let left = count;
    for (let [first] = this.#segments; first !== undefined; [first] = this.#segments) {
      const taken = Math.min(left, first.values.length - first.from);
      first.from += taken;
      left -= taken;
      if (first.from < first.values.length) return;
      this.#segments.shift();
    }
  }
}

interface Part<V> {
  readonly values: V;
  readonly from: number;
  readonly end: number;
  /** Of the first value, in the stretch. */
  readonly row: number;
}

function numbersInto(
  column: Column,
  { values, from, end, row }: Part<Numbers>,
  cells: Float32Array,
  { offset, width }: Stride,
  careful: Uint8Array,
): void {
  if (column.codes !== null) {
    valuesInto(column, { values, from, end, row }, cells, { offset, width }, careful);
    return;
  }
  const { min, max, nullable } = column;
  let at = offset + row * width;
  for (let i = from; i < end; i += 1) {
    const value = values[i] as number;
    const cell = Math.fround(value);
    cells[at] = cell;
    const fits = value >= min && value <= max && cell - cell === 0;
    if (!fits && !(nullable && value !== value)) careful[row + i - from] = 1;
    at += width;
  }
}

function valuesInto(
  column: Column,
  { values, from, end, row }: Part<ArrayLike<unknown>>,
  cells: Float32Array,
  { offset, width }: Stride,
  careful: Uint8Array,
): void {
  let at = offset + row * width;
  for (let i = from; i < end; i += 1) {
    const cell = plainCell(column, plainValue(values[i]));
    if (cell === null) careful[row + i - from] = 1;
    else cells[at] = cell;
    at += width;
  }
}

/** null: the encoder has something to say of it. */
function plainCell(column: Column, value: unknown): number | null {
  if (value === null) return column.nullable ? Number.NaN : null;
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  if (column.codes !== null) return column.codes.get(String(value)) ?? null;
  if (typeof value !== 'number' || value < column.min || value > column.max) return null;
  const cell = Math.fround(value);
  return Number.isFinite(cell) ? cell : null;
}

/** A float that is not a number is a missing value, as data frames write it; the text of a boolean is a category, as training has it. */
function plainValue(value: unknown): unknown {
  if (value === undefined) throw new Error('a value that the dictionary lacks');
  if (value === null || Number.isNaN(value)) return null;
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'boolean' ? String(value) : value;
}
