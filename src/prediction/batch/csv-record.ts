// One record of a CSV (RFC 4180): where it ends, and its fields as texts.
import { CsvError, parse } from 'csv-parse/sync';

/** The bytes end before the record does. */
export const CUT_SHORT = -1;
/** The upload ends inside quotes. */
export const NOT_CLOSED = -2;

const [LINE_FEED, QUOTE] = [0x0a, 0x22];

/** Answers the place behind the line end. The last record may do without one. */
export function recordEnd(
  bytes: Buffer,
  start: number,
  delimiter: number,
  isLast: boolean,
): number {
  const newline = bytes.indexOf(LINE_FEED, start);
  const end = newline === -1 ? bytes.length : newline + 1;
  if (bytes.subarray(start, end).includes(QUOTE)) return quotedEnd(bytes, start, delimiter, isLast);
  return newline === -1 && !isLast ? CUT_SHORT : end;
}

/** Quotes open at the beginning of a field only; two inside are one of the text. */
function quotedEnd(bytes: Buffer, start: number, delimiter: number, isLast: boolean): number {
  let isFieldStart = true;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE && isFieldStart) {
      at = closingQuote(bytes, at + 1);
      if (at === CUT_SHORT) return isLast ? NOT_CLOSED : CUT_SHORT;
      isFieldStart = false;
    } else if (byte === LINE_FEED) return at + 1;
    else isFieldStart = byte === delimiter;
  }
  return isLast ? bytes.length : CUT_SHORT;
}

/** A quote at the end of the bytes may be the first of two, but then the record is cut short anyway. */
function closingQuote(bytes: Buffer, start: number): number {
  for (let at = bytes.indexOf(QUOTE, start); at !== -1; at = bytes.indexOf(QUOTE, at + 2))
    if (bytes[at + 1] !== QUOTE) return at;
  return CUT_SHORT;
}

/** null: quotes stand where they may not. */
export function csvFields(record: string, delimiter: string): readonly string[] | null {
  const text = record.replace(/\r?\n$/, '');
  if (!text.includes('"')) return text.split(delimiter);
  try {
    const records: string[][] = parse(text, { delimiter, relax_column_count: true });
    return records.length === 1 ? (records[0] ?? null) : null;
  } catch (error) {
    if (error instanceof CsvError) return null;
    throw error;
  }
}
