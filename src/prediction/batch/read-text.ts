// Rows of a text that comes in chunks -> blocks: what JSON, NDJSON and CSV have in common.
import type { BlockBuilder } from './block-builder.ts';
import { MAX_ROW_BYTES, type ByteWindow } from './byte-window.ts';
import type { RowBlock } from './row-block.ts';
import { invalidUpload } from './upload-fault.ts';

export interface TextRows {
  /** The upload has ended as it should. */
  readonly isDone: boolean;
  /** Reads rows until the block is full, the upload has ended, or the row at hand is not whole yet. Throws AppError: reading cannot go on. */
  readInto(block: BlockBuilder, window: ByteWindow): void;
}

/** Rows before a fault are handed over before it is thrown. */
export async function* readText(
  rows: TextRows,
  window: ByteWindow,
  block: BlockBuilder,
): AsyncGenerator<RowBlock, void, undefined> {
  try {
    for (;;) {
      rows.readInto(block, window);
      if (rows.isDone) break;
      if (block.isFull) yield block.take();
      else await fill(window, block);
    }
  } catch (fault) {
    if (block.count > 0) yield block.take();
    throw fault;
  }
  if (block.count > 0) yield block.take();
}

async function fill(window: ByteWindow, block: BlockBuilder): Promise<void> {
  if (window.bytes.length - window.at > MAX_ROW_BYTES) throw rowTooLong(block);
  await window.fill();
}

export const rowTooLong = ({ rows, lines }: BlockBuilder): Error =>
  invalidUpload(
    `Row ${rows}${lines > 0 ? `, after line ${lines},` : ''} is longer than ${MAX_ROW_BYTES} bytes.`,
  );
