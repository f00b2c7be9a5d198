// Gathers what a version answered in a window and which labels have come, and has its quality measured.
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AppError } from '../../common/errors.ts';
import { toIso } from '../../database/epoch-ms.ts';
import { LabelledAnswers, type LabelledWindow } from '../../feedback/labelled-answers.ts';
import { SAMPLING_RULE, WindowSample } from '../../prediction/window-sample.ts';
import { CONCEPT_DRIFT_RULE } from '../../statistics/concept-drift.ts';
import { Evaluations } from '../evaluations.ts';
import { windowUntil, type Window } from '../window.ts';
import { measureInThread } from './measure-in-thread.ts';
import type { QualityRows } from './measure-quality.ts';
import { MeasuredVersions, type MeasuredVersion } from './measured-version.ts';
import {
  ASSUMPTIONS,
  QUALITY_CONVENTIONS,
  type QualityQuery,
  type QualityResponse,
} from './quality.dto.ts';

/** Labels that figures rest on at most: the newest. */
export const MOST_LABELS = 50_000;

@Injectable()
export class QualityService implements OnModuleDestroy {
  readonly #evaluations = new Evaluations<QualityResponse>();
  readonly #closing = new AbortController();

  constructor(
    private readonly versions: MeasuredVersions,
    private readonly sample: WindowSample,
    private readonly labels: LabelledAnswers,
  ) {}

  /** Throws MODEL_NOT_READY, MODEL_NOT_FOUND, BUNDLE_INVALID. */
  async evaluate({ window, version }: QualityQuery): Promise<QualityResponse> {
    const model = await this.versions.of(version);
    return this.#evaluations.share([model.name, model.version, window], () =>
      this.measure(model, windowUntil(Date.now(), window)),
    );
  }

  /** Over a window with given bounds, epoch milliseconds, both inclusive. The same bounds over the same log and labels give the same digits. */
  async measure(model: MeasuredVersion, { from, to }: Window): Promise<QualityResponse> {
    const { name, version, threshold, bundle } = model;
    const window = { modelName: name, version, from, to };
    const plan = await this.sample.plan(window);
    const scores = await this.scoresOf(plan);
    const labelled = await this.labels.count(window);
    const rows: QualityRows = {
      labelled: await this.labelledOf(window),
      scores,
      // The graph compares float32 numbers.
      threshold: Math.fround(threshold),
    };
    this.expectOpen();
    const { estimates, ...measured } = await measureInThread(
      { rows, bundle },
      this.#closing.signal,
    );
    return {
      at: toIso(Date.now()),
      window: { from: toIso(from), to: toIso(to) },
      model: { name, version, threshold },
      predictions: plan.rows,
      labelled,
      coverage: plan.rows === 0 ? null : labelled / plan.rows,
      ...measured,
      ...estimates,
      concept_drift: { ...measured.concept_drift, rule: CONCEPT_DRIFT_RULE },
      sampling: SAMPLING_RULE,
      conventions: QUALITY_CONVENTIONS,
      assumptions: ASSUMPTIONS,
    };
  }

  async onModuleDestroy(): Promise<void> {
    this.#closing.abort(closing());
    await this.#evaluations.ended();
  }

  private async scoresOf(plan: Awaited<ReturnType<WindowSample['plan']>>): Promise<Float64Array> {
    const scores = new Float64Array(plan.sampled);
    let filled = 0;
    for await (const page of this.sample.pages(plan)) {
      this.expectOpen();
      for (const { probability } of page) scores[filled++] = probability;
    }
    return scores.subarray(0, filled);
  }

  private async labelledOf(window: LabelledWindow): Promise<QualityRows['labelled']> {
    const actual: number[] = [];
    const predicted: number[] = [];
    const probability: number[] = [];
    const delaySeconds: number[] = [];
    for await (const page of this.labels.pages(window, MOST_LABELS)) {
      this.expectOpen();
      for (const row of page) {
        actual.push(row.actual);
        predicted.push(row.predicted);
        probability.push(row.probability);
        // A label from before its prediction was known all along.
        const known = row.observedAt ?? row.receivedAt;
        delaySeconds.push(Math.max(0, known - row.predictedAt) / 1000);
      }
    }
    return {
      y: Uint8Array.from(actual),
      p: Float64Array.from(probability),
      predicted: Uint8Array.from(predicted),
      delaySeconds: Float64Array.from(delaySeconds),
    };
  }

  private expectOpen(): void {
    this.#closing.signal.throwIfAborted();
  }
}

const closing = (): AppError => new AppError('UNAVAILABLE', 'The server is about to stop.');
