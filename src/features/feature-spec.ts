// What a feature is: the declaration that params.yaml makes once, training completes with what it saw, and the server validates,
// documents and encodes by. Pure: no Nest, no fs, no clock.

interface FeatureBase {
  readonly name: string;
  /** A missing value (null) is allowed and reaches the model as NaN, which the graph imputes. */
  readonly nullable: boolean;
  /** How people call it, where that is not its name. */
  readonly label?: string;
  /** The heading under which a form shows it. */
  readonly group?: string;
  readonly description?: string;
}

export interface NumericFeature extends FeatureBase {
  readonly kind: 'numeric';
  readonly unit?: string;
  /** The declared domain, inclusive; a value outside it is refused. Absent ends are open. */
  readonly range?: { readonly min?: number; readonly max?: number };
}

export interface CategoricalFeature extends FeatureBase {
  readonly kind: 'categorical';
  /** The declared categories, in code order: category i is encoded as the float32 value i. */
  readonly categories: readonly string[];
}

export type FeatureSpec = NumericFeature | CategoricalFeature;

/** What training saw of a numeric feature: a value outside [min, max] is answered with a warning. */
export interface TrainingRange {
  readonly min: number;
  readonly max: number;
  readonly median: number;
}

/** A feature as a model bundle carries it (features.json): the declaration, completed by the training data. */
export type ModelFeature =
  | (NumericFeature & { readonly training: TrainingRange })
  | (CategoricalFeature & { readonly training: { readonly mode: string } });

/** A feature as a server meets it: a model from elsewhere tells nothing of what training saw. */
export type ServedFeature = ModelFeature | (NumericFeature & { readonly training: null });

/** One cell of a raw row: a number, a category, or null where the value is missing. */
export type RawValue = number | string | null;
export type RawRow = Readonly<Record<string, RawValue>>;

export interface FieldIssue {
  readonly field: string;
  readonly code: 'unknown' | 'missing' | 'type' | 'not_finite' | 'range' | 'category' | 'null';
  readonly expected: string;
  /** The kind of what came: "a string", "nothing". */
  readonly received: string;
}

export interface RangeWarning {
  readonly feature: string;
  readonly code: 'outside_training_range';
}
