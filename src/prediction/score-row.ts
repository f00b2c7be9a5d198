// One row through one loaded model: encoded, scored, and how long each took.
import { AppError } from '../common/errors.ts';
import type { RowReport } from '../features/encode-row.ts';
import type { ModelLabels } from '../metrics/instruments.ts';
import type { LoadedModel } from '../model/model-slot.ts';
import type { TimedExplanation } from './explanation/explanation.ts';

export interface EncodedRow extends RowReport {
  readonly cells: Float32Array;
  readonly encodeMs: number;
}

export interface ScoredRow {
  readonly model: LoadedModel;
  readonly probability: number;
  readonly positive: boolean;
  readonly label: string;
  readonly warnings: RowReport['warnings'];
  readonly encodeMs: number;
  readonly inferMs: number;
  /** null where nobody asked why. */
  readonly explained: TimedExplanation | null;
}

/** The features as the model takes them; where there are issues, the cells mean nothing. */
export function encodeRow({ encoder }: LoadedModel, features: unknown): EncodedRow {
  const startedAt = performance.now();
  const cells = new Float32Array(encoder.width);
  const { issues, warnings } = encoder.encodeInto(features, cells, 0);
  return { cells, issues, warnings, encodeMs: performance.now() - startedAt };
}

/** Scores a row without issues. Await nothing between asking a slot for the model and this. Throws MODEL_ERROR. */
export function scoreRow(model: LoadedModel, row: EncodedRow): Promise<ScoredRow> {
  return new Promise((resolve, notScored) => {
    model.scorer.rows.add(row.cells, {
      scored: (probability, positive, ms) => {
        if (Number.isFinite(probability)) resolve(toScored(model, row, probability, positive, ms));
        else notScored(notFinite());
      },
      notScored,
    });
  });
}

export function toScored(
  model: LoadedModel,
  { warnings, encodeMs }: EncodedRow,
  probability: number,
  positive: boolean,
  inferMs: number,
): ScoredRow {
  const label = classLabel(model, positive);
  return { model, probability, positive, label, warnings, encodeMs, inferMs, explained: null };
}

export function classLabel({ bundle }: LoadedModel, positive: boolean): string {
  const { positive_label, negative_label } = bundle.features;
  return positive ? positive_label : negative_label;
}

export const notFinite = (): AppError =>
  new AppError('MODEL_ERROR', 'The model gave no finite probability for this row.');

export const labelsOf = ({ version }: LoadedModel): ModelLabels => ({
  model: version.name,
  version: version.version,
});
