// One prediction on its way from the model to the caller: scored, stored, then answered. An object that the model's batches and the log's
// transactions call back: the same as a chain of promises took 8 us longer.
import type { Principal } from '../common/access.ts';
import type { PredictionInstruments } from '../metrics/instruments.ts';
import type { LoadedModel } from '../model/model-slot.ts';
import type { RowWaiter } from '../model/micro-batcher.ts';
import type { ChallengerFailure, ChallengerTraffic } from './challenger-traffic.ts';
import type { CommitWaiter } from './log/group-commit.ts';
import type { PredictionStore } from './log/prediction-store.ts';
import type { LoggedPrediction } from './logged-prediction.entity.ts';
import { inputsOf, type PredictRequest } from './predict-request.ts';
import type { PredictionResponse } from './prediction.dto.ts';
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
export interface AskedRow {
  readonly request: PredictRequest;
  /** The body as it came, where the door has it. */
  readonly text: string | null;
  readonly row: EncodedRow;
}

export class PendingPrediction implements RowWaiter, CommitWaiter {
  private answer: PredictionResponse | null = null;
  private row: LoggedPrediction | null = null;
  private positive = false;
  private storingSince = 0;
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
    this.champion.scorer.rows.add(this.asked.row.cells, this);
  }

  canaryAnswered(scored: ScoredRow): void {
    this.canary = 'answered';
    this.keep(scored);
  }

  canaryFailed(failure: ChallengerFailure): void {
    this.canary = failure;
    this.askChampion();
  }

  scored(probability: number, positive: boolean, inferMs: number): void {
    if (!Number.isFinite(probability)) {
      this.notScored(notFinite());
      return;
    }
    this.keep(toScored(this.champion, this.asked.row, probability, positive, inferMs));
  }

  notScored(error: unknown): void {
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
    this.door.refused(error);
  }

  private keep(scored: ScoredRow): void {
    try {
      this.store(scored);
    } catch (error) {
      this.door.refused(error);
    }
  }

  private store(scored: ScoredRow): void {
    const { log, instruments } = this.parts;
    const series = instruments.of(labelsOf(scored.model));
    series.validate.observe(scored.encodeMs / 1000);
    series.infer.observe(scored.inferMs / 1000);
    this.positive = scored.positive;
    this.answer = answerOf(scored);
    this.row = this.toRow(this.answer, scored);
    this.storingSince = performance.now();
    log.add([this.row], this);
  }

  private answerNow(): void {
    const { answer, row, canary, door } = this;
    if (answer === null || row === null) throw new Error('stored before it was scored');
    const { traffic, instruments } = this.parts;
    const series = instruments.of({ model: row.modelName, version: row.modelVersion });
    series.log.observe((performance.now() - this.storingSince) / 1000);
    series.predicted(this.positive, row.probability);
    if (canary === null) traffic.shadow(this.champion, row, this.asked.request.features, door);
    else if (canary !== 'answered') traffic.keepFailure(row, canary, door);
    door.answered(answer);
  }

  private toRow(
    { id, label, probability, threshold, model, warnings }: PredictionResponse,
    { encodeMs, inferMs }: ScoredRow,
  ): LoggedPrediction {
    const { caller } = this;
    const { request, text } = this.asked;
    const { cpuPercent, memoryBytes } = this.parts.usage.sample();
    return {
      id,
      createdAt: Date.now(),
      userId: caller.userId,
      credential: `${caller.via}:${caller.credentialId}`,
      key: request.key,
      modelName: model.name,
      modelVersion: model.version,
      inputs: inputsOf(request, text),
      probability,
      label,
      threshold,
      warnings: warnings.length === 0 ? '[]' : JSON.stringify(warnings),
      durationMs: encodeMs + inferMs,
      cpuPercent,
      memoryBytes,
    };
  }
}

function answerOf({ model, label, probability, warnings }: ScoredRow): PredictionResponse {
  return {
    id: newPredictionId(),
    label,
    probability,
    threshold: model.bundle.report.threshold,
    model: { name: model.version.name, version: model.version.version },
    warnings,
  };
}
