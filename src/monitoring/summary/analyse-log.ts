// The summary of a log read row by row: of the database's, or of a file in the layout of the export.
import type { LogPages } from '../../prediction/export/log-pages.ts';
import { readLogLine, type LineFault } from './log-line.ts';
import { lineBlocks, MAX_LINE_BYTES, type Line } from './read-lines.ts';
import type { RowBuckets } from './row-buckets.ts';

/** A line that is no row of a log. */
export interface BrokenLine extends LineFault {
  readonly line: number;
}

export interface LogListener {
  /** `rows` more were read. */
  read(rows: number): void;
  broken(line: BrokenLine): void;
}

/** Answers when the pages end. */
export async function addPages(
  pages: LogPages,
  buckets: RowBuckets,
  listener: LogListener,
): Promise<void> {
  for await (const page of pages) {
    for (const row of page) buckets.add(row);
    listener.read(page.length);
  }
}

/** Rows of other versions than `version` are read and left out; null takes all. A line that is broken is told, and the rest goes on. */
export async function addLines(
  chunks: AsyncIterable<Buffer>,
  version: string | null,
  buckets: RowBuckets,
  listener: LogListener,
): Promise<void> {
  for await (const lines of lineBlocks(chunks)) {
    let rows = 0;
    for (const line of lines) {
      const result = readLine(line);
      if (result === null) continue;
      if ('fault' in result) listener.broken({ line: line.number, ...result.fault });
      else {
        rows += 1;
        if (version === null || result.row.modelVersion === version) buckets.add(result.row);
      }
    }
    listener.read(rows);
  }
}

/** null: an empty line, which is none. */
function readLine({ text, isUtf8 }: Line): ReturnType<typeof readLogLine> | null {
  if (text === null) {
    const expected = `a line of at most ${MAX_LINE_BYTES / 2 ** 20} MiB`;
    return { fault: { column: 1, expected, received: 'a longer one' } };
  }
  if (!isUtf8) {
    const column = text.indexOf('\uFFFD') + 1;
    return { fault: { column, expected: 'UTF-8 text', received: 'other bytes' } };
  }
  return text.trim() === '' ? null : readLogLine(text);
}
