// When the log is looked at for anomalies, and that they are counted.
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../config/load-config.ts';
import { AnomalyInstruments } from '../../metrics/monitoring-instruments.ts';
import { ModelSlot } from '../../model/model-slot.ts';
import { MonitoringDuty } from '../monitoring-duty.ts';
import { AnomalyWatch } from './anomaly-watch.ts';

const EVERY_MS = 10_000;

@Injectable()
export class AnomalySchedule implements OnApplicationBootstrap {
  constructor(
    private readonly config: Config,
    private readonly slot: ModelSlot,
    private readonly duty: MonitoringDuty,
    private readonly watch: AnomalyWatch,
    private readonly instruments: AnomalyInstruments,
  ) {}

  onApplicationBootstrap(): void {
    this.slot.onSwap(({ version: { name } }) => {
      this.instruments.expectModel(name);
    });
    if (this.config.monitoring.anomalyExpectedRun === 0) return;
    this.duty.take('The look for anomalies', () => this.look(), EVERY_MS);
  }

  async look(now = Date.now()): Promise<void> {
    for (const { model, kind } of await this.watch.look(now)) this.instruments.found(model, kind);
  }
}
