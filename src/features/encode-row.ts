// Raw row -> float32 row, checked: the one piece of preprocessing that training and serving share outside the graph. Stateless and pure.
import type {
  FeatureSpec,
  FieldIssue,
  NumericFeature,
  RangeWarning,
  ServedFeature,
} from './feature-spec.ts';
import { kindOf } from './kind-of.ts';

/** What encoding one row found; both lists empty for a good row. */
export interface RowReport {
  readonly issues: readonly FieldIssue[];
  readonly warnings: readonly RangeWarning[];
}

export interface RowEncoder {
  /** Cells of a row: the number of features. */
  readonly width: number;
  /**
   * Checks `row` and writes its `width` cells into `out` from `offset`: numbers as float32, categories as their code, missing as NaN.
   * Reports every problem at once; where there are issues, the written cells mean nothing.
   */
  encodeInto(row: unknown, out: Float32Array, offset: number): RowReport;
  /**
   * The same for a row of numbers as the graph takes them, from `from` on: a category is its position, NaN a missing value. Answers true where
   * there is nothing to report; false: `encodeInto` says what it is, and the written cells mean nothing.
   */
  encodeNumbersInto(
    numbers: ArrayLike<number>,
    from: number,
    out: Float32Array,
    offset: number,
  ): boolean;
}

/** A feature, laid out for the loop: one object shape for both kinds keeps the loop monomorphic. */
export interface Column {
  readonly name: string;
  readonly nullable: boolean;
  readonly expected: string;
  /** Code of each category; null for a number. */
  readonly codes: ReadonlyMap<string, number> | null;
  readonly min: number;
  readonly max: number;
  readonly trainedMin: number;
  readonly trainedMax: number;
}

const MAX_UNKNOWN_FIELDS = 20;
const MAX_FIELD_NAME = 64;
const MAX_LISTED_CATEGORIES = 20;

const NOTHING: RowReport = Object.freeze({
  issues: Object.freeze([]),
  warnings: Object.freeze([]),
});

/** Prepares the encoder of a feature list, once per model or training run. */
export function compileEncoder(features: readonly (FeatureSpec | ServedFeature)[]): RowEncoder {
  const columns = features.map(toColumn);
  const names = new Set(features.map(({ name }) => name));
  return Object.freeze({
    width: columns.length,
    encodeInto: (row: unknown, out: Float32Array, offset: number) =>
      encodeRow(columns, names, row, out, offset),
    encodeNumbersInto: (
      numbers: ArrayLike<number>,
      from: number,
      out: Float32Array,
      offset: number,
    ) => encodeNumbers(columns, numbers, from, out, offset),
  });
}

function encodeNumbers(
  columns: readonly Column[],
  numbers: ArrayLike<number>,
  from: number,
  out: Float32Array,
  offset: number,
): boolean {
  for (let i = 0; i < columns.length; i += 1) {
    const column = columns[i] as Column;
    const value = numbers[from + i] as number;
    const cell = Math.fround(value);
    if (cell !== cell ? !column.nullable : !isPlain(column, value, cell)) return false;
    out[offset + i] = cell;
  }
  return true;
}

function isPlain(column: Column, value: number, cell: number): boolean {
  if (column.codes !== null)
    return Number.isInteger(value) && value >= 0 && value < column.codes.size;
  return (
    Number.isFinite(cell) &&
    value >= column.min &&
    value <= column.max &&
    cell >= column.trainedMin &&
    cell <= column.trainedMax
  );
}

function encodeRow(
  columns: readonly Column[],
  names: ReadonlySet<string>,
  row: unknown,
  out: Float32Array,
  offset: number,
): RowReport {
  if (!isObject(row)) return { issues: [notARow(row)], warnings: [] };
  let issues: FieldIssue[] | undefined;
  let warnings: RangeWarning[] | undefined;
  let present = 0;
  let at = offset;
  for (const column of columns) {
    const { name } = column;
    const has = Object.hasOwn(row, name);
    if (has) present += 1;
    const value = has ? row[name] : undefined;
    const cell = encodeCell(column, value);
    if (typeof cell === 'string') {
      const expected = cell === 'not_finite' ? FLOAT32 : column.expected;
      (issues ??= []).push({ field: name, code: cell, expected, received: kindOf(value) });
    } else {
      out[at] = cell;
      if (cell < column.trainedMin || cell > column.trainedMax)
        (warnings ??= []).push({ feature: name, code: 'outside_training_range' });
    }
    at += 1;
  }
  const fields = Object.keys(row);
  if (fields.length > present) (issues ??= []).push(...unknownFields(row, fields, names));
  if (issues === undefined && warnings === undefined) return NOTHING;
  return { issues: issues ?? NOTHING.issues, warnings: warnings ?? NOTHING.warnings };
}

/** The cell, or the code of what is wrong with the value. */
function encodeCell(column: Column, value: unknown): number | FieldIssue['code'] {
  if (value === undefined) return column.nullable ? Number.NaN : 'missing';
  if (value === null) return column.nullable ? Number.NaN : 'null';
  if (column.codes !== null) {
    // CSV readers and forms turn the category "1" into the number 1; its text is unambiguous.
    if (typeof value !== 'string' && typeof value !== 'number') return 'type';
    return column.codes.get(String(value)) ?? 'category';
  }
  if (typeof value !== 'number') return 'type';
  const cell = Math.fround(value);
  if (!Number.isFinite(cell)) return 'not_finite';
  return value < column.min || value > column.max ? 'range' : cell;
}

const FLOAT32 = 'a finite number within the range of float32';

const notARow = (came: unknown): FieldIssue => ({
  field: 'features',
  code: 'type',
  expected: 'an object with one value per feature',
  received: kindOf(came),
});

/** The only place that repeats what a caller chose: names of fields, cut short, so that a typo can be found. */
function unknownFields(
  row: Readonly<Record<string, unknown>>,
  fields: readonly string[],
  names: ReadonlySet<string>,
): FieldIssue[] {
  return fields
    .filter((field) => !names.has(field))
    .slice(0, MAX_UNKNOWN_FIELDS)
    .map((field) => ({
      field: field.slice(0, MAX_FIELD_NAME),
      code: 'unknown',
      expected: 'no field that is not a feature of the model',
      received: kindOf(row[field]),
    }));
}

export function toColumn(feature: FeatureSpec | ServedFeature): Column {
  const { name, nullable } = feature;
  const orNull = nullable ? ', or null' : '';
  if (feature.kind === 'categorical') {
    const codes = new Map(feature.categories.map((category, code) => [category, code]));
    const expected = describeCategories(feature.categories) + orNull;
    return { name, nullable, expected, codes, ...OPEN, ...UNTRAINED };
  }
  const { min = -Infinity, max = Infinity } = feature.range ?? {};
  // Training saw float32 cells: both sides of the comparison are rounded the same way.
  const trained =
    'training' in feature && feature.training !== null
      ? {
          trainedMin: Math.fround(feature.training.min),
          trainedMax: Math.fround(feature.training.max),
        }
      : UNTRAINED;
  return {
    name,
    nullable,
    expected: describeRange(feature) + orNull,
    codes: null,
    min,
    max,
    ...trained,
  };
}

const OPEN = { min: -Infinity, max: Infinity };
const UNTRAINED = { trainedMin: -Infinity, trainedMax: Infinity };

function describeRange({ range }: NumericFeature): string {
  if (range?.min !== undefined && range.max !== undefined)
    return `a number from ${range.min} to ${range.max}`;
  if (range?.min !== undefined) return `a number, at least ${range.min}`;
  return range?.max === undefined ? 'a number' : `a number, at most ${range.max}`;
}

function describeCategories(categories: readonly string[]): string {
  const listed = categories.slice(0, MAX_LISTED_CATEGORIES).join(', ');
  const rest = categories.length > MAX_LISTED_CATEGORIES ? ', ...' : '';
  return `one of ${categories.length} categories: ${listed}${rest}`;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
