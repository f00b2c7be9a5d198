// The columns of an export: those of the log, in its order and by its names, and how each one's cells are to be read.
import { LOG_COLUMNS } from '../log/row-columns.ts';

export type LogColumn = (typeof LOG_COLUMNS)[number];
/** `json`: text that is JSON. `instant`: epoch milliseconds. */
export type ColumnKind = 'text' | 'json' | 'instant' | 'integer' | 'number';

export interface ExportColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly nullable: boolean;
  readonly of: LogColumn['of'];
}

const JSON_COLUMNS: ReadonlySet<string> = new Set(['inputs', 'warnings', 'explanation']);

export const EXPORT_COLUMNS: readonly ExportColumn[] = LOG_COLUMNS.map((column) => ({
  name: column.name,
  kind: kindOf(column),
  nullable: column.nullable === true,
  of: column.of,
}));

function kindOf({ name, type }: LogColumn): ColumnKind {
  if (name === 'created_at') return 'instant';
  if (JSON_COLUMNS.has(name)) return 'json';
  switch (type) {
    case 'text':
      return 'text';
    case 'bigint':
      return 'integer';
    case 'double precision':
      return 'number';
  }
}
