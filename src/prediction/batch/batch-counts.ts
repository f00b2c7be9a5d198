// What is counted of batches: row by row, as of every other door.
import { Injectable } from '@nestjs/common';
import { AppError, type FieldError } from '../../common/errors.ts';
import type { FieldIssue } from '../../features/feature-spec.ts';
import { PredictionInstruments } from '../../metrics/instruments.ts';
import type { LoadedModel } from '../../model/model-slot.ts';
import { refusalLabels } from '../refusal.ts';
import { labelsOf } from '../score-row.ts';
import type { RefusedRow } from './row-block.ts';
import { MODEL_ERROR } from './batch-scorer.ts';
import type { ScoredBlock } from './scored-block.ts';

/** Of the encoder; a reader has more of them, for rows that are none. */
const CODES: ReadonlySet<string> = new Set<FieldIssue['code']>([
  'unknown',
  'missing',
  'type',
  'not_finite',
  'range',
  'category',
  'null',
]);

@Injectable()
export class BatchCounts {
  constructor(private readonly instruments: PredictionInstruments) {}

  answered(model: LoadedModel, block: ScoredBlock): void {
    const { refused, probability, positive, inferMs, explanations, explainMs } = block;
    const series = this.instruments.of(labelsOf(model));
    series.infer.observe(inferMs / 1000);
    if (explanations !== null) series.explain.observe(explainMs / 1000);
    const left = new Set(refused.map(({ at }) => at));
    series.predictedAll(positive, probability, (at) => !left.has(at));
    for (const row of refused) this.refused(model, row);
  }

  /** A batch that came to no end. */
  failed({ version }: LoadedModel, error: unknown): void {
    if (!(error instanceof AppError)) return;
    if (error.code === 'MODEL_ERROR') this.instruments.failed(version.name, 'model_error');
    else if (error.code === 'INVALID_INPUT' || error.code === 'MALFORMED_JSON')
      this.instruments.failed(version.name, 'invalid_input');
  }

  private refused({ version, bundle }: LoadedModel, { errors }: RefusedRow): void {
    const isModel = errors.some(({ code }) => code === MODEL_ERROR);
    this.instruments.failed(version.name, isModel ? 'model_error' : 'invalid_input');
    if (isModel) return;
    const names = new Set(bundle.features.features.map(({ name }) => name));
    for (const error of errors) this.instruments.refused(version.name, ...labelsFor(error, names));
  }
}

/** Bounded, as those of every other door: a name that a caller chose is none. */
function labelsFor(
  { field, code }: FieldError,
  names: ReadonlySet<string>,
): readonly [feature: string, rule: string] {
  if (code === 'unknown') return ['unknown', 'unknown'];
  if (!names.has(field) || !CODES.has(code)) return ['row', 'malformed'];
  return refusalLabels(field, code as FieldIssue['code']);
}
