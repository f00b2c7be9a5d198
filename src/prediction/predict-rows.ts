// The data plane for many rows of one request: all are checked first and any fault refuses them all; then one run of the model, all rows
// stored, and one answer.
import { Injectable } from '@nestjs/common';
import type { Principal } from '../common/access.ts';
import { AppError } from '../common/errors.ts';
import { Config } from '../config/load-config.ts';
import type { ServedFeature } from '../features/feature-spec.ts';
import { PredictionInstruments } from '../metrics/instruments.ts';
import type { LoadedModel } from '../model/model-slot.ts';
import { traced } from '../tracing/active-span.ts';
import {
  ChallengerTraffic,
  type AfterAnswer,
  type ChallengerFailure,
} from './challenger-traffic.ts';
import { expectRoom } from './expect-room.ts';
import type { LoggedPrediction } from './logged-prediction.entity.ts';
import { PredictionStore } from './log/prediction-store.ts';
import { toLogRow } from './log-row.ts';
import { newPredictionIds } from './prediction-id.ts';
import { ProcessUsageSampler } from './process-usage.ts';
import { invalidInput, refusalLabels } from './refusal.ts';
import type { Rows } from './rows.ts';
import { labelsOf } from './score-row.ts';
import { encodeRows, scoreRows, type EncodedRows, type ScoredRows } from './score-rows.ts';
import { ServedModels, type ModelTarget } from './served-models.ts';

/** Reads the rows of a request by the features of the model that is to answer it. Throws BAD_REQUEST, INVALID_INPUT. */
export type RowReader = (features: readonly ServedFeature[]) => Rows;

/** What was answered, row by row. */
export interface RowsAnswer {
  readonly model: { readonly name: string; readonly version: string };
  /** Under which each row is in the log. */
  readonly ids: readonly string[];
  /** P(positive). */
  readonly probability: Float32Array;
  /** 1 where the label is the positive one. */
  readonly positive: Uint8Array;
}

interface Outcome {
  readonly scored: ScoredRows;
  readonly failure: ChallengerFailure | null;
}

@Injectable()
export class RowPredictions {
  private readonly usage = new ProcessUsageSampler();
  private readonly maxRows: number;

  constructor(
    private readonly models: ServedModels,
    private readonly traffic: ChallengerTraffic,
    private readonly log: PredictionStore,
    private readonly instruments: PredictionInstruments,
    { server }: Config,
  ) {
    this.maxRows = server.maxRowsPerRequest;
  }

  /**
   * Answers the rows, stored before. A request without a version goes to the canary if its caller does, and its rows are shown to a shadow.
   * Throws MODEL_NOT_FOUND, MODEL_NOT_READY, BAD_REQUEST, INVALID_INPUT, BODY_TOO_LARGE, MODEL_ERROR, UNAVAILABLE.
   */
  async predict(
    read: RowReader,
    caller: Principal,
    target: ModelTarget,
    afterAnswer: AfterAnswer,
  ): Promise<RowsAnswer> {
    // Nothing is awaited until a score has started: no model can be swapped away before it holds its share.
    const model = this.models.find(target);
    expectRoom(this.log, this.instruments, model);
    const { rows, encoded } = this.check(model, read);
    const isOpen = target.version === undefined;
    const canary = isOpen ? this.traffic.canaryFor(model, caller.userId) : null;
    const { scored, failure } = await (canary === null
      ? this.score(model, encoded)
      : this.scoreByCanary(canary, model, rows, encoded));

    const ids = newPredictionIds(rows.count);
    const isShown = isOpen && canary === null && this.traffic.isShadowed(model);
    // Ten thousand rows would be made for nobody where none is stored or shown.
    const isKept = this.log.keepsRows || isShown || failure !== null;
    const stored = isKept ? this.toLog(scored, rows, ids, caller) : [];
    await this.store(scored, stored);
    if (failure !== null) this.keepFailure(stored, failure, afterAnswer);
    else if (isShown)
      afterAnswer(() => {
        this.traffic.shadowAll(model, stored, rows);
      });
    const { name, version } = scored.model.version;
    return {
      model: { name, version },
      ids,
      probability: scored.probability,
      positive: scored.positive,
    };
  }

  private check(model: LoadedModel, read: RowReader): { rows: Rows; encoded: EncodedRows } {
    const name = labelsOf(model).model;
    try {
      const rows = read(model.bundle.features.features);
      this.checkCount(rows.count);
      const encoded = encodeRows(model, rows);
      if (encoded.issues.length === 0) return { rows, encoded };
      for (const { field, code } of encoded.issues)
        this.instruments.refused(name, ...refusalLabels(field, code));
      throw invalidInput(
        encoded.issues.map(({ row, field, ...issue }) => ({
          ...issue,
          field: `rows[${row}].${field}`,
        })),
      );
    } catch (error) {
      this.instruments.failed(name, 'invalid_input');
      throw error;
    }
  }

  private checkCount(count: number): void {
    if (count === 0)
      throw new AppError('INVALID_INPUT', 'There is no row to predict; send at least one.');
    if (count > this.maxRows)
      throw new AppError(
        'BODY_TOO_LARGE',
        `One request holds at most ${this.maxRows} rows (MAX_ROWS_PER_REQUEST).`,
      );
  }

  private async score(model: LoadedModel, encoded: EncodedRows): Promise<Outcome> {
    try {
      const facts = { ...labelsOf(model), rows: encoded.count };
      const scored = await traced('infer', facts, () => scoreRows(model, encoded));
      return { scored, failure: null };
    } catch (error) {
      this.instruments.failed(labelsOf(model).model, 'model_error');
      throw error;
    }
  }

  /** All by the challenger; all by the champion, kept alive meanwhile, where the challenger cannot score one of them. */
  private async scoreByCanary(
    canary: LoadedModel,
    champion: LoadedModel,
    rows: Rows,
    encoded: EncodedRows,
  ): Promise<Outcome> {
    champion.scorer.retain();
    try {
      const attempt = await this.traffic.attemptAll(canary, rows);
      if (!('reason' in attempt)) return { scored: attempt, failure: null };
      return { ...(await this.score(champion, encoded)), failure: attempt };
    } finally {
      await champion.scorer.release();
    }
  }

  /** Stores all rows and, only then, counts the predictions. */
  private async store(scored: ScoredRows, rows: readonly LoggedPrediction[]): Promise<void> {
    const series = this.instruments.of(labelsOf(scored.model));
    series.validate.observe(scored.encodeMs / 1000);
    series.infer.observe(scored.inferMs / 1000);
    const startedAt = performance.now();
    const facts = { ...labelsOf(scored.model), rows: rows.length };
    if (this.log.keepsRows) await traced('log', facts, () => this.log.store(rows));
    series.log.observe((performance.now() - startedAt) / 1000);
    series.predictedAll(scored.positive, scored.probability, () => true);
  }

  private toLog(
    scored: ScoredRows,
    rows: Rows,
    ids: readonly string[],
    caller: Principal,
  ): LoggedPrediction[] {
    const { model, warnings, encodeMs, inferMs } = scored;
    const usage = this.usage.sample();
    // Its share of the run that it was part of.
    const durationMs = (encodeMs + inferMs) / rows.count;
    return Array.from(scored.probability, (probability, i) => {
      const answered = {
        id: ids[i] ?? '',
        caller,
        key: null,
        model,
        inputs: this.log.keepsRows ? JSON.stringify(rows.row(i)) : '',
        probability,
        positive: scored.positive[i] === 1,
        warnings: warnings[i] ?? [],
        durationMs,
        explanation: null,
      };
      return toLogRow(answered, usage);
    });
  }

  private keepFailure(
    stored: readonly LoggedPrediction[],
    failure: ChallengerFailure,
    afterAnswer: AfterAnswer,
  ): void {
    const later: (() => void)[] = [];
    const door = { afterAnswer: (work: () => void) => later.push(work) };
    for (const row of stored) this.traffic.keepFailure(row, failure, door);
    afterAnswer(() => {
      for (const work of later) work();
    });
  }
}
