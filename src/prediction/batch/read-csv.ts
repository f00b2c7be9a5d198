// CSV (RFC 4180): a header that names features in any order, then a record a row.
import { DECLINED } from '../../features/scan-row.ts';
import type { ServedFeature } from '../../features/feature-spec.ts';
import { BlockBuilder } from './block-builder.ts';
import { ByteWindow, MAX_ROW_BYTES } from './byte-window.ts';
import { readHeader, type CsvLayout } from './csv-layout.ts';
import { csvFields, CUT_SHORT, NOT_CLOSED, recordEnd } from './csv-record.ts';
import { CsvRowScanner } from './csv-row-scanner.ts';
import { csvValue } from './csv-value.ts';
import { readText, rowTooLong, type TextRows } from './read-text.ts';
import type { Position, RowBlock } from './row-block.ts';
import type { ReadOptions, RowContract } from './row-contract.ts';
import { NO_FEATURE } from './table-columns.ts';
import { emptyUpload, invalidUpload } from './upload-fault.ts';
import type { UploadSource } from './upload-source.ts';

const [LINE_FEED, RETURN] = [0x0a, 0x0d];
const COMMA = 0x2c;

interface Header {
  readonly layout: CsvLayout;
  /** Where the records begin. */
  readonly end: Position;
}

/** Empty lines are none. Throws INVALID_INPUT where the header does not fit the model, a record is too long, or quotes are not closed. */
export async function* readCsv(
  source: UploadSource,
  contract: RowContract,
  options: ReadOptions,
): AsyncGenerator<RowBlock, void, undefined> {
  const { keepInputs, from } = options;
  let window = new ByteWindow(source.stream(0), 0);
  try {
    const { layout, end } = await readHead(window, contract.features);
    if (from.bytes > 0) {
      await window.close();
      window = new ByteWindow(source.stream(from.bytes), from.bytes);
    }
    const block = new BlockBuilder(contract, { from: from.bytes > 0 ? from : end, keepInputs });
    yield* readText(new CsvRows(contract.features, layout), window, block);
  } finally {
    await window.close();
  }
}

async function readHead(window: ByteWindow, features: readonly ServedFeature[]): Promise<Header> {
  await window.open();
  for (let lines = 0; ;) {
    const { bytes, at, isLast } = window;
    const end = recordEnd(bytes, at, COMMA, isLast);
    if (end === NOT_CLOSED) throw notClosed(lines + 1);
    if (end === CUT_SHORT) {
      if (bytes.length - at > MAX_ROW_BYTES)
        throw invalidUpload(
          `The header in line ${lines + 1} is longer than ${MAX_ROW_BYTES} bytes.`,
        );
      await window.fill();
      continue;
    }
    if (end === at) throw emptyUpload();
    window.at = end;
    const line = lines + 1;
    lines += linesIn(bytes, at, end);
    if (emptyLineEnd(bytes, at) === end) continue;
    const layout = readHeader(bytes.subarray(at, end), features, line);
    return { layout, end: { rows: 0, bytes: window.positionOf(end), lines } };
  }
}

class CsvRows implements TextRows {
  isDone = false;
  readonly #scanner: CsvRowScanner;
  readonly #features: readonly ServedFeature[];
  readonly #layout: CsvLayout;
  /** By the places of the record; null for a column that is no feature. */
  readonly #members: readonly ({ readonly key: string; readonly isNumber: boolean } | null)[];

  constructor(features: readonly ServedFeature[], layout: CsvLayout) {
    this.#scanner = new CsvRowScanner(features, layout);
    this.#features = features;
    this.#layout = layout;
    this.#members = layout.features.map((place) => {
      const feature = features[place];
      return feature === undefined
        ? null
        : { key: `${JSON.stringify(feature.name)}:`, isNumber: feature.kind === 'numeric' };
    });
  }

  readInto(block: BlockBuilder, window: ByteWindow): void {
    const { scanned } = window;
    while (!block.isFull) {
      const { at } = window;
      const emptyEnd = emptyLineEnd(scanned, at);
      if (emptyEnd !== at) this.#next(block, window, emptyEnd, 1);
      else if (!this.#scan(block, window) && !this.#record(block, window)) return;
    }
  }

  #scan(block: BlockBuilder, window: ByteWindow): boolean {
    const { scanned, at } = window;
    const end = this.#scanner.scanInto(scanned, at, block.cells, block.offset);
    if (end === DECLINED || end - at > MAX_ROW_BYTES) return false;
    block.accept(block.keepsInputs ? this.#json(scanned.toString('utf8', at, end)) : '');
    this.#next(block, window, end, 1);
    return true;
  }

  /** A record that was scanned as the JSON of its features: its numbers are JSON as they are written. */
  #json(record: string): string {
    const fields = csvFields(record, this.#layout.delimiter) ?? [];
    const members: string[] = [];
    fields.forEach((field, i) => {
      const member = this.#members[i];
      if (member === undefined || member === null) return;
      const value = member.isNumber ? field : JSON.stringify(field);
      members.push(member.key + (field === '' ? 'null' : value));
    });
    return `{${members.join(',')}}`;
  }

  /** Reads any record. Answers false where there is none, or it is not whole yet. */
  #record(block: BlockBuilder, window: ByteWindow): boolean {
    const { bytes, at, isLast } = window;
    const end = recordEnd(bytes, at, this.#layout.delimiter.charCodeAt(0), isLast);
    if (end === NOT_CLOSED) throw notClosed(block.lines + 1);
    if (end === CUT_SHORT) return false;
    if (end === at) {
      this.isDone = true;
      return false;
    }
    if (end - at > MAX_ROW_BYTES) throw rowTooLong(block);
    this.#read(block, bytes.toString('utf8', at, end));
    this.#next(block, window, end, linesIn(bytes, at, end));
    return true;
  }

  #read(block: BlockBuilder, text: string): void {
    const { delimiter, features: places } = this.#layout;
    const line = block.lines + 1;
    const fields = csvFields(text, delimiter);
    const error = fields === null ? MISQUOTED : ragged(places.length, fields.length);
    if (fields?.length !== places.length) {
      block.refuse(line, [error]);
      return;
    }
    const values = fields.flatMap((field, i) => {
      const feature = this.#features[places[i] ?? NO_FEATURE];
      return feature === undefined ? [] : [[feature.name, csvValue(feature, field)] as const];
    });
    block.encode(Object.fromEntries(values), line);
  }

  #next(block: BlockBuilder, window: ByteWindow, end: number, lines: number): void {
    window.at = end;
    block.bytes = window.positionOf(end);
    block.lines += lines;
  }
}

/** Where an empty line that begins at `start` ends; `start` where there is none. */
function emptyLineEnd(bytes: Uint8Array, start: number): number {
  if (bytes[start] === LINE_FEED) return start + 1;
  return bytes[start] === RETURN && bytes[start + 1] === LINE_FEED ? start + 2 : start;
}

/** The last line of an upload counts without its end. */
function linesIn(bytes: Buffer, start: number, end: number): number {
  let lines = bytes[end - 1] === LINE_FEED ? 0 : 1;
  for (
    let at = bytes.indexOf(LINE_FEED, start);
    at !== -1 && at < end;
    at = bytes.indexOf(LINE_FEED, at + 1)
  )
    lines += 1;
  return lines;
}

const MISQUOTED = Object.freeze({
  field: 'row',
  code: 'quotes',
  expected: 'fields in quotes as a whole or without any',
  received: 'quotes inside a field',
});

const ragged = (expected: number, received: number) => ({
  field: 'row',
  code: 'ragged',
  expected: `${expected} fields, as in the header`,
  received: `${received} fields`,
});

const notClosed = (line: number): Error =>
  invalidUpload(`The record that begins in line ${line} opens quotes that are not closed.`);
