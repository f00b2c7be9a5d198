// Reads the body of POST /invocations: JSON with exactly one of dataframe_split, dataframe_records, instances and inputs, or CSV with a header.
// Columns are found by name in any order; those that the model does not know are left out, as MLflow does.
import { AppError } from '../../common/errors.ts';
import { parseStrictJson } from '../../common/strict-json.ts';
import type { ServedFeature } from '../../features/feature-spec.ts';
import { kindOf } from '../../features/kind-of.ts';
import type { RowReader } from '../predict-rows.ts';
import { rowsOf, type Rows } from '../rows.ts';
import { categoryCell } from './category-cell.ts';
import { readCsv } from './read-csv.ts';

const FORMS = ['dataframe_split', 'dataframe_records', 'instances', 'inputs'] as const;
type Form = (typeof FORMS)[number];
type Members = Readonly<Record<string, unknown>>;
/** The value of a column in a row; `undefined` where it did not come. */
type Lookup = (row: number, column: string) => unknown;

/** Throws UNSUPPORTED_MEDIA_TYPE for other content types and charsets, MALFORMED_JSON, DUPLICATE_KEY, BAD_REQUEST; its reader INVALID_INPUT too. */
export function readInvocations(body: Buffer, contentType: string | undefined): RowReader {
  const type = mediaTypeOf(contentType);
  if (type === 'text/csv') return (features) => readCsv(body.toString(), features);
  if (type !== 'application/json')
    throw new AppError(
      'UNSUPPORTED_MEDIA_TYPE',
      'Send application/json or text/csv, in UTF-8 and without other parameters.',
    );
  const json = parseStrictJson(body.toString());
  return (features) => readForm(json, features);
}

/** The media type in lower case; null where a parameter is anything but charset=utf-8. */
function mediaTypeOf(contentType = ''): string | null {
  const [type = '', ...parameters] = contentType
    .split(';')
    .map((part) => part.trim().toLowerCase());
  const isUtf8 = parameters.every((each) => /^(charset="?utf-?8"?)?$/.test(each));
  return isUtf8 ? type : null;
}

function readForm(body: unknown, features: readonly ServedFeature[]): Rows {
  if (!isObject(body)) throw wrong('body', 'a JSON object', body);
  const [form, ...more] = FORMS.filter((name) => Object.hasOwn(body, name));
  if (form === undefined || more.length > 0)
    throw new AppError('BAD_REQUEST', `The body must hold exactly one of ${FORMS.join(', ')}.`);
  const { params } = body;
  if (params !== undefined && params !== null && !isObject(params))
    throw wrong('params', 'an object', params);
  const { count, at } = readTable(form, body[form]);
  return rowsByName(count, features, at);
}

interface Table {
  readonly count: number;
  readonly at: Lookup;
}

function readTable(form: Form, value: unknown): Table {
  switch (form) {
    case 'dataframe_split':
      return readSplit(value);
    case 'dataframe_records':
      return readRecords(form, value);
    case 'instances':
    case 'inputs':
      return isObject(value) ? readColumns(form, value) : readRecords(form, value);
  }
}

/** [{ column: value }] */
function readRecords(form: Form, value: unknown): Table {
  if (!Array.isArray(value)) throw wrong(form, 'a list of objects, one a row', value);
  const records = value as readonly unknown[];
  records.forEach((record, i) => {
    if (!isObject(record))
      throw wrong(`${form}[${i}]`, 'an object: the columns of the model have names', record);
  });
  const at: Lookup = (row, column) => ownValue(records[row] as Members, column);
  return { count: records.length, at };
}

/** { column: [value] } */
function readColumns(form: Form, columns: Members): Table {
  const lists = Object.values(columns);
  const count = Array.isArray(lists[0]) ? lists[0].length : 0;
  lists.forEach((list, i) => {
    if (!Array.isArray(list)) throw wrong(`${form}, column ${i + 1}`, 'a list of values', list);
    if (list.length !== count)
      throw misfit(`${form}, column ${i + 1}`, `${count} values, as the first`, list.length);
  });
  const at: Lookup = (row, column) =>
    (ownValue(columns, column) as readonly unknown[] | undefined)?.[row];
  return { count, at };
}

/** { columns: [name], data: [[value]], index? } */
function readSplit(value: unknown): Table {
  if (!isObject(value)) throw wrong('dataframe_split', 'an object', value);
  const { columns, data } = value;
  if (Object.keys(value).some((name) => !SPLIT_MEMBERS.has(name)))
    throw new AppError('BAD_REQUEST', 'dataframe_split holds columns, data and index only.');
  if (!Array.isArray(columns))
    throw wrong('dataframe_split.columns', 'a list of column names', columns);
  if (!Array.isArray(data)) throw wrong('dataframe_split.data', 'a list of rows', data);
  const places = placesOf(columns);
  (data as readonly unknown[]).forEach((row, i) => {
    const field = `dataframe_split.data[${i}]`;
    if (!Array.isArray(row)) throw wrong(field, 'a list of values', row);
    if (row.length !== columns.length)
      throw misfit(field, `${columns.length} values, as there are columns`, row.length);
  });
  const rows = data as readonly (readonly unknown[])[];
  const at: Lookup = (row, column) => {
    const place = places.get(column);
    return place === undefined ? undefined : rows[row]?.[place];
  };
  return { count: rows.length, at };
}

const SPLIT_MEMBERS: ReadonlySet<string> = new Set(['columns', 'data', 'index']);

function placesOf(columns: readonly unknown[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  columns.forEach((name, i) => {
    const field = `dataframe_split.columns[${i}]`;
    if (typeof name !== 'string') throw wrong(field, 'a column name', name);
    if (places.has(name)) throw misfit(field, 'a name that no other column has', 2);
    places.set(name, i);
  });
  return places;
}

const rowsByName = (count: number, features: readonly ServedFeature[], at: Lookup): Rows =>
  rowsOf(count, features, (row, i) => {
    const feature = features[i];
    if (feature === undefined) return undefined;
    const value = at(row, feature.name);
    return feature.kind === 'categorical' ? categoryCell(feature, value, row) : value;
  });

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const ownValue = (members: Members, name: string): unknown =>
  Object.hasOwn(members, name) ? members[name] : undefined;

const wrong = (field: string, expected: string, came: unknown): AppError =>
  new AppError('INVALID_INPUT', 'The body is not a table.', {
    errors: [{ field, code: 'type', expected, received: kindOf(came) }],
  });

const misfit = (field: string, expected: string, came: number): AppError =>
  new AppError('INVALID_INPUT', 'The body is not a table.', {
    errors: [{ field, code: 'length', expected, received: String(came) }],
  });
