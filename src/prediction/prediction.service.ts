// The data plane: check and encode by the live model, score, store, then answer. Every protocol is a door to this.
import { Injectable } from '@nestjs/common';
import type { Principal } from '../common/access.ts';
import { PredictionInstruments } from '../metrics/instruments.ts';
import { ModelSlot, type LoadedModel } from '../model/model-slot.ts';
import { ChallengerTraffic, type AfterAnswer } from './challenger-traffic.ts';
import {
  PendingPrediction,
  type AskedRow,
  type Door,
  type PredictionParts,
} from './pending-prediction.ts';
import type { PredictionResponse } from './prediction.dto.ts';
import { readPredictRequest } from './predict-request.ts';
import { PredictionStore } from './log/prediction-store.ts';
import { RowPredictions, type RowReader, type RowsAnswer } from './predict-rows.ts';
import { ProcessUsageSampler } from './process-usage.ts';
import { invalidInput, refusalLabels } from './refusal.ts';
import { encodeRow, labelsOf } from './score-row.ts';
import type { ModelTarget } from './served-models.ts';

@Injectable()
export class PredictionService {
  private readonly parts: PredictionParts;

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
    this.parts = { log, traffic, instruments, usage: new ProcessUsageSampler() };
  }

  /**
   * Answers one row, stored before. `text`: the body as it came, where the door has it. The door may be refused MODEL_NOT_READY, BAD_REQUEST,
   * INVALID_INPUT, MODEL_ERROR, UNAVAILABLE.
   */
  begin(body: unknown, text: string | null, caller: Principal, door: Door): void {
    try {
      this.log.expectRoom();
      // Nothing is awaited until a score has started: no model can be swapped away before it holds its share.
      const champion = this.slot.current();
      const asked = this.check(champion, body, text);
      const canary = this.traffic.canaryFor(champion, asked.request.key ?? caller.userId);
      const pending = new PendingPrediction(this.parts, champion, asked, caller, door);
      if (canary === null) pending.askChampion();
      else void this.askCanary(canary, champion, asked, pending);
    } catch (error) {
      door.refused(error);
    }
  }

  /** The same as a promise. */
  predict(body: unknown, caller: Principal, afterAnswer: AfterAnswer): Promise<PredictionResponse> {
    return new Promise((answered, refused) => {
      this.begin(body, null, caller, { answered, refused, afterAnswer });
    });
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

  private check(champion: LoadedModel, body: unknown, text: string | null): AskedRow {
    const { model } = labelsOf(champion);
    try {
      const request = readPredictRequest(body);
      const row = encodeRow(champion, request.features);
      if (row.issues.length === 0) return { request, text, row };
      for (const { field, code } of row.issues)
        this.instruments.refused(model, ...refusalLabels(field, code));
      throw invalidInput(row.issues);
    } catch (error) {
      this.instruments.failed(model, 'invalid_input');
      throw error;
    }
  }

  /** By the challenger; by the champion, kept alive meanwhile, where the challenger cannot. */
  private async askCanary(
    canary: LoadedModel,
    champion: LoadedModel,
    { request }: AskedRow,
    pending: PendingPrediction,
  ): Promise<void> {
    champion.scorer.retain();
    try {
      const attempt = await this.traffic.attempt(canary, request.features, 'canary');
      if ('reason' in attempt) pending.canaryFailed(attempt);
      else pending.canaryAnswered(attempt);
    } finally {
      await champion.scorer.release();
    }
  }
}
