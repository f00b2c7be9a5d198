// Rows of a text that comes in chunks -> blocks: what JSON, NDJSON and CSV have in common.
import { BlockBuilder } from './block-builder.ts';
import { ByteWindow, MAX_ROW_BYTES } from './byte-window.ts';
import type { RowBlock } from './row-block.ts';
import type { ReadOptions, RowContract } from './row-contract.ts';
import { invalidUpload } from './upload-fault.ts';
import type { UploadSource } from './upload-source.ts';

export interface TextRows {
  /** The upload has ended as it should. */
  readonly isDone: boolean;
  /** Reads rows until the block is full, the upload has ended, or the row at hand is not whole yet. Throws AppError: reading cannot go on. */
  readInto(block: BlockBuilder, window: ByteWindow): void;
}

/** A text without a head: rows from its beginning on, or from where an earlier reading came to. */
export async function* readDocument(
  rows: TextRows,
  source: UploadSource,
  contract: RowContract,
  options: ReadOptions,
): AsyncGenerator<RowBlock, void, undefined> {
  const { bytes } = options.from;
  const window = new ByteWindow(source.stream(bytes), bytes);
  try {
    if (bytes === 0) await window.open();
    yield* readText(rows, window, new BlockBuilder(contract, options));
  } finally {
    await window.close();
  }
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
