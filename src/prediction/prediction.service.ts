// The data plane: check and encode by the live model, score, store, then answer. Every protocol is a door to this.
import { Injectable } from '@nestjs/common';
import type { Principal } from '../common/access.ts';
import { parseStrictJson } from '../common/strict-json.ts';
import { PredictionInstruments } from '../metrics/instruments.ts';
import type { ExplanationChoice } from '../model/model-explainer.ts';
import { ModelSlot, type LoadedModel } from '../model/model-slot.ts';
import { expectRoom } from './expect-room.ts';
import { ChallengerTraffic, type AfterAnswer } from './challenger-traffic.ts';
import {
  AskedRow,
  PendingPrediction,
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
import { scanBody } from './scan-body.ts';
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
   * Answers one row, stored before, given the JSON of the request. The door may be refused MALFORMED_JSON, DUPLICATE_KEY, MODEL_NOT_READY,
   * BAD_REQUEST, INVALID_INPUT, MODEL_ERROR, UNAVAILABLE.
   */
  begin(json: Buffer, caller: Principal, door: Door): void {
    try {
      const asked = this.scan(json);
      if (asked === null) this.answer(parseStrictJson(json.toString()), null, caller, door);
      else this.send(this.ready(), asked, caller, door);
    } catch (error) {
      door.refused(error);
    }
  }

  /**
   * The same as a promise, given what the JSON says; where the answer is to say why, EXPLANATION_UNAVAILABLE and BUNDLE_INVALID besides.
   * `afterAnswer` gets what is to be done once the caller has the answer.
   */
  predict(
    body: unknown,
    caller: Principal,
    afterAnswer: AfterAnswer,
    explain: ExplanationChoice | null = null,
  ): Promise<PredictionResponse> {
    return new Promise((answered, refused) => {
      this.answer(body, explain, caller, { answered, refused, afterAnswer });
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

  private answer(
    body: unknown,
    explain: ExplanationChoice | null,
    caller: Principal,
    door: Door,
  ): void {
    const champion = this.ready();
    if (explain !== null) champion.explainer.expect(explain);
    this.send(champion, this.check(champion, body, explain), caller, door);
  }

  /** The live model. Throws UNAVAILABLE, MODEL_NOT_READY. */
  private ready(): LoadedModel {
    expectRoom(this.log, this.instruments, this.slot.peek());
    return this.slot.current();
  }

  /** Nothing is awaited between ready() and here: no model can be swapped away before a score holds its share. */
  private send(champion: LoadedModel, asked: AskedRow, caller: Principal, door: Door): void {
    const canary = this.canaryFor(champion, asked, caller);
    const pending = new PendingPrediction(this.parts, champion, asked, caller, door);
    if (canary === null) pending.askChampion();
    else void this.askCanary(canary, champion, asked, pending);
  }

  /** A challenger that cannot say why leaves those who want to know to the champion. */
  private canaryFor(
    champion: LoadedModel,
    { key, explain }: AskedRow,
    caller: Principal,
  ): LoadedModel | null {
    const canary = this.traffic.canaryFor(champion, key ?? caller.userId);
    return explain === null || canary?.explainer.can(explain) === true ? canary : null;
  }

  /** A body that leaves no question; null for all others. */
  private scan(json: Buffer): AskedRow | null {
    const champion = this.slot.peek();
    if (champion === null) return null;
    const startedAt = performance.now();
    const cells = new Float32Array(champion.encoder.width);
    const features = scanBody(champion.scanner, json, cells);
    if (features === null) return null;
    const row = { cells, issues: [], warnings: [], encodeMs: performance.now() - startedAt };
    return new AskedRow(row, null, features.toString(), null);
  }

  private check(champion: LoadedModel, body: unknown, explain: ExplanationChoice | null): AskedRow {
    const { model } = labelsOf(champion);
    try {
      const { features, key } = readPredictRequest(body);
      const row = encodeRow(champion, features);
      if (row.issues.length === 0) return new AskedRow(row, key, JSON.stringify(features), explain);
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
    { features, explain }: AskedRow,
    pending: PendingPrediction,
  ): Promise<void> {
    champion.scorer.retain();
    try {
      const attempt = await this.traffic.attempt(canary, features, 'canary', explain);
      if ('reason' in attempt) pending.canaryFailed(attempt);
      else pending.canaryAnswered(attempt);
    } finally {
      await champion.scorer.release();
    }
  }
}
