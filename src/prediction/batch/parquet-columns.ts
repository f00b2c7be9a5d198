// Which columns of a Parquet file are read, and whether they hold what their feature is.
import { parquetSchema, type FileMetaData, type SchemaElement, type SchemaTree } from 'hyparquet';
import type { FieldError } from '../../common/errors.ts';
import type { ServedFeature } from '../../features/feature-spec.ts';
import { matchColumns, NO_FEATURE } from './table-columns.ts';
import { invalidUpload } from './upload-fault.ts';

export interface ParquetColumn {
  readonly name: string;
  /** Its number among the features. */
  readonly feature: number;
  /** The root of the schema and the column's leaf. */
  readonly schemaPath: readonly [SchemaTree, SchemaTree];
}

export interface ParquetColumns {
  readonly columns: readonly ParquetColumn[];
  /** Nullable features without a column. */
  readonly absent: readonly number[];
}

/** pandas keeps the index of a data frame in columns of such names. */
const INDEX = /^__index_level_\d+__$/;

/** Throws INVALID_INPUT where the columns are not those of the features, or hold something else. */
export function matchParquet(
  metadata: FileMetaData,
  features: readonly ServedFeature[],
): ParquetColumns {
  const root = parquetSchema(metadata);
  const names = root.children.map(({ element }) => element.name);
  const { features: places, absent } = matchColumns(names, features, (name) => INDEX.test(name));
  const errors: FieldError[] = [];
  const columns = root.children.flatMap((leaf, i): ParquetColumn[] => {
    const place = places[i] ?? NO_FEATURE;
    const feature = features[place];
    if (feature === undefined) return [];
    const error = typeError(feature, leaf);
    if (error !== null) errors.push(error);
    const { name } = leaf.element;
    return [{ name, feature: place, schemaPath: [root, withDecimal(leaf)] }];
  });
  if (errors.length > 0)
    throw invalidUpload(
      `Columns hold something else than the model takes: ${errors.map(wordsOf).join('; ')}.`,
      { errors },
    );
  return { columns, absent };
}

const wordsOf = ({ field, expected, received }: FieldError): string =>
  `${field} must hold ${expected}, got ${received ?? ''}`;

function typeError({ name, kind }: ServedFeature, leaf: SchemaTree): FieldError | null {
  const holds = contentOf(leaf);
  const isNumeric = kind === 'numeric';
  const fits = isNumeric ? holds === 'numbers' : FOR_CATEGORIES.has(holds);
  if (fits) return null;
  const expected = isNumeric ? 'numbers' : 'texts, whole numbers or booleans';
  return { field: name, code: 'type', expected, received: holds };
}

const FOR_CATEGORIES: ReadonlySet<string> = new Set(['texts', 'numbers', 'booleans']);

function contentOf({ element, children }: SchemaTree): string {
  if (children.length > 0 || element.repetition_type === 'REPEATED') return 'lists or records';
  return annotatedContent(element) ?? physicalContent(element);
}

/** By what the writer says the bytes mean; null: it says nothing. */
function annotatedContent(element: SchemaElement): string | null {
  const { converted_type: converted, logical_type: logical } = element;
  if (logical?.type === 'UUID') return 'identifiers';
  const kind = converted ?? logical?.type ?? '';
  if (kind.startsWith('INT') && kind !== 'INTERVAL') return 'numbers';
  if (kind.startsWith('UINT') || kind === 'DECIMAL' || kind === 'FLOAT16') return 'numbers';
  if (kind === 'UTF8' || kind === 'STRING' || kind === 'ENUM') return 'texts';
  if (kind.startsWith('TIMESTAMP') || kind === 'DATE' || kind.startsWith('TIME')) return 'times';
  return kind === '' || kind === 'NULL' ? null : 'values of another kind';
}

function physicalContent({ type }: SchemaElement): string {
  switch (type) {
    case 'INT32':
    case 'INT64':
    case 'FLOAT':
    case 'DOUBLE':
      return 'numbers';
    case 'BYTE_ARRAY':
      return 'texts';
    case 'BOOLEAN':
      return 'booleans';
    case 'INT96':
      return 'times';
    case 'FIXED_LEN_BYTE_ARRAY':
    case undefined:
    default:
      return 'values of another kind';
  }
}

/** The decoder knows decimals by their older name only. */
function withDecimal(leaf: SchemaTree): SchemaTree {
  const { logical_type: logical } = leaf.element;
  if (logical?.type !== 'DECIMAL') return leaf;
  const { precision, scale } = logical;
  return { ...leaf, element: { ...leaf.element, converted_type: 'DECIMAL', precision, scale } };
}
