// A JSON array of rows, one after the other: the array itself is never held, and its grammar is checked between the rows.
import { DECLINED, skipSpace } from '../../features/scan-row.ts';
import type { BlockBuilder } from './block-builder.ts';
import { MAX_ROW_BYTES, type ByteWindow } from './byte-window.ts';
import { CUT_SHORT, jsonValueEnd } from './json-value-end.ts';
import { JsonRowReader } from './json-row-reader.ts';
import { readDocument, rowTooLong, type TextRows } from './read-text.ts';
import type { RowBlock } from './row-block.ts';
import type { ReadOptions, RowContract } from './row-contract.ts';
import { emptyUpload, invalidUpload, malformedUpload } from './upload-fault.ts';
import type { UploadSource } from './upload-source.ts';

const [OPEN, CLOSE, COMMA] = [0x5b, 0x5d, 0x2c];
const MARK = '\uFEFF';
const AT_ONCE = { offset: 0 };

/** Throws INVALID_INPUT where there is no array or a row is too long, MALFORMED_JSON where the upload stops being JSON. */
export function readJson(
  source: UploadSource,
  contract: RowContract,
  options: ReadOptions,
): AsyncGenerator<RowBlock, void, undefined> {
  return readDocument(
    new JsonRows(contract, options.from.bytes === 0 ? 'array' : 'comma'),
    source,
    contract,
    options,
  );
}

/** What comes next: the array, its first row or end, a row, a comma or the array's end, nothing more. */
type Expected = 'array' | 'first' | 'row' | 'comma' | 'nothing';

class JsonRows implements TextRows {
  isDone = false;
  readonly #rows: JsonRowReader;
  #expected: Expected;

  constructor(contract: RowContract, expected: Expected) {
    this.#rows = new JsonRowReader(contract);
    this.#expected = expected;
  }

  readInto(block: BlockBuilder, window: ByteWindow): void {
    const { bytes } = window;
    while (!block.isFull) {
      window.at = skipSpace(bytes, window.at);
      if (window.at === bytes.length) {
        if (window.isLast) this.#end(block);
        return;
      }
      const byte = bytes[window.at] as number;
      if (this.#isRow(byte)) {
        if (!this.#row(block, window)) return;
      } else {
        this.#step(block, window, byte);
        window.at += 1;
      }
    }
  }

  #isRow(byte: number): boolean {
    return this.#expected === 'row' || (this.#expected === 'first' && byte !== CLOSE);
  }

  /** Reads what is between rows. */
  #step(block: BlockBuilder, window: ByteWindow, byte: number): void {
    if (this.#expected === 'array' && byte === OPEN) this.#expected = 'first';
    else if (this.#expected === 'array') throw notAnArray();
    else if (byte === CLOSE && this.#expected !== 'nothing') this.#expected = 'nothing';
    else if (byte === COMMA && this.#expected === 'comma') this.#expected = 'row';
    else throw malformed(block, window.positionOf(window.at));
  }

  /** Answers false where the row is not whole yet. */
  #row(block: BlockBuilder, window: ByteWindow): boolean {
    const { bytes, at } = window;
    const scanned = this.#rows.scan(window.scanned, at, block);
    const end = scanned === DECLINED ? jsonValueEnd(bytes, at) : scanned;
    if (end === CUT_SHORT) {
      if (window.isLast) throw cutShort(block);
      return false;
    }
    if (end - at > MAX_ROW_BYTES) throw rowTooLong(block);
    if (scanned === DECLINED) this.#read(block, window, end);
    else this.#rows.accept(bytes, block);
    window.at = end;
    block.bytes = window.positionOf(end);
    this.#expected = 'comma';
    return true;
  }

  #read(block: BlockBuilder, window: ByteWindow, end: number): void {
    const text = window.bytes.toString('utf8', window.at, end);
    // The strict parser passes over the mark, which may stand before a text only.
    const flaw = text.startsWith(MARK) ? AT_ONCE : this.#rows.read(text, null, block);
    if (flaw === null) return;
    const before = Buffer.byteLength(text.slice(0, flaw.offset));
    throw malformed(block, window.positionOf(window.at + before));
  }

  #end(block: BlockBuilder): void {
    if (this.#expected === 'array') throw emptyUpload();
    if (this.#expected !== 'nothing') throw cutShort(block);
    this.isDone = true;
  }
}

const notAnArray = (): Error =>
  invalidUpload(
    'The upload must be a JSON array of rows; rows that stand one a line without an array are NDJSON.',
  );

const malformed = ({ rows }: BlockBuilder, position: number): Error =>
  malformedUpload(`The upload stops being JSON at byte ${position + 1}, after ${rows} rows.`);

const cutShort = ({ rows }: BlockBuilder): Error =>
  malformedUpload(`The upload ends before its array does, after ${rows} rows.`);
