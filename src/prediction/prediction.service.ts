// The data plane: check and encode by the live model, score, store, then answer. Every protocol is a door to this.
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../common/access.ts';
import { PredictionInstruments } from '../metrics/instruments.ts';
import { ModelSlot, type LoadedModel } from '../model/model-slot.ts';
import {
  ChallengerTraffic,
  type AfterAnswer,
  type ChallengerFailure,
} from './challenger-traffic.ts';
import type { LoggedPrediction } from './logged-prediction.entity.ts';
import { readPredictRequest, type PredictRequest } from './predict-request.ts';
import type { PredictionResponse } from './prediction.dto.ts';
import { PredictionStore } from './log/prediction-store.ts';
import { RowPredictions, type RowReader, type RowsAnswer } from './predict-rows.ts';
import { ProcessUsageSampler } from './process-usage.ts';
import { invalidInput, refusalLabels } from './refusal.ts';
import { encodeRow, labelsOf, scoreRow, type EncodedRow, type ScoredRow } from './score-row.ts';
import type { ModelTarget } from './served-models.ts';

/** A row that a model scored, and why it was not the canary where it should have been. */
interface Outcome {
  readonly scored: ScoredRow;
  readonly failure: ChallengerFailure | null;
}

@Injectable()
export class PredictionService {
  private readonly usage = new ProcessUsageSampler();

  constructor(
    private readonly slot: ModelSlot,
    private readonly traffic: ChallengerTraffic,
    private readonly log: PredictionStore,
    private readonly instruments: PredictionInstruments,
    private readonly rows: RowPredictions,
  ) {
    slot.onSwap((model) => {
      instruments.expectModel(labelsOf(model), model.bundle.report.threshold);
    });
  }

  /**
   * Answers one row, stored before; `afterAnswer` gets what is to be done once the caller has it. Throws MODEL_NOT_READY, BAD_REQUEST,
   * INVALID_INPUT, MODEL_ERROR, UNAVAILABLE.
   */
  async predict(
    body: unknown,
    caller: Principal,
    afterAnswer: AfterAnswer,
  ): Promise<PredictionResponse> {
    this.log.expectRoom();
    // Nothing is awaited until a score has started: no model can be swapped away before it holds its share.
    const champion = this.slot.current();
    const { request, row } = this.check(champion, body);
    const canary = this.traffic.canaryFor(champion, request.key ?? caller.userId);
    const { scored, failure } = await (canary === null
      ? this.score(champion, row)
      : this.scoreByCanary(canary, champion, row, request.features));

    const answer = answerOf(scored);
    const stored = await this.store(scored, this.toRow(answer, request, caller, scored));
    if (failure !== null) this.traffic.keepFailure(stored, failure, afterAnswer);
    else if (canary === null) this.traffic.shadow(champion, stored, request.features, afterAnswer);
    return answer;
  }

  /** Answers many rows of one request, all or none; see RowPredictions. */
  predictRows(
    read: RowReader,
    caller: Principal,
    target: ModelTarget,
    afterAnswer: AfterAnswer,
  ): Promise<RowsAnswer> {
    return this.rows.predict(read, caller, target, afterAnswer);
  }

  private check(
    champion: LoadedModel,
    body: unknown,
  ): { readonly request: PredictRequest; readonly row: EncodedRow } {
    const { model } = labelsOf(champion);
    try {
      const request = readPredictRequest(body);
      const row = encodeRow(champion, request.features);
      if (row.issues.length === 0) return { request, row };
      for (const { field, code } of row.issues)
        this.instruments.refused(model, ...refusalLabels(field, code));
      throw invalidInput(row.issues);
    } catch (error) {
      this.instruments.failed(model, 'invalid_input');
      throw error;
    }
  }

  private async score(champion: LoadedModel, row: EncodedRow): Promise<Outcome> {
    try {
      return { scored: await scoreRow(champion, row), failure: null };
    } catch (error) {
      this.instruments.failed(labelsOf(champion).model, 'model_error');
      throw error;
    }
  }

  /** By the challenger; by the champion, kept alive meanwhile, where the challenger cannot. */
  private async scoreByCanary(
    canary: LoadedModel,
    champion: LoadedModel,
    row: EncodedRow,
    features: unknown,
  ): Promise<Outcome> {
    champion.scorer.retain();
    try {
      const attempt = await this.traffic.attempt(canary, features, 'canary');
      if (!('reason' in attempt)) return { scored: attempt, failure: null };
      return { ...(await this.score(champion, row)), failure: attempt };
    } finally {
      await champion.scorer.release();
    }
  }

  /** Stores the row and, only then, counts the prediction. */
  private async store(scored: ScoredRow, row: LoggedPrediction): Promise<LoggedPrediction> {
    const labels = labelsOf(scored.model);
    this.instruments.took('validate', labels, scored.encodeMs / 1000);
    this.instruments.took('infer', labels, scored.inferMs / 1000);
    const startedAt = performance.now();
    await this.log.store([row]);
    this.instruments.took('log', labels, (performance.now() - startedAt) / 1000);
    const outcome = scored.positive ? 'high_risk' : 'low_risk';
    this.instruments.predicted(labels, outcome, scored.probability);
    return row;
  }

  private toRow(
    answer: PredictionResponse,
    { features, key }: PredictRequest,
    caller: Principal,
    { encodeMs, inferMs }: ScoredRow,
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
      durationMs: encodeMs + inferMs,
      ...this.usage.sample(),
    };
  }
}

function answerOf({ model, label, probability, warnings }: ScoredRow): PredictionResponse {
  const { model: name, version } = labelsOf(model);
  return {
    id: randomUUID(),
    label,
    probability,
    threshold: model.bundle.report.threshold,
    model: { name, version },
    warnings,
  };
}
