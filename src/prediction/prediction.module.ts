// Predictions: the data plane, its three doors and its log.
import { Module } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { ServedModelSchemas } from '../common/openapi.ts';
import { Siblings } from '../common/siblings.ts';
import { Config } from '../config/load-config.ts';
import { ReadinessService } from '../health/readiness.service.ts';
import { ModelModule } from '../model/model.module.ts';
import { ChallengerLog } from './challenger-log.ts';
import { ChallengerPrediction } from './challenger-prediction.entity.ts';
import { ChallengerTraffic } from './challenger-traffic.ts';
import { ComparisonQueue } from './comparison-queue.ts';
import { ExplanationLog } from './explanation-log.ts';
import { BatchController } from './batch/batch.controller.ts';
import { BatchCounts } from './batch/batch-counts.ts';
import { BatchLog } from './batch/batch-log.ts';
import { BatchPredictions } from './batch/batch-predictions.ts';
import { ScoringThreads } from './batch/scoring-threads.ts';
import { PredictionExport } from './export/prediction-export.ts';
import { PredictionsExportController } from './export/predictions-export.controller.ts';
import { LogTail } from './log-tail.ts';
import { LoggedPrediction } from './logged-prediction.entity.ts';
import { StoredLogBlock } from './log/log-block.entity.ts';
import { RemovedPrediction } from './log/removed-prediction.entity.ts';
import { InvocationsController } from './mlflow/invocations.controller.ts';
import { MlflowInvocations } from './mlflow/invocations.ts';
import { Erasure } from './log/erasure.ts';
import { openWriter } from './log/open-writer.ts';
import { PredictionStore } from './log/prediction-store.ts';
import { PredictionWriter } from './log/prediction-writer.ts';
import { Retention } from './log/retention.ts';
import { OipInference } from './oip/inference.ts';
import { OipMetadata } from './oip/metadata.ts';
import { OipController } from './oip/oip.controller.ts';
import { RowPredictions } from './predict-rows.ts';
import { PredictionController } from './prediction.controller.ts';
import { PredictionFacts } from './prediction-facts.ts';
import { PredictionLog } from './prediction-log.ts';
import { PredictionService } from './prediction.service.ts';
import { PredictionsController } from './predictions.controller.ts';
import { ActivityLog } from './rollups/activity-log.ts';
import { ActivityRollup } from './rollups/activity-rollup.entity.ts';
import { EarlierRows } from './rollups/earlier-rows.ts';
import { PredictionRollup } from './rollups/prediction-rollup.entity.ts';
import { RollupLog } from './rollups/rollup-log.ts';
import { RollupUpkeep } from './rollups/rollup-upkeep.ts';
import { SlotSchemas } from './served-model-schemas.ts';
import { ServedModels } from './served-models.ts';
import { WindowSample } from './window-sample.ts';
import { WhatIfController } from './what-if/what-if.controller.ts';
import { WhatIf } from './what-if/what-if.service.ts';

@Module({
  imports: [
    TypeOrmModule.forFeature([
      LoggedPrediction,
      StoredLogBlock,
      RemovedPrediction,
      ChallengerPrediction,
      PredictionRollup,
      ActivityRollup,
    ]),
    ModelModule,
  ],
  controllers: [
    PredictionController,
    BatchController,
    WhatIfController,
    InvocationsController,
    OipController,
    PredictionsExportController,
    PredictionsController,
  ],
  providers: [
    PredictionService,
    WhatIf,
    RowPredictions,
    BatchPredictions,
    BatchLog,
    BatchCounts,
    ScoringThreads,
    ServedModels,
    MlflowInvocations,
    OipInference,
    OipMetadata,
    ReadinessService,
    PredictionLog,
    PredictionFacts,
    PredictionExport,
    PredictionStore,
    Retention,
    Erasure,
    {
      provide: PredictionWriter,
      inject: [Config, getDataSourceToken(), Siblings],
      useFactory: ({ database }: Config, dataSource: DataSource, { primary }: Siblings) =>
        openWriter(database, dataSource, primary),
    },
    ChallengerTraffic,
    ChallengerLog,
    ExplanationLog,
    WindowSample,
    LogTail,
    RollupLog,
    ActivityLog,
    EarlierRows,
    RollupUpkeep,
    ComparisonQueue,
    { provide: ServedModelSchemas, useClass: SlotSchemas },
  ],
  exports: [
    PredictionLog,
    PredictionFacts,
    ChallengerLog,
    ExplanationLog,
    WindowSample,
    LogTail,
    RollupLog,
    ActivityLog,
  ],
})
export class PredictionModule {}
