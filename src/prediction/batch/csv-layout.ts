// The header of a CSV: what separates the fields, and which column is which feature.
import { isUtf8 } from 'node:buffer';
import type { ServedFeature } from '../../features/feature-spec.ts';
import { csvFields } from './csv-record.ts';
import { matchColumns, type TableColumns } from './table-columns.ts';
import { invalidUpload } from './upload-fault.ts';

/** In the order in which one is taken where several fit. */
const DELIMITERS = [',', ';', '\t', '|'] as const;

export interface CsvLayout extends TableColumns {
  readonly delimiter: string;
}

/**
 * The delimiter is the one that finds most features of the model in the header. The first column may go without a name, as data frames write
 * their index. Throws INVALID_INPUT.
 */
export function readHeader(
  record: Buffer,
  features: readonly ServedFeature[],
  line: number,
): CsvLayout {
  if (!isUtf8(record)) throw invalidUpload(`The header in line ${line} is not in UTF-8.`);
  const text = record.toString();
  if (text.includes('\0') || /\r(?!\n|$)/.test(text))
    throw invalidUpload(
      `The header in line ${line} is not that of a CSV whose lines end in LF or CRLF.`,
    );
  const known = new Set(features.map(({ name }) => name));
  const found = DELIMITERS.map((delimiter) => {
    const names = namesIn(text, delimiter, known);
    return { delimiter, names, count: names.filter((name) => known.has(name)).length };
  });
  const best = found.reduce((one, other) => (other.count > one.count ? other : one));
  if (best.count === 0)
    throw invalidUpload(
      `The header in line ${line} names no feature of the model; fields are separated by comma, semicolon, tab or vertical bar.`,
    );
  const columns = matchColumns(best.names, features, (name, place) => place === 0 && name === '');
  return Object.freeze({ ...columns, delimiter: best.delimiter });
}

/** White space around a name is none of it, but where the model has it so. */
function namesIn(text: string, delimiter: string, known: ReadonlySet<string>): readonly string[] {
  const names = csvFields(text, delimiter) ?? [];
  return names.map((name) => (known.has(name) ? name : name.trim()));
}
