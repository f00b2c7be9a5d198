// Monitoring: reads what the data plane logged.
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LeaseRow } from '../database/lease.entity.ts';
import { FeedbackModule } from '../feedback/feedback.module.ts';
import { ModelModule } from '../model/model.module.ts';
import { PredictionModule } from '../prediction/prediction.module.ts';
import { AnomaliesController } from './anomalies/anomalies.controller.ts';
import { AnomaliesService } from './anomalies/anomalies.service.ts';
import { AnomalyCursor } from './anomalies/anomaly-cursor.entity.ts';
import { AnomalySchedule } from './anomalies/anomaly-schedule.ts';
import { AnomalyStore } from './anomalies/anomaly-store.ts';
import { AnomalyWatch } from './anomalies/anomaly-watch.ts';
import { Anomaly } from './anomalies/anomaly.entity.ts';
import { Calibration } from './anomalies/calibration.ts';
import { ErrorWatch } from './anomalies/error-watch.ts';
import { VersionWatches } from './anomalies/version-watches.ts';
import { ChampionChallengerService } from './champion-challenger.service.ts';
import { DriftController } from './drift/drift.controller.ts';
import { DriftEvaluation } from './drift/drift-evaluation.entity.ts';
import { DriftHistory } from './drift/drift-history.ts';
import { DriftRecorder } from './drift/drift-recorder.ts';
import { DriftSchedule } from './drift/drift-schedule.ts';
import { DriftService } from './drift/drift.service.ts';
import { ExplanationsService } from './explanations.service.ts';
import { LatestDrift } from './live/latest-drift.ts';
import { LiveFeeds } from './live/live-feeds.ts';
import { LiveStateService } from './live/live-state.service.ts';
import { LiveController } from './live/live.controller.ts';
import { MonitoringController } from './monitoring.controller.ts';
import { MonitoringDuty } from './monitoring-duty.ts';
import { FairnessService } from './quality/fairness.service.ts';
import { LiveFacts } from './quality/live-facts.ts';
import { MeasuredVersions } from './quality/measured-version.ts';
import { QualityController } from './quality/quality.controller.ts';
import { QualitySchedule } from './quality/quality-schedule.ts';
import { QualityService } from './quality/quality.service.ts';
import { SummaryController } from './summary/summary.controller.ts';
import { SummaryService } from './summary/summary.service.ts';

@Module({
  imports: [
    TypeOrmModule.forFeature([LeaseRow, DriftEvaluation, Anomaly, AnomalyCursor]),
    ModelModule,
    PredictionModule,
    FeedbackModule,
  ],
  controllers: [
    MonitoringController,
    SummaryController,
    DriftController,
    AnomaliesController,
    QualityController,
    LiveController,
  ],
  providers: [
    AnomaliesService,
    AnomalySchedule,
    AnomalyStore,
    AnomalyWatch,
    Calibration,
    ErrorWatch,
    VersionWatches,
    ChampionChallengerService,
    ExplanationsService,
    SummaryService,
    MonitoringDuty,
    DriftService,
    DriftHistory,
    DriftRecorder,
    DriftSchedule,
    MeasuredVersions,
    QualityService,
    QualitySchedule,
    LiveFacts,
    FairnessService,
    LatestDrift,
    LiveStateService,
    LiveFeeds,
  ],
})
export class MonitoringModule {}
