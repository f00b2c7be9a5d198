// Which rows the challenger gets, and what comes of them: a canary answers a stable share of the callers, a shadow scores what the champion
// has answered. The champion's contract is the contract in every mode: rows come here after it took them.
import { Injectable } from '@nestjs/common';
import {
  ChallengerInstruments,
  ComparisonInstruments,
  type FailureReason,
  type TrafficMode,
} from '../metrics/instruments.ts';
import { Challenger } from '../model/challenger.ts';
import type { ExplanationChoice } from '../model/model-explainer.ts';
import { isSame, type LoadedModel } from '../model/model-slot.ts';
import { traced } from '../tracing/active-span.ts';
import { inCanary } from './canary-share.ts';
import type { ChallengerPrediction } from './challenger-prediction.entity.ts';
import { ComparisonQueue } from './comparison-queue.ts';
import { scoreAndExplain } from './explanation/explain-row.ts';
import type { LoggedPrediction } from './logged-prediction.entity.ts';
import type { Rows } from './rows.ts';
import { encodeRow, labelsOf, scoreRow, type ScoredRow } from './score-row.ts';
import { encodeRows, scoreRows, type ScoredRows } from './score-rows.ts';

/** Runs work once the caller has the answer; each door knows when that is. */
export type AfterAnswer = (work: () => void) => void;

/** Why the challenger has no score for a row. */
export interface ChallengerFailure {
  readonly model: LoadedModel;
  readonly reason: FailureReason;
  readonly durationMs: number;
}

@Injectable()
export class ChallengerTraffic {
  constructor(
    private readonly challenger: Challenger,
    private readonly queue: ComparisonQueue,
    private readonly instruments: ChallengerInstruments,
    comparisons: ComparisonInstruments,
  ) {
    challenger.slot.onSwap((model) => {
      const labels = labelsOf(model);
      instruments.expectChallenger(labels);
      comparisons.expectChallenger(labels);
    });
  }

  /** The model that answers this caller in the champion's place; null where the champion does. */
  canaryFor(champion: LoadedModel, caller: string): LoadedModel | null {
    const model = this.opponentOf(champion, 'canary');
    return model !== null && inCanary(caller, this.challenger.share) ? model : null;
  }

  /** Scores a row, and says why where that is asked; a challenger that cannot is counted and told, never thrown. */
  async attempt(
    model: LoadedModel,
    features: unknown,
    mode: TrafficMode,
    explain: ExplanationChoice | null = null,
  ): Promise<ScoredRow | ChallengerFailure> {
    const labels = labelsOf(model);
    const row = encodeRow(model, features);
    if (row.issues.length > 0) {
      this.instruments.failed(labels, mode, 'invalid_input');
      return { model, reason: 'invalid_input', durationMs: row.encodeMs };
    }
    const startedAt = performance.now();
    try {
      const scored = await (explain === null
        ? scoreRow(model, row)
        : scoreAndExplain(model, row, explain));
      this.instruments.scored(labels, mode, (scored.encodeMs + scored.inferMs) / 1000);
      return scored;
    } catch {
      this.instruments.failed(labels, mode, 'model_error');
      const durationMs = row.encodeMs + performance.now() - startedAt;
      return { model, reason: 'model_error', durationMs };
    }
  }

  /** Scores all rows of a request in the champion's place, or none of them; a failure is counted once and told, never thrown. */
  async attemptAll(model: LoadedModel, rows: Rows): Promise<ScoredRows | ChallengerFailure> {
    const labels = labelsOf(model);
    const encoded = encodeRows(model, rows);
    if (encoded.issues.length > 0) {
      this.instruments.failed(labels, 'canary', 'invalid_input');
      return { model, reason: 'invalid_input', durationMs: encoded.encodeMs };
    }
    const startedAt = performance.now();
    try {
      const facts = { ...labels, rows: rows.count };
      const scored = await traced('infer', facts, () => scoreRows(model, encoded));
      const seconds = (scored.encodeMs + scored.inferMs) / rows.count / 1000;
      for (let i = 0; i < rows.count; i += 1) this.instruments.scored(labels, 'canary', seconds);
      return scored;
    } catch {
      this.instruments.failed(labels, 'canary', 'model_error');
      const durationMs = encoded.encodeMs + performance.now() - startedAt;
      return { model, reason: 'model_error', durationMs };
    }
  }

  /** Shows the challenger, later, what the champion has answered; nothing happens but in shadow mode. */
  shadow(
    champion: LoadedModel,
    answer: LoggedPrediction,
    asked: { readonly features: unknown },
    door: { afterAnswer: AfterAnswer },
  ): void {
    const offered = this.opponentOf(champion, 'shadow');
    if (offered === null) return;
    door.afterAnswer(() => {
      this.queue.add(labelsOf(offered), () => this.compare(champion, answer, asked.features));
    });
  }

  /** Whether what this champion answers is shown to a challenger. */
  isShadowed(champion: LoadedModel): boolean {
    return this.opponentOf(champion, 'shadow') !== null;
  }

  /** The same for many rows, to be called once the answer has left. */
  shadowAll(champion: LoadedModel, answers: readonly LoggedPrediction[], rows: Rows): void {
    const offered = this.opponentOf(champion, 'shadow');
    if (offered === null) return;
    answers.forEach((answer, i) => {
      this.queue.add(labelsOf(offered), () => this.compare(champion, answer, rows.row(i)));
    });
  }

  /** Keeps, later, that the challenger should have given this answer of the champion's. */
  keepFailure(
    answer: LoggedPrediction,
    failure: ChallengerFailure,
    door: { afterAnswer: AfterAnswer },
  ): void {
    door.afterAnswer(() => {
      this.queue.add(labelsOf(failure.model), () =>
        Promise.resolve(toRow(answer, 'canary', failure)),
      );
    });
  }

  /** By the challenger of the moment: the one at the time of the answer may be gone, or be the champion by now. */
  private async compare(
    champion: LoadedModel,
    answer: LoggedPrediction,
    features: unknown,
  ): Promise<ChallengerPrediction | null> {
    const model = this.opponentOf(champion, 'shadow');
    if (model === null) return null;
    const outcome = await this.attempt(model, features, 'shadow');
    if (!('reason' in outcome)) {
      const difference = Math.abs(outcome.probability - answer.probability);
      this.instruments.compared(labelsOf(model), difference, outcome.label !== answer.label);
    }
    return toRow(answer, 'shadow', outcome);
  }

  /** The challenger, if that is its mode and it is another version than the champion. */
  private opponentOf(champion: LoadedModel, mode: TrafficMode): LoadedModel | null {
    if (this.challenger.mode !== mode) return null;
    const model = this.challenger.current();
    return model === null || isSame(model.version, champion.version) ? null : model;
  }
}

function toRow(
  answer: LoggedPrediction,
  mode: TrafficMode,
  outcome: ScoredRow | ChallengerFailure,
): ChallengerPrediction {
  const champion = {
    predictionId: answer.id,
    createdAt: answer.createdAt,
    mode,
    modelName: answer.modelName,
    championVersion: answer.modelVersion,
    championProbability: answer.probability,
    championLabel: answer.label,
    championDurationMs: answer.durationMs,
    version: outcome.model.version.version,
  };
  if ('reason' in outcome) {
    const { durationMs, reason } = outcome;
    return { ...champion, probability: null, label: null, durationMs, error: reason };
  }
  const { probability, label, encodeMs, inferMs } = outcome;
  return { ...champion, probability, label, durationMs: encodeMs + inferMs, error: null };
}
