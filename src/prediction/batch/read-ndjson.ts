// NDJSON: a row a line, each a JSON text of its own; a line that is none is that row's fault.
import { DECLINED, skipSpace } from '../../features/scan-row.ts';
import type { BlockBuilder } from './block-builder.ts';
import { MAX_ROW_BYTES, type ByteWindow } from './byte-window.ts';
import { JsonRowReader } from './json-row-reader.ts';
import { readDocument, rowTooLong, type TextRows } from './read-text.ts';
import type { RowBlock } from './row-block.ts';
import type { ReadOptions, RowContract } from './row-contract.ts';
import { emptyUpload } from './upload-fault.ts';
import type { UploadSource } from './upload-source.ts';

const LINE_FEED = 0x0a;

/** Empty lines are none. Throws INVALID_INPUT where there is no other, or one is too long. */
export function readNdjson(
  source: UploadSource,
  contract: RowContract,
  options: ReadOptions,
): AsyncGenerator<RowBlock, void, undefined> {
  return readDocument(new NdjsonRows(contract), source, contract, options);
}

class NdjsonRows implements TextRows {
  isDone = false;
  readonly #rows: JsonRowReader;

  constructor(contract: RowContract) {
    this.#rows = new JsonRowReader(contract);
  }

  readInto(block: BlockBuilder, window: ByteWindow): void {
    const { bytes, scanned } = window;
    while (!block.isFull) {
      const newline = bytes.indexOf(LINE_FEED, window.at);
      if (newline === -1 && !window.isLast) return;
      const end = newline === -1 ? bytes.length : newline;
      if (end > window.at) this.#line(block, scanned, window.at, end);
      else if (newline === -1) {
        this.#end(block);
        return;
      }
      window.at = newline === -1 ? end : end + 1;
      block.bytes = window.positionOf(window.at);
      block.lines += 1;
    }
  }

  #line(block: BlockBuilder, bytes: Buffer, start: number, end: number): void {
    if (end - start > MAX_ROW_BYTES) throw rowTooLong(block);
    const first = skipSpace(bytes, start);
    if (first >= end) return;
    const scanned = this.#rows.scan(bytes, first, block);
    if (scanned !== DECLINED && scanned <= end && skipSpace(bytes, scanned) >= end)
      this.#rows.accept(bytes, block);
    else this.#read(block, bytes.toString('utf8', start, end));
  }

  #read(block: BlockBuilder, text: string): void {
    const line = block.lines + 1;
    const flaw = this.#rows.read(text, line, block);
    if (flaw !== null)
      block.refuse(line, [
        {
          field: 'row',
          code: 'malformed_json',
          expected: 'a JSON object',
          received: `a text that stops being JSON at column ${flaw.offset + 1}`,
        },
      ]);
  }

  #end(block: BlockBuilder): void {
    if (block.rows === 0) throw emptyUpload();
    this.isDone = true;
  }
}
