// When the champion's drift is evaluated: every DRIFT_EVERY, and soon after it became champion.
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../config/load-config.ts';
import { ModelSlot } from '../../model/model-slot.ts';
import { MonitoringDuty } from '../monitoring-duty.ts';
import { DriftRecorder } from './drift-recorder.ts';

/** How soon a new champion is seen. */
const LOOK_MS = 2000;

@Injectable()
export class DriftSchedule implements OnApplicationBootstrap {
  /** The last attempt: at which version, and when by performance.now(). */
  #last: { readonly version: string; readonly at: number } | null = null;

  constructor(
    private readonly config: Config,
    private readonly slot: ModelSlot,
    private readonly duty: MonitoringDuty,
    private readonly recorder: DriftRecorder,
  ) {}

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
    if (champion === undefined) return;
    const { everySeconds, driftWindow } = this.config.monitoring;
    const [{ name, version }, now] = [champion, performance.now()];
    const isSame = version === this.#last?.version;
    if (isSame && now - (this.#last?.at ?? 0) < everySeconds * 1000) return;
    this.#last = { version, at: now };
    await this.recorder.record(driftWindow, name, version);
  }
}
