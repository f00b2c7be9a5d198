// What may be chosen for the columns between raw rows and learner: the options of `preprocessing` in params.yaml, and what holds where
// nothing is said. What each learner input makes of them:
// - linear: all of them.
// - tree and native: impute, missing_indicator and target encoding. A tree asks only for the order of a column's values, which transform
//   and scale keep, and splits codes itself: transform, scale and one_hot are not applied.
// - native beside that: without a declared `impute` a missing number stays missing, because the learner knows what to do with it.
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import type { DerivedFeature } from './derived.ts';

export interface NumericOptions {
  /** In place of missing values: the median of the training rows, or that number. null: the median, and for native nothing. */
  readonly impute: 'median' | number | null;
  /** One more column, named by missingColumn: 1 where the value is missing, 0 elsewhere. */
  readonly missing_indicator: boolean;
  readonly transform: 'none' | 'signed_log' | 'rank_normal';
  /** standard: less the mean, divided by the population standard deviation of the training rows. */
  readonly scale: 'standard' | 'none';
}

export interface CategoricalOptions {
  readonly encode: 'one_hot' | 'target';
  /** Of target encoding: so many rows of the prior are added to the rows of each category. */
  readonly smoothing: number;
}

/** Checked options: `features` (raw or derived, by name) go before those of all numeric or all categorical columns, key by key. */
export interface Preprocessing {
  readonly numeric?: Partial<NumericOptions>;
  readonly categorical?: Partial<CategoricalOptions>;
  readonly features?: Readonly<Record<string, Partial<NumericOptions & CategoricalOptions>>>;
}

/** A column of the rows that an encoding reads, a raw feature or a derived one, with its options. */
export interface NumericColumn {
  readonly kind: 'numeric';
  readonly name: string;
  /** Its place in the rows, which is that of the derived one after all raw ones. */
  readonly index: number;
  readonly options: NumericOptions;
}

export interface CategoricalColumn {
  readonly kind: 'categorical';
  readonly name: string;
  readonly index: number;
  readonly categories: readonly string[];
  readonly options: CategoricalOptions;
}

export type EncodedColumn = NumericColumn | CategoricalColumn;

const NUMERIC: NumericOptions = Object.freeze({
  impute: null,
  missing_indicator: false,
  transform: 'none',
  scale: 'standard',
});
const CATEGORICAL: CategoricalOptions = Object.freeze({ encode: 'one_hot', smoothing: 10 });

/** The name of the 0/1 column that `missing_indicator` adds. */
export const missingColumn = (name: string): string => `${name} missing`;

/** Raw features in their order, then the derived ones, each with the options that hold for it. */
export function columnsToEncode(
  features: readonly FeatureSpec[],
  derived: readonly DerivedFeature[],
  preprocessing: Preprocessing,
): readonly EncodedColumn[] {
  const own = preprocessing.features ?? {};
  const of = (name: string) => (Object.hasOwn(own, name) ? own[name] : undefined);
  const numeric = (name: string, index: number): NumericColumn => ({
    kind: 'numeric',
    name,
    index,
    options: { ...NUMERIC, ...preprocessing.numeric, ...of(name) },
  });
  return [
    ...features.map((feature, index): EncodedColumn => {
      const { name } = feature;
      if (feature.kind === 'numeric') return numeric(name, index);
      const options = { ...CATEGORICAL, ...preprocessing.categorical, ...of(name) };
      return { kind: 'categorical', name, index, categories: feature.categories, options };
    }),
    ...derived.map(({ name }, i) => numeric(name, features.length + i)),
  ];
}
