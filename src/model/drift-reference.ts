// What drift is measured against: the sample of training rows that a bundle carries, packed in its drift.json, and how it is read.
import { unpackSample, type PackedSample } from '../statistics/drift/packed-sample.ts';
import type { CategorySample } from '../statistics/drift/categories.ts';
import type { NumericSample } from '../statistics/drift/numeric-sample.ts';
import type { ServedFeature } from '../features/feature-spec.ts';
import { invalid, parseBundleFile, SCHEMAS } from './bundle-schema.ts';
import { DRIFT_FILE, readListedFile, type ServedBundle } from './model-bundle.ts';

/**
 * drift.json. Numbers of features are the shortest decimals that give the float32 values which the model sees (`asSeen`): what was written in
 * the data, up to six digits. Probabilities are float32 values, as a served model answers them.
 */
export interface DriftFile {
  /** Rows that training had. */
  readonly training_rows: number;
  /** Of those the rows sampled here, drawn by the seed of the training; all where there are no more than 100,000. */
  readonly rows: number;
  /** In the order of features.json. */
  readonly features: readonly PackedColumn[];
  readonly predictions: PackedPredictions;
  /** null where those rows are fewer than 100. */
  readonly performance: ReferencePerformance | null;
}

export type PackedColumn = { readonly name: string; readonly missing: number } & (
  | { readonly kind: 'numeric'; readonly sample: PackedSample }
  /** One count per declared category, in their order. */
  | { readonly kind: 'categorical'; readonly counts: readonly number[] }
);

/** Of rows that the model which scored them had not seen; of more than 100,000 as many, drawn likewise. */
export interface PackedPredictions {
  /** `out_of_fold`: training rows, each by the model of the other folds of the cross-validation, after calibration. `held_out`: rows held out. */
  readonly source: PredictionSource;
  readonly rows: number;
  readonly score: PackedSample;
  /** Rows answered with each label at the threshold. */
  readonly labels: { readonly positive: number; readonly negative: number };
}

export type PredictionSource = 'out_of_fold' | 'held_out';

/** The same, unpacked. */
export interface DriftReference {
  /** sha256 of the file, hex. */
  readonly digest: string;
  /** Training rows behind the columns. */
  readonly rows: number;
  /** The features, in the order of features.json. */
  readonly columns: readonly ReferenceColumn[];
  readonly predictions: PredictionSource;
  /** P(positive). */
  readonly score: NumericSample;
  /** What was answered at the threshold. */
  readonly label: CategorySample;
  readonly performance: ReferencePerformance | null;
}

export type ReferenceColumn = { readonly name: string; readonly missing: number } & (
  | { readonly kind: 'numeric'; readonly sample: NumericSample }
  | { readonly kind: 'categorical'; readonly sample: CategorySample }
);

/** What those predictions reach against their true labels. */
export interface ReferencePerformance {
  readonly rows: number;
  /** Equal parts of the rows in a random order, over which the means and deviations are. */
  readonly chunks: number;
  /** roc_auc, average_precision, f1, accuracy, precision, recall; `std` divides by the chunks. */
  readonly metrics: Readonly<Record<string, { readonly mean: number; readonly std: number }>>;
  /** Of all rows, with DeLong's interval at 95 %; null where they are of one class. */
  readonly roc_auc: { readonly value: number; readonly low: number; readonly high: number } | null;
}

type Described = Pick<ServedBundle, 'dir' | 'manifest' | 'features'>;

/** The reference of a bundle; null where it has none. Throws BUNDLE_INVALID. Opens no model: a thread may call it. */
export async function readDriftReference(bundle: Described): Promise<DriftReference | null> {
  const digest = bundle.manifest.sha256?.[DRIFT_FILE];
  if (digest === undefined) return null;
  const bytes = await readListedFile(bundle, DRIFT_FILE);
  return { digest, ...unpacked(parseBundleFile(SCHEMAS.drift, DRIFT_FILE, bytes), bundle) };
}

function unpacked(
  { rows, features: packed, predictions, performance }: DriftFile,
  { features: { features, positive_label, negative_label } }: Described,
): Omit<DriftReference, 'digest'> {
  if (packed.length !== features.length)
    throw invalid(DRIFT_FILE, 'expected a sample of every feature of features.json');
  return {
    rows,
    columns: packed.map((column, i) => columnOf(column, features[i] as ServedFeature, rows)),
    predictions: predictions.source,
    score: numbersOf(predictions.score, 'the score'),
    label: countsOf([
      [positive_label, predictions.labels.positive],
      [negative_label, predictions.labels.negative],
    ]),
    performance,
  };
}

function columnOf(packed: PackedColumn, feature: ServedFeature, rows: number): ReferenceColumn {
  const { name, missing } = packed;
  if (feature.name !== name || feature.kind !== packed.kind)
    throw invalid(DRIFT_FILE, 'its features are not those of features.json, in order');
  const column: ReferenceColumn =
    packed.kind === 'numeric'
      ? { name, kind: 'numeric', missing, sample: numbersOf(packed.sample, name) }
      : { name, kind: 'categorical', missing, sample: categoriesOf(packed, feature) };
  if (column.sample.rows + missing !== rows)
    throw invalid(DRIFT_FILE, `${name}: expected values and missing ones to make up the rows`);
  return column;
}

function categoriesOf(
  { name, counts }: PackedColumn & { readonly kind: 'categorical' },
  feature: ServedFeature,
): CategorySample {
  const categories = feature.kind === 'categorical' ? feature.categories : [];
  if (counts.length !== categories.length)
    throw invalid(DRIFT_FILE, `${name}: expected a count of every category`);
  return countsOf(categories.map((category, i) => [category, counts[i] ?? 0]));
}

function numbersOf(packed: PackedSample, name: string): NumericSample {
  try {
    return unpackSample(packed);
  } catch (error) {
    if (error instanceof RangeError) throw invalid(DRIFT_FILE, `${name}: ${error.message}`, error);
    throw error;
  }
}

function countsOf(counts: readonly (readonly [string, number])[]): CategorySample {
  const present = counts.filter(([, count]) => count > 0);
  return { rows: present.reduce((sum, [, count]) => sum + count, 0), counts: new Map(present) };
}
