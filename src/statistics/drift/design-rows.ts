// Rows of a data set as the measures of drift over all columns read them.
import type { Random } from '../random.ts';

/** A missing number is NaN, a missing category -1. */
export type DesignColumn =
  | { readonly name: string; readonly kind: 'numeric'; readonly values: Float64Array }
  | {
      readonly name: string;
      readonly kind: 'categorical';
      /** Places in `categories`, which each side may order its own way. */
      readonly codes: Int32Array;
      readonly categories: readonly string[];
    };

export interface DesignRows {
  readonly columns: readonly DesignColumn[];
  readonly rows: number;
}

export type DesignCell = number | string | null;

/** Of raw cells [rows][columns]; what is not of its column's kind, or no declared category, counts as missing. */
export function designRows(
  columns: readonly {
    readonly name: string;
    readonly kind: 'numeric' | 'categorical';
    readonly categories?: readonly string[];
  }[],
  rows: readonly (readonly (DesignCell | undefined)[])[],
): DesignRows {
  return {
    rows: rows.length,
    columns: columns.map(({ name, kind, categories = [] }, i) => {
      if (kind === 'numeric') {
        return { name, kind, values: Float64Array.from(rows, (row) => numberOf(row[i])) };
      }
      const codes = new Map<DesignCell | undefined, number>(categories.map((c, code) => [c, code]));
      return {
        name,
        kind,
        categories,
        codes: Int32Array.from(rows, (row) => codes.get(row[i]) ?? -1),
      };
    }),
  };
}

const numberOf = (cell: DesignCell | undefined): number =>
  typeof cell === 'number' ? cell : Number.NaN;

/** So many rows at most, drawn without replacement and left in their order. */
export function capRows(design: DesignRows, most: number, random: Random): DesignRows {
  if (design.rows <= most) return design;
  const places = Int32Array.from({ length: design.rows }, (_, row) => row);
  random.shuffle(places);
  const kept = places.subarray(0, most).sort();
  return {
    rows: most,
    columns: design.columns.map((column) =>
      column.kind === 'numeric'
        ? { ...column, values: Float64Array.from(kept, (row) => column.values[row] as number) }
        : { ...column, codes: Int32Array.from(kept, (row) => column.codes[row] as number) },
    ),
  };
}

/** A column of both sides, categories in one order. Throws RangeError where the sides do not have the same columns. */
export type ColumnPair =
  | {
      readonly name: string;
      readonly kind: 'numeric';
      readonly reference: Float64Array;
      readonly current: Float64Array;
    }
  | {
      readonly name: string;
      readonly kind: 'categorical';
      readonly reference: Int32Array;
      readonly current: Int32Array;
      readonly categories: number;
    };

export function pairColumns(reference: DesignRows, current: DesignRows): readonly ColumnPair[] {
  if (reference.columns.length !== current.columns.length) {
    throw new RangeError('expected the same columns in the reference and in the window');
  }
  return reference.columns.map((column, i) => pairOf(column, current.columns[i] as DesignColumn));
}

function pairOf(reference: DesignColumn, current: DesignColumn): ColumnPair {
  const { name } = reference;
  if (name !== current.name || reference.kind !== current.kind) {
    throw new RangeError('expected the same columns in the reference and in the window');
  }
  if (reference.kind === 'numeric') {
    const { values } = current as typeof reference;
    return { name, kind: 'numeric', reference: reference.values, current: values };
  }
  const { codes, categories } = current as typeof reference;
  const places = new Map(reference.categories.map((category, place) => [category, place]));
  const placeOf = (category: string): number => {
    const place = places.get(category) ?? places.size;
    places.set(category, place);
    return place;
  };
  const moved = Int32Array.from(categories, placeOf);
  return {
    name,
    kind: 'categorical',
    reference: reference.codes,
    current: codes.map((code) => (code < 0 ? -1 : (moved[code] as number))),
    categories: places.size,
  };
}
