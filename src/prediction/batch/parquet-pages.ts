// The pages of one column of a row group, one at a time: a column of any length takes the memory of its largest page.
import type { ColumnMetaData, DecodedArray, PageHeader } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { parquetHeader } from 'hyparquet/src/column.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import type { ParquetColumn } from './parquet-columns.ts';
import type { ParquetFile } from './parquet-file.ts';
import { decodePage, type PageDecoder } from './parquet-page.ts';

/** A page is read and decoded at once; writers make pages of 1 MiB. */
const MAX_PAGE_BYTES = 64 * 1024 * 1024;
/** A header takes some dozen bytes, and more where it tells the least and the largest text of its page. */
const HEADER_BYTES = [1024, 64 * 1024, 1024 * 1024] as const;

export class ParquetPages {
  readonly #file: ParquetFile;
  readonly #decoder: PageDecoder;
  #at: number;
  readonly #end: number;
  #dictionary: DecodedArray | undefined;
  /** Values that the group still owes. */
  #rest: number;

  constructor(file: ParquetFile, column: ParquetColumn, chunk: ColumnMetaData, rows: number) {
    this.#file = file;
    this.#decoder = {
      ...chunk,
      pathInSchema: [column.name],
      element: column.schemaPath[1].element,
      schemaPath: [...column.schemaPath],
      compressors,
      parsers: DEFAULT_PARSERS,
    };
    // Some writers give a dictionary's place as 0 where there is none.
    const { dictionary_page_offset: dictionary, data_page_offset: data } = chunk;
    const start =
      dictionary !== undefined && dictionary > 0n && dictionary < data ? dictionary : data;
    this.#at = Number(start);
    this.#end = Number(start + chunk.total_compressed_size);
    if (this.#at < 0 || this.#end > file.bytes) throw new Error('a column lies beyond the file');
    this.#rest = rows;
  }

  /** The values of the next page, and how many of them come before row `skip` from here on. Throws where the column ends before. */
  async next(
    skip: number,
  ): Promise<{ readonly values: ArrayLike<unknown>; readonly from: number }> {
    for (let toSkip = skip; ;) {
      const { header, bytes } = await this.#header();
      const count = header.data_page_header?.num_values ?? header.data_page_header_v2?.num_values;
      const start = this.#at + bytes;
      this.#at = start + header.compressed_page_size;
      if (count !== undefined && (count < 0 || count > this.#rest))
        throw new Error('a column holds more values than its group has rows');
      this.#rest -= count ?? 0;
      if (count !== undefined && count <= toSkip) {
        toSkip -= count;
        continue;
      }
      const values = await this.#decode(header, start);
      if (header.type === 'DICTIONARY_PAGE') this.#dictionary = values;
      else if (values.length !== count) throw new Error('a page holds other values than it tells');
      else return { values: asNumbers(values), from: toSkip };
    }
  }

  async #header(): Promise<{ readonly header: PageHeader; readonly bytes: number }> {
    for (const most of HEADER_BYTES) {
      const end = Math.min(this.#at + most, this.#end);
      if (end <= this.#at) throw new Error('a column ends before its rows do');
      const reader = { view: new DataView(await this.#file.read(this.#at, end)), offset: 0 };
      try {
        const header = checked(parquetHeader(reader));
        if (this.#at + reader.offset + header.compressed_page_size > this.#end)
          throw new Error('a page lies beyond its column');
        return { header, bytes: reader.offset };
      } catch (error) {
        if (end === this.#end || most === HEADER_BYTES.at(-1)) throw error;
      }
    }
    throw new Error('a page without a header');
  }

  async #decode(header: PageHeader, start: number): Promise<DecodedArray> {
    const bytes = await this.#file.read(start, start + header.compressed_page_size);
    return decodePage(new Uint8Array(bytes), header, this.#decoder, this.#dictionary);
  }
}

/**
 * Numbers, with NaN for a missing one, where there is nothing else: a group's values are there until they are read, and the garbage collector
 * would move arrays of them about.
 */
function asNumbers(values: ArrayLike<unknown>): ArrayLike<unknown> {
  if (!Array.isArray(values)) return values;
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < values.length; i += 1) {
    const value: unknown = values[i];
    if (typeof value === 'number') numbers[i] = value;
    else if (value === null) numbers[i] = Number.NaN;
    else return values as unknown[];
  }
  return numbers;
}

function checked(header: PageHeader): PageHeader {
  const { compressed_page_size: packed, uncompressed_page_size: unpacked } = header;
  const sizes = [packed, unpacked];
  if (!sizes.every((size) => Number.isInteger(size) && size >= 0 && size <= MAX_PAGE_BYTES))
    throw new Error('a page of a size that no writer makes');
  return header;
}
