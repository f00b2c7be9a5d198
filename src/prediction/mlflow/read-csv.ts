// Reads CSV as pandas' to_csv() writes it: a header, an index column without a name perhaps, empty fields where a value is missing.
import { CsvError, parse } from 'csv-parse/sync';
import { AppError } from '../../common/errors.ts';
import type { ServedFeature } from '../../features/feature-spec.ts';
import { rowsOf, type Rows } from '../rows.ts';
import { categoryCell } from './category-cell.ts';

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Throws BAD_REQUEST, which names the line and never what stands there. */
export function readCsv(text: string, features: readonly ServedFeature[]): Rows {
  const [header = [], ...records] = parseText(text);
  const places = features.map(({ name }) => placeOf(header, name));
  return rowsOf(records.length, features, (row, i) => {
    const [feature, place] = [features[i], places[i]];
    const field = place === undefined ? undefined : records[row]?.[place];
    return feature === undefined || field === undefined ? undefined : toCell(feature, field, row);
  });
}

function placeOf(header: readonly string[], name: string): number | undefined {
  const place = header.indexOf(name);
  if (place === -1) return undefined;
  if (header.includes(name, place + 1))
    throw new AppError('BAD_REQUEST', `The column ${name} appears twice in the header.`);
  return place;
}

function toCell(feature: ServedFeature, field: string, row: number): unknown {
  if (feature.kind === 'categorical') {
    if (feature.categories.includes(field)) return field;
    return categoryCell(feature, field === '' ? null : toNumber(field), row);
  }
  return field === '' ? null : toNumber(field);
}

/** The text itself where it is no number: the encoder says so. */
const toNumber = (field: string): number | string =>
  NUMBER.test(field.trim()) ? Number(field) : field;

function parseText(text: string): string[][] {
  try {
    return parse(text, { bom: true, skip_empty_lines: true });
  } catch (cause) {
    const line = cause instanceof CsvError && typeof cause.lines === 'number' ? cause.lines : null;
    const where = line === null ? '' : ` at line ${line}`;
    throw new AppError(
      'BAD_REQUEST',
      `The body stops being CSV with as many fields a line as in the header${where}.`,
      { cause },
    );
  }
}
