// One prediction on its way from the model to the caller: scored, stored, then answered. An object that the model's batches and the log's
// transactions call back: the same as a chain of promises took 8 us longer.
import type { Principal } from '../common/access.ts';
import type { PredictionInstruments } from '../metrics/instruments.ts';
import type { ExplanationChoice } from '../model/model-explainer.ts';
import type { LoadedModel } from '../model/model-slot.ts';
import type { RowWaiter } from '../model/micro-batcher.ts';
import { activeSpan, errorTypeOf } from '../tracing/active-span.ts';
import type { PartFacts, Span } from '../tracing/tracing.ts';
import type { ChallengerFailure, ChallengerTraffic } from './challenger-traffic.ts';
import { scoreAndExplain } from './explanation/explain-row.ts';
import type { CommitWaiter } from './log/group-commit.ts';
import type { PredictionStore } from './log/prediction-store.ts';
import type { LoggedPrediction } from './logged-prediction.entity.ts';
import type { PredictionResponse } from './prediction.dto.ts';
import { toLogRow } from './log-row.ts';
import { newPredictionId } from './prediction-id.ts';
import type { ProcessUsageSampler } from './process-usage.ts';
import { labelsOf, notFinite, toScored, type EncodedRow, type ScoredRow } from './score-row.ts';

/** Who asked, as a door knows it: told once, by `answered` or by `refused`, which throw nothing. */
export interface Door {
  answered(answer: PredictionResponse): void;
  refused(error: unknown): void;
  afterAnswer(work: () => void): void;
}

/** What every prediction needs on its way. */
export interface PredictionParts {
  readonly log: PredictionStore;
  readonly traffic: ChallengerTraffic;
  readonly instruments: PredictionInstruments;
  readonly usage: ProcessUsageSampler;
}

/** What was asked, checked. */
export class AskedRow {
  constructor(
    readonly row: EncodedRow,
    /** The caller's own reference. */
    readonly key: string | null,
    /** The features as JSON. */
    readonly inputs: string,
    /** Whether the answer is to say why, and how. */
    readonly explain: ExplanationChoice | null,
  ) {}

  /** By name; for whoever reads them again. */
  get features(): unknown {
    return JSON.parse(this.inputs) as unknown;
  }
}

export class PendingPrediction implements RowWaiter, CommitWaiter {
  private score: ScoredRow | null = null;
  private row: LoggedPrediction | null = null;
  private storingSince = 0;
  /** Kept here: who calls back works for other requests too. */
  private readonly span = activeSpan();
  /** What the challenger did with the row, where it was the challenger's. */
  private canary: 'answered' | ChallengerFailure | null = null;

  constructor(
    private readonly parts: PredictionParts,
    private readonly champion: LoadedModel,
    private readonly asked: AskedRow,
    private readonly caller: Principal,
    private readonly door: Door,
  ) {}

  askChampion(): void {
    const { row, explain } = this.asked;
    if (explain === null) this.champion.scorer.rows.add(row.cells, this);
    else void this.explainByChampion(row, explain);
  }

  canaryAnswered(scored: ScoredRow): void {
    this.canary = 'answered';
    this.keep(scored);
  }

  canaryFailed(failure: ChallengerFailure): void {
    this.canary = failure;
    this.traceFailure(failure.model, failure.durationMs, failure.reason);
    this.askChampion();
  }

  scored(probability: number, positive: boolean, inferMs: number): void {
    if (!Number.isFinite(probability)) {
      this.notScored(notFinite(), inferMs);
      return;
    }
    this.keep(toScored(this.champion, this.asked.row, probability, positive, inferMs));
  }

  notScored(error: unknown, inferMs: number): void {
    this.traceFailure(this.champion, inferMs, errorTypeOf(error));
    this.parts.instruments.failed(this.champion.version.name, 'model_error');
    this.door.refused(error);
  }

  stored(): void {
    try {
      this.answerNow();
    } catch (error) {
      this.door.refused(error);
    }
  }

  notStored(error: unknown): void {
    this.traceLog(performance.now(), errorTypeOf(error));
    this.door.refused(error);
  }

  private async explainByChampion(row: EncodedRow, choice: ExplanationChoice): Promise<void> {
    const startedAt = performance.now();
    try {
      this.keep(await scoreAndExplain(this.champion, row, choice));
    } catch (error) {
      this.notScored(error, performance.now() - startedAt);
    }
  }

  private keep(scored: ScoredRow): void {
    try {
      this.store(scored);
    } catch (error) {
      this.door.refused(error);
    }
  }

  private store(scored: ScoredRow): void {
    if (this.span !== null) traceScore(this.span, scored);
    const { log, instruments, usage } = this.parts;
    const { model, encodeMs, inferMs, probability, positive, warnings, explained } = scored;
    const series = instruments.of(labelsOf(model));
    series.validate.observe(encodeMs / 1000);
    series.infer.observe(inferMs / 1000);
    if (explained !== null) series.explain.observe(explained.explainMs / 1000);
    const { key, inputs } = this.asked;
    const answered = {
      id: newPredictionId(),
      caller: this.caller,
      key,
      model,
      inputs,
      probability,
      positive,
      warnings,
      durationMs: encodeMs + inferMs,
      explanation: explained?.explanation ?? null,
    };
    this.score = scored;
    this.row = toLogRow(answered, usage.sample());
    this.storingSince = performance.now();
    log.add([this.row], this);
  }

  private answerNow(): void {
    const { score, row, canary, door } = this;
    if (score === null || row === null) throw new Error('stored before it was scored');
    const { traffic, instruments } = this.parts;
    const series = instruments.of(labelsOf(score.model));
    const storedAt = performance.now();
    series.log.observe((storedAt - this.storingSince) / 1000);
    this.traceLog(storedAt);
    series.predicted(score.positive, row.probability);
    if (canary === null) traffic.shadow(this.champion, row, this.asked, door);
    else if (canary !== 'answered') traffic.keepFailure(row, canary, door);
    door.answered(answerOf(row, score));
  }

  private traceFailure(model: LoadedModel, ms: number, errorType: string): void {
    const now = performance.now();
    this.span?.part('infer', now - ms, now, factsOf(model), errorType);
  }

  private traceLog(endedAt: number, errorType?: string): void {
    const { span, score } = this;
    if (span === null || score === null || !this.parts.log.keepsRows) return;
    span.part('log', this.storingSince, endedAt, factsOf(score.model), errorType);
  }
}

/** What has ended just now: the run of the model that the row was part of, and then the search for reasons. */
function traceScore(span: Span, { model, inferMs, explained }: ScoredRow): void {
  const now = performance.now();
  const inferredAt = now - (explained?.explainMs ?? 0);
  span.part('infer', inferredAt - inferMs, inferredAt, factsOf(model));
  if (explained !== null) span.part('explain', inferredAt, now, factsOf(model));
}

const factsOf = (model: LoadedModel): PartFacts => ({ ...labelsOf(model), rows: 1 });

function answerOf(
  { id, label, probability, threshold, modelName, modelVersion }: LoggedPrediction,
  { warnings, explained }: ScoredRow,
): PredictionResponse {
  const model = { name: modelName, version: modelVersion };
  const answer = { id, label, probability, threshold, model, warnings };
  return explained === null ? answer : { ...answer, explanation: explained.explanation };
}
