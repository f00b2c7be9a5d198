// Which delimiter a CSV file uses, from its first lines.
import { openSync, closeSync, readSync } from 'node:fs';
import { parse } from 'csv-parse/sync';

export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

const HEAD_BYTES = 64 * 1024;
const LINES = 50;

/** The delimiter that cuts the first lines into the most fields, the same number in every line; a comma where none does. */
export function sniffDelimiter(path: string): Delimiter {
  const lines = headOf(path)
    .split(/\r\n|\n|\r/)
    .slice(0, LINES)
    .join('\n');
  const widths = DELIMITERS.map((delimiter) => evenWidth(lines, delimiter));
  const widest = Math.max(...widths);
  return widest <= 1 ? ',' : (DELIMITERS[widths.indexOf(widest)] ?? ',');
}

function headOf(path: string): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(HEAD_BYTES);
    const count = readSync(file, bytes, 0, HEAD_BYTES, 0);
    const text = bytes.toString('utf8', 0, count);
    // The last line may be cut off.
    return count < HEAD_BYTES ? text : text.slice(0, text.lastIndexOf('\n'));
  } finally {
    closeSync(file);
  }
}

/** Fields of every line; 0 where lines differ or cannot be read. */
function evenWidth(text: string, delimiter: string): number {
  try {
    const records = parse(text, {
      delimiter,
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
    });
    const widths = new Set(records.map((record: readonly string[]) => record.length));
    const [width = 0] = widths;
    return widths.size === 1 ? width : 0;
  } catch {
    return 0;
  }
}
