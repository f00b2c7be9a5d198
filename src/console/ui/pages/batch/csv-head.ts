// The head of a CSV before it is sent: its columns beside the model's features, and its first rows.
import { DELIMITERS, recordsIn } from './csv-text.ts';

export interface ExpectedFeature {
  readonly name: string;
  readonly nullable: boolean;
}

export interface CsvHead {
  readonly delimiter: string;
  readonly columns: readonly string[];
  /** The first records after the header. */
  readonly rows: readonly (readonly string[])[];
  /** Features without a column that need one. */
  readonly missing: readonly string[];
  /** Columns that are no feature: the API refuses them. */
  readonly unknown: readonly string[];
  readonly duplicate: readonly string[];
}

export type ReadHead =
  | { readonly kind: 'head'; readonly head: CsvHead }
  | { readonly kind: 'empty' }
  | { readonly kind: 'not-utf-8' };

/** Read of a file, at most. */
export const HEAD_BYTES = 64 * 1024;
const SHOWN_ROWS = 5;

/** `bytes`: of the beginning of the file. */
export function readHead(
  bytes: Uint8Array,
  isWhole: boolean,
  features: readonly ExpectedFeature[],
): ReadHead {
  const text = utf8(bytes, isWhole);
  if (text === null) return { kind: 'not-utf-8' };
  const known = new Set(features.map(({ name }) => name));
  const read = DELIMITERS.map((delimiter) => {
    const [first, ...rows] = recordsIn(text, delimiter, { most: SHOWN_ROWS + 1, isWhole });
    const columns = first?.map((name) => (known.has(name) ? name : name.trim()));
    const found = columns?.filter((name) => known.has(name)).length ?? 0;
    return { delimiter, columns, rows, found };
  });
  // As the API does: the delimiter that finds most features.
  const best = read.reduce((one, other) => (other.found > one.found ? other : one));
  if (best.columns === undefined) return { kind: 'empty' };
  const { delimiter, columns, rows } = best;
  return { kind: 'head', head: { delimiter, columns, rows, ...beside(columns, features, known) } };
}

/** The first column may go without a name, as data frames write their index. */
const beside = (
  columns: readonly string[],
  features: readonly ExpectedFeature[],
  known: ReadonlySet<string>,
): Pick<CsvHead, 'missing' | 'unknown' | 'duplicate'> => ({
  missing: features
    .filter(({ name, nullable }) => !nullable && !columns.includes(name))
    .map(({ name }) => name),
  unknown: columns.filter((name, place) => !known.has(name) && !(place === 0 && name === '')),
  duplicate: columns.filter((name, place) => known.has(name) && columns.indexOf(name) < place),
});

/** null where it is something else. */
function utf8(bytes: Uint8Array, isWhole: boolean): string | null {
  try {
    // A character may be cut where the head ends.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole });
  } catch {
    return null;
  }
}
