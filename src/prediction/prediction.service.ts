// The data plane: check and encode by the live model, score, store, then answer. Every protocol is a door to this.
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../common/access.ts';
import { AppError, type FieldError } from '../common/errors.ts';
import type { FieldIssue, RangeWarning } from '../features/feature-spec.ts';
import { PredictionInstruments, type ModelLabels } from '../metrics/instruments.ts';
import { ModelSlot, type LoadedModel } from '../model/model-slot.ts';
import type { LoggedPrediction } from './logged-prediction.entity.ts';
import { readPredictRequest, type PredictRequest } from './predict-request.ts';
import type { PredictionResponse } from './prediction.dto.ts';
import { PredictionLog } from './prediction-log.ts';
import { ProcessUsageSampler } from './process-usage.ts';

const MAX_NAMED = 10;

@Injectable()
export class PredictionService {
  private readonly usage = new ProcessUsageSampler();

  constructor(
    private readonly slot: ModelSlot,
    private readonly log: PredictionLog,
    private readonly instruments: PredictionInstruments,
  ) {
    slot.onSwap((model) => {
      instruments.expectModel(labelsOf(model), model.bundle.report.threshold);
    });
  }

  /** Answers one row, stored before. Throws MODEL_NOT_READY, BAD_REQUEST, INVALID_INPUT, MODEL_ERROR, UNAVAILABLE. */
  async predict(body: unknown, caller: Principal): Promise<PredictionResponse> {
    const startedAt = performance.now();
    const model = this.slot.current();
    const labels = labelsOf(model);
    const { request, row, warnings } = this.check(model, body, labels);
    const checkedAt = performance.now();
    // Nothing is awaited before score(): the model cannot be swapped away before it holds its share.
    const { probability, positive } = await this.score(model, row);
    const scoredAt = performance.now();
    this.instruments.took('validate', labels, (checkedAt - startedAt) / 1000);
    this.instruments.took('infer', labels, (scoredAt - checkedAt) / 1000);

    const { positive_label, negative_label } = model.bundle.features;
    const answer: PredictionResponse = {
      id: randomUUID(),
      label: positive ? positive_label : negative_label,
      probability,
      threshold: model.bundle.report.threshold,
      model: { name: labels.model, version: labels.version },
      warnings,
    };
    await this.log.store(this.toRow(answer, request, caller, scoredAt - startedAt));
    this.instruments.took('log', labels, (performance.now() - scoredAt) / 1000);
    this.instruments.predicted(labels, positive ? 'high_risk' : 'low_risk', probability);
    return answer;
  }

  private check(
    { encoder }: LoadedModel,
    body: unknown,
    { model }: ModelLabels,
  ): { request: PredictRequest; row: Float32Array; warnings: readonly RangeWarning[] } {
    try {
      const request = readPredictRequest(body);
      const row = new Float32Array(encoder.width);
      const { issues, warnings } = encoder.encodeInto(request.features, row, 0);
      if (issues.length === 0) return { request, row, warnings };
      for (const { field, code } of issues)
        this.instruments.refused(model, ...refusalLabels(field, code));
      throw invalidInput(issues);
    } catch (error) {
      this.instruments.failed(model, 'invalid_input');
      throw error;
    }
  }

  private async score(
    { scorer, version }: LoadedModel,
    row: Float32Array,
  ): Promise<{ probability: number; positive: boolean }> {
    try {
      const scores = await scorer.score(row, 1);
      const probability = scores.probability[0] ?? Number.NaN;
      if (Number.isFinite(probability)) return { probability, positive: scores.label[0] === 1 };
      throw new AppError('MODEL_ERROR', 'The model gave no finite probability for this row.');
    } catch (error) {
      this.instruments.failed(version.name, 'model_error');
      throw error;
    }
  }

  private toRow(
    answer: PredictionResponse,
    { features, key }: PredictRequest,
    caller: Principal,
    durationMs: number,
  ): LoggedPrediction {
    return {
      id: answer.id,
      createdAt: Date.now(),
      userId: caller.userId,
      credential: `${caller.via}:${caller.credentialId}`,
      key,
      modelName: answer.model.name,
      modelVersion: answer.model.version,
      inputs: JSON.stringify(features),
      probability: answer.probability,
      label: answer.label,
      threshold: answer.threshold,
      warnings: JSON.stringify(answer.warnings),
      durationMs,
      ...this.usage.sample(),
    };
  }
}

const labelsOf = ({ version }: LoadedModel): ModelLabels => ({
  model: version.name,
  version: version.version,
});

/** Bounded labels: a name that a caller chose is never one. */
function refusalLabels(field: string, code: FieldIssue['code']): [feature: string, rule: string] {
  switch (code) {
    case 'unknown':
      return ['unknown', 'unknown'];
    case 'missing':
    case 'null':
      return [field, 'missing'];
    case 'type':
    case 'not_finite':
      return [field, 'type'];
    case 'range':
    case 'category':
      return [field, code];
  }
}

function invalidInput(errors: readonly FieldError[]): AppError {
  const names = errors.slice(0, MAX_NAMED).map(({ field }) => field);
  const more = errors.length > MAX_NAMED ? `, and ${errors.length - MAX_NAMED} more` : '';
  return new AppError(
    'INVALID_INPUT',
    `The input does not fit the model: ${names.join(', ')}${more}.`,
    { errors },
  );
}
