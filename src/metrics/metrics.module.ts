// Metrics of one application: a registry of its own, the instruments, the process metrics and GET /metrics.
import { Module, type DynamicModule } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { Registry } from 'prom-client';
import { Activity } from './activity.ts';
import {
  ChallengerInstruments,
  ComparisonInstruments,
  HttpInstruments,
  instrumentProviders,
  JobInstruments,
  LiveInstruments,
  ModelInstruments,
  PredictionInstruments,
  PredictionLogInstruments,
} from './instruments.ts';
import {
  AnomalyInstruments,
  DriftInstruments,
  QualityInstruments,
} from './monitoring-instruments.ts';
import { MetricsController } from './metrics.controller.ts';

@Module({})
export class MetricsModule {
  /** prom-client's default registry is global: two applications in one process would count into each other. */
  static withOwnRegistry(): DynamicModule {
    const registry = new Registry();
    return {
      module: MetricsModule,
      global: true,
      imports: [
        PrometheusModule.register({
          controller: MetricsController,
          path: '/metrics',
          defaultMetrics: { enabled: true, config: { register: registry } },
        }),
      ],
      providers: [{ provide: Registry, useValue: registry }, ...instrumentProviders(registry)],
      exports: [
        Registry,
        Activity,
        HttpInstruments,
        ModelInstruments,
        PredictionInstruments,
        ChallengerInstruments,
        ComparisonInstruments,
        PredictionLogInstruments,
        JobInstruments,
        LiveInstruments,
        DriftInstruments,
        QualityInstruments,
        AnomalyInstruments,
      ],
    };
  }
}
