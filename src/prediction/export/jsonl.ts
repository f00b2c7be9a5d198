// An export as JSON Lines: one object per line, what is JSON as JSON values.
import { toIso } from '../../database/epoch-ms.ts';
import type { LoggedPrediction } from '../logged-prediction.entity.ts';
import { EXPORT_COLUMNS, type ExportColumn } from './export-columns.ts';
import type { LogPages } from './log-pages.ts';

const MEMBERS = EXPORT_COLUMNS.map((column) => ({
  prefix: `${JSON.stringify(column.name)}:`,
  column,
}));

export async function* toJsonl(pages: LogPages): AsyncGenerator<string, void, undefined> {
  for await (const page of pages) yield page.map(lineOf).join('');
}

const lineOf = (row: LoggedPrediction): string =>
  `{${MEMBERS.map(({ prefix, column }) => prefix + valueOf(column, row)).join(',')}}\n`;

function valueOf({ kind, of }: ExportColumn, row: LoggedPrediction): string {
  const cell = of(row);
  // Stored as JSON without line breaks: goes out digit by digit as it is; a missing one is null there too.
  if (kind === 'json') return String(cell);
  return JSON.stringify(kind === 'instant' ? toIso(Number(cell)) : cell);
}
