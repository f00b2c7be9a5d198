// drift.json: the sample of training rows that live rows are compared with, and what predictions on rows that the model did not see reach.
import { shortestDecimal } from '../../src/features/as-seen.ts';
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import type {
  DriftFile,
  PackedColumn,
  PackedPredictions,
  PredictionSource,
  ReferencePerformance,
} from '../../src/model/drift-reference.ts';
import { rocAucInterval } from '../../src/statistics/delong.ts';
import { numericSample } from '../../src/statistics/drift/numeric-sample.ts';
import { packSample } from '../../src/statistics/drift/packed-sample.ts';
import { Random } from '../../src/statistics/random.ts';
import {
  accuracy,
  averagePrecision,
  confusionMatrix,
  f1,
  precision,
  recall,
  rocAuc,
} from '../evaluation/metrics.ts';
import type { Float32Matrix } from '../numeric/matrix.ts';
import { STREAMS } from '../search/streams.ts';

export interface DriftInput {
  readonly features: readonly FeatureSpec[];
  /** Encoded training rows, [rows, features]. */
  readonly x: Float32Matrix;
  readonly predictions: UnseenPredictions;
  /** The positive label is answered from here on. */
  readonly threshold: number;
  readonly seed: number;
}

/** Of rows that the model which scored them had not seen. */
export interface UnseenPredictions {
  readonly source: PredictionSource;
  /** 1 for the positive class, [N]. */
  readonly y: Uint8Array;
  /** P(positive), [N]. */
  readonly scores: Float64Array;
}

/** A sample of so many is off by less than half a hundredth at any point of the distribution, and takes some megabytes of thirty features. */
const MOST_ROWS = 100_000;

/** NannyML's number of chunks, over which its thresholds are. */
const CHUNKS = 10;
/** With fewer in a chunk, its metrics say nothing. */
const LEAST_CHUNK = 10;

/** The same input gives the same file. */
export function driftFileOf(
  { features, x, predictions, threshold, seed }: DriftInput,
  mostRows = MOST_ROWS,
): DriftFile {
  const random = Random.of(seed, STREAMS.drift);
  const rows = sampled(x.rows, mostRows, random.stream(0));
  const unseen = sampledPredictions(predictions, mostRows, random.stream(1));
  const cut = Math.fround(threshold);
  return {
    training_rows: x.rows,
    rows: rows.length,
    features: features.map((feature, i) => packedColumn(feature, columnOf(x, i, rows))),
    predictions: packedPredictions(unseen, cut),
    performance: performanceOf(unseen, cut, random.stream(2)),
  };
}

/** Positions in ascending order: all, or a random part of them. */
function sampled(rows: number, most: number, random: Random): Int32Array {
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  if (rows <= most) return all;
  random.shuffle(all);
  return all.slice(0, most).sort();
}

const columnOf = ({ data, columns }: Float32Matrix, column: number, rows: Int32Array) =>
  Float64Array.from(rows, (row) => data[row * columns + column] ?? Number.NaN);

function packedColumn(feature: FeatureSpec, cells: Float64Array): PackedColumn {
  const missing = cells.reduce((sum, cell) => sum + Number(Number.isNaN(cell)), 0);
  if (feature.kind === 'categorical') {
    const counts = feature.categories.map(() => 0);
    for (const code of cells) if (code in counts) counts[code] = (counts[code] as number) + 1;
    return { name: feature.name, kind: 'categorical', missing, counts };
  }
  const sample = numericSample(cells);
  // Distinct and rising stay so: each float32 has a shortest decimal of its own.
  const values = sample.values.map(shortestDecimal);
  return {
    name: feature.name,
    kind: 'numeric',
    missing,
    sample: packSample({ ...sample, values }),
  };
}

/** Scores as a served model answers them. */
function sampledPredictions(
  { source, y, scores }: UnseenPredictions,
  most: number,
  random: Random,
): UnseenPredictions {
  const rows = sampled(y.length, most, random);
  return {
    source,
    y: Uint8Array.from(rows, (row) => y[row] ?? 0),
    scores: Float64Array.from(rows, (row) => Math.fround(scores[row] ?? Number.NaN)),
  };
}

function packedPredictions({ source, scores }: UnseenPredictions, cut: number): PackedPredictions {
  const positive = scores.reduce((sum, score) => sum + Number(score >= cut), 0);
  return {
    source,
    rows: scores.length,
    score: packSample(numericSample(scores)),
    labels: { positive, negative: scores.length - positive },
  };
}

/** In chunks of a random order: files are often sorted by what they are about, and then a chunk has one class. */
function performanceOf(
  { y, scores }: UnseenPredictions,
  cut: number,
  random: Random,
): ReferencePerformance | null {
  if (y.length < CHUNKS * LEAST_CHUNK) return null;
  const order = sampled(y.length, y.length, random);
  random.shuffle(order);
  const chunks = Array.from({ length: CHUNKS }, (_, i) => {
    const bound = (chunk: number): number => Math.round((chunk * y.length) / CHUNKS);
    const part = order.subarray(bound(i), bound(i + 1));
    return metricsOf(
      Uint8Array.from(part, (row) => y[row] ?? 0),
      Float64Array.from(part, (row) => scores[row] ?? NaN),
      cut,
    );
  });
  return {
    rows: y.length,
    chunks: CHUNKS,
    metrics: Object.fromEntries(
      Object.keys(chunks[0] ?? {}).flatMap((name) => {
        const values = chunks.map(({ [name]: value }) => value ?? null);
        // A metric that a chunk does not have has no deviation over the chunks.
        return values.every((value) => value !== null) ? [[name, meanAndStd(values)] as const] : [];
      }),
    ),
    roc_auc: aucOf(y, scores),
  };
}

function metricsOf(
  y: Uint8Array,
  scores: Float64Array,
  cut: number,
): Readonly<Record<string, number | null>> {
  const matrix = confusionMatrix(y, scores, cut);
  const both = hasBothClasses(y);
  return {
    roc_auc: both ? rocAuc(y, scores) : null,
    average_precision: both ? averagePrecision(y, scores) : null,
    f1: f1(matrix),
    accuracy: accuracy(matrix),
    precision: precision(matrix),
    recall: recall(matrix),
  };
}

function aucOf(y: Uint8Array, scores: Float64Array): ReferencePerformance['roc_auc'] {
  if (!hasBothClasses(y)) return null;
  const { auc, low, high } = rocAucInterval(y, scores);
  return { value: auc, low, high };
}

const hasBothClasses = (y: Uint8Array): boolean => y.includes(0) && y.includes(1);

/** Divided by the number of values, as NannyML's thresholds are. */
function meanAndStd(values: readonly number[]): { readonly mean: number; readonly std: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, std: Math.sqrt(squares / values.length) };
}
