// An export as CSV (RFC 4180): a header, CRLF, quotes where a field needs them. A field is the stored value and nothing else: none is
// changed for the sake of spreadsheets that would take it for a formula.
import { toIso } from '../../database/epoch-ms.ts';
import type { LoggedPrediction } from '../logged-prediction.entity.ts';
import { EXPORT_COLUMNS, type ExportColumn } from './export-columns.ts';
import type { LogPages } from './log-pages.ts';

const NEEDS_QUOTES = /[",\r\n]/;
const HEADER = `${EXPORT_COLUMNS.map(({ name }) => name).join(',')}\r\n`;

export async function* toCsv(pages: LogPages): AsyncGenerator<string, void, undefined> {
  yield HEADER;
  for await (const page of pages) yield page.map(recordOf).join('');
}

const recordOf = (row: LoggedPrediction): string =>
  `${EXPORT_COLUMNS.map((column) => fieldOf(column, row)).join(',')}\r\n`;

/** A missing value is an empty field, an empty text is a quoted one. */
function fieldOf({ kind, of }: ExportColumn, row: LoggedPrediction): string {
  const cell = of(row);
  if (cell === null) return '';
  if (kind === 'instant') return toIso(Number(cell));
  const text = String(cell);
  return text === '' || NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
