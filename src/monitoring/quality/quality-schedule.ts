// Quality of the champion over the last week as metrics: every DRIFT_EVERY, and soon after another version became champion.
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../config/load-config.ts';
import { QualityInstruments, type QualityFigures } from '../../metrics/monitoring-instruments.ts';
import { ModelSlot } from '../../model/model-slot.ts';
import { Due, LOOK_MS } from '../due.ts';
import { MonitoringDuty } from '../monitoring-duty.ts';
import type { QualityResponse } from './quality.dto.ts';
import { QualityService } from './quality.service.ts';

/** Labels are late: a day of answers has next to none. */
const WINDOW = '7d';

@Injectable()
export class QualitySchedule implements OnApplicationBootstrap {
  readonly #due: Due;

  #latest: QualityResponse | null = null;

  constructor(
    private readonly config: Config,
    private readonly slot: ModelSlot,
    private readonly duty: MonitoringDuty,
    private readonly quality: QualityService,
    private readonly instruments: QualityInstruments,
  ) {
    this.#due = new Due(config.monitoring.everySeconds);
  }

  /** What was measured last, by this process. */
  get latest(): QualityResponse | null {
    return this.#latest;
  }

  onApplicationBootstrap(): void {
    if (this.config.monitoring.everySeconds > 0)
      this.duty.take('The evaluation of quality', () => this.measureIfDue(), LOOK_MS);
  }

  private async measureIfDue(): Promise<void> {
    const champion = this.slot.peek();
    if (champion === null || !this.#due.take(champion.version.version)) return;
    const { name: model, version } = champion.version;
    const measured = await this.quality.evaluate({ window: WINDOW, version });
    this.#latest = measured;
    // Bundles from before the reference was kept tell it in their report.
    const reported = champion.bundle.report.metrics['roc_auc'] ?? null;
    this.instruments.measured({ model, version }, figuresOf(measured, reported));
  }
}

const figuresOf = (quality: QualityResponse, reported: number | null): QualityFigures => ({
  live: quality.roc_auc?.value ?? null,
  estimated: quality.estimated_roc_auc?.value ?? null,
  reference: quality.reference?.roc_auc?.value ?? reported,
  labelled: quality.labelled,
  coverage: quality.coverage,
  conceptDrift:
    quality.concept_drift.verdict === 'insufficient_data'
      ? null
      : quality.concept_drift.verdict === 'drift',
});
