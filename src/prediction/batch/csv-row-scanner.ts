// Reads a record of a CSV straight from its bytes into float32 cells, where it leaves no question; all others are declined and read with care.
import { CellLimits } from '../../features/cell-limits.ts';
import { toColumn, type Column } from '../../features/encode-row.ts';
import type { FeatureSpec, ServedFeature } from '../../features/feature-spec.ts';
import { NO_NUMBER, NumberReader } from '../../features/read-number.ts';
import { DECLINED } from '../../features/scan-row.ts';
import type { CsvLayout } from './csv-layout.ts';
import { NO_FEATURE } from './table-columns.ts';
import { untrained } from './untrained.ts';

const [LINE_FEED, RETURN, QUOTE, SPACE] = [0x0a, 0x0d, 0x22, 0x20];

export class CsvRowScanner {
  readonly #columns: readonly (Column | null)[];
  readonly #limits: CellLimits;
  readonly #places: readonly number[];
  readonly #absent: readonly number[];
  readonly #delimiter: number;
  readonly #numbers = new NumberReader();
  #cell = 0;

  constructor(
    features: readonly ServedFeature[],
    { features: places, absent, delimiter }: CsvLayout,
  ) {
    const columns = features.map((feature) => scannedColumn(untrained(feature)));
    this.#columns = places.map((place) => columns[place] ?? null);
    this.#limits = new CellLimits(columns);
    this.#places = places;
    this.#absent = absent;
    this.#delimiter = delimiter.charCodeAt(0);
  }

  /** Reads the record that begins at `start` into `out` from `offset`. Answers where the next one begins, or DECLINED: the cells mean nothing then. */
  scanInto(bytes: Uint8Array, start: number, out: Float32Array, offset: number): number {
    const columns = this.#columns;
    const places = this.#places;
    const last = columns.length - 1;
    let at = start;
    for (let i = 0; i <= last; i += 1) {
      const place = places[i] as number;
      at = this.#field(place, columns[i] as Column | null, bytes, at);
      if (at === DECLINED) return DECLINED;
      if (place !== NO_FEATURE) out[offset + place] = this.#cell;
      if (i < last) {
        if (bytes[at] !== this.#delimiter) return DECLINED;
        at += 1;
      }
    }
    for (const place of this.#absent) out[offset + place] = Number.NaN;
    if (bytes[at] === RETURN) at += 1;
    return bytes[at] === LINE_FEED ? at + 1 : DECLINED;
  }

  /** Leaves the cell in #cell; answers where the field ends. */
  #field(place: number, column: Column | null, bytes: Uint8Array, start: number): number {
    if (bytes[start] !== QUOTE) return this.#value(place, column, bytes, start, this.#delimiter);
    const end = this.#value(place, column, bytes, start + 1, QUOTE);
    return end !== DECLINED && bytes[end] === QUOTE ? end + 1 : DECLINED;
  }

  #value(
    place: number,
    column: Column | null,
    bytes: Uint8Array,
    start: number,
    stop: number,
  ): number {
    if (column === null) return textEnd(bytes, start, stop);
    const byte = bytes[start];
    if (byte === stop || byte === LINE_FEED || byte === RETURN) {
      this.#cell = Number.NaN;
      return column.nullable ? start : DECLINED;
    }
    return column.codes === null
      ? this.#number(place, column, bytes, start)
      : this.#category(column.codes, bytes, start, stop);
  }

  #number(place: number, column: Column, bytes: Uint8Array, start: number): number {
    const end = this.#numbers.read(bytes, start, column);
    if (end === NO_NUMBER) return DECLINED;
    const { value } = this.#numbers;
    const cell = Math.fround(value);
    this.#cell = cell;
    return this.#limits.fits(place, value, cell) ? end : DECLINED;
  }

  #category(
    codes: ReadonlyMap<string, number>,
    bytes: Uint8Array,
    start: number,
    stop: number,
  ): number {
    const end = textEnd(bytes, start, stop);
    if (end === DECLINED) return DECLINED;
    const code = codes.get(
      Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString(),
    );
    this.#cell = code ?? 0;
    return code === undefined ? DECLINED : end;
  }
}

/** Quotes and control characters are read with care. */
function textEnd(bytes: Uint8Array, start: number, stop: number): number {
  let at = start;
  for (
    let byte = bytes[at];
    byte !== stop && byte !== LINE_FEED && byte !== RETURN;
    byte = bytes[at]
  ) {
    if (byte === undefined || byte === QUOTE || (byte < SPACE && byte !== stop)) return DECLINED;
    at += 1;
  }
  return at;
}

/** A field of white space is a missing value, whatever the categories are. */
function scannedColumn(feature: FeatureSpec | ServedFeature): Column {
  const column = toColumn(feature);
  if (column.codes === null) return column;
  const codes = [...column.codes].filter(([category]) => category.trim() !== '');
  return { ...column, codes: new Map(codes) };
}
