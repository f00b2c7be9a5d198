// When the champion's drift is evaluated: every DRIFT_EVERY, and soon after it became champion.
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../config/load-config.ts';
import { ModelSlot } from '../../model/model-slot.ts';
import { Due, LOOK_MS } from '../due.ts';
import { MonitoringDuty } from '../monitoring-duty.ts';
import { DriftRecorder } from './drift-recorder.ts';

@Injectable()
export class DriftSchedule implements OnApplicationBootstrap {
  readonly #due: Due;

  constructor(
    private readonly config: Config,
    private readonly slot: ModelSlot,
    private readonly duty: MonitoringDuty,
    private readonly recorder: DriftRecorder,
  ) {
    this.#due = new Due(config.monitoring.everySeconds);
  }

  onApplicationBootstrap(): void {
    const { everySeconds } = this.config.monitoring;
    this.slot.onSwap(({ version: { name } }) => {
      this.recorder.expectEvaluations(name, everySeconds);
    });
    if (everySeconds > 0)
      this.duty.take('The evaluation of drift', () => this.recordIfDue(), LOOK_MS);
  }

  private async recordIfDue(): Promise<void> {
    const champion = this.slot.peek()?.version;
    if (champion === undefined || !this.#due.take(champion.version)) return;
    const { name, version } = champion;
    await this.recorder.record(this.config.monitoring.driftWindow, name, version);
  }
}
