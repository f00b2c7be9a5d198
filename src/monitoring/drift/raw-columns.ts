// Raw rows as columns: numbers and categories as the model sees them, which is how the reference has them.
import { asSeen } from '../../features/as-seen.ts';
import type { ServedFeature } from '../../features/feature-spec.ts';
import { type CategorySample, categorySample } from '../../statistics/drift/categories.ts';
import type { DesignColumn, DesignRows } from '../../statistics/drift/design-rows.ts';
import { type NumericSample, numericSample } from '../../statistics/drift/numeric-sample.ts';

/** One feature of the rows so far. */
interface Filling {
  readonly feature: ServedFeature;
  /** Numbers, or places in `places`. */
  readonly cells: Float64Array;
  readonly places: Map<string, number>;
}

export class RawColumns {
  readonly #columns: readonly Filling[];
  #rows = 0;

  /** Of at most `capacity` rows. */
  constructor(features: readonly ServedFeature[], capacity: number) {
    this.#columns = features.map((feature) => ({
      feature,
      cells: new Float64Array(capacity),
      places: new Map<string, number>(),
    }));
  }

  /** A row that the model took; what it does not have is missing. */
  add(row: Readonly<Record<string, unknown>>): void {
    for (const { feature, cells, places } of this.#columns) {
      const raw = Object.hasOwn(row, feature.name) ? row[feature.name] : null;
      const value = asSeen(feature, raw);
      if (typeof value === 'string') cells[this.#rows] = placeOf(places, value);
      else cells[this.#rows] = value ?? (feature.kind === 'numeric' ? Number.NaN : -1);
    }
    this.#rows += 1;
  }

  get design(): DesignRows {
    return { rows: this.#rows, columns: this.#columns.map((column) => this.#designOf(column)) };
  }

  #designOf({ feature: { name, kind }, cells, places }: Filling): DesignColumn {
    const values = cells.subarray(0, this.#rows);
    return kind === 'numeric'
      ? { name, kind, values }
      : { name, kind, codes: Int32Array.from(values), categories: [...places.keys()] };
  }
}

/** Which of the categories so far it is; a new one is the next. */
function placeOf(places: Map<string, number>, category: string): number {
  const place = places.get(category) ?? places.size;
  places.set(category, place);
  return place;
}

type Sample =
  | { readonly kind: 'numeric'; readonly sample: NumericSample }
  | { readonly kind: 'categorical'; readonly sample: CategorySample };

/** The values that a column has. */
export function sampleOf(column: DesignColumn): Sample {
  if (column.kind === 'numeric') return { kind: 'numeric', sample: numericSample(column.values) };
  const { codes, categories } = column;
  const values = Array.from(codes, (code) => categories[code] ?? null);
  return { kind: 'categorical', sample: categorySample(values) };
}
