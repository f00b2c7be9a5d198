// Predictions: the data plane, its native door and its log.
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ServedModelSchemas } from '../common/openapi.ts';
import { ModelModule } from '../model/model.module.ts';
import { ChallengerLog } from './challenger-log.ts';
import { ChallengerPrediction } from './challenger-prediction.entity.ts';
import { ChallengerTraffic } from './challenger-traffic.ts';
import { ComparisonQueue } from './comparison-queue.ts';
import { LoggedPrediction } from './logged-prediction.entity.ts';
import { PredictionController } from './prediction.controller.ts';
import { PredictionLog } from './prediction-log.ts';
import { PredictionService } from './prediction.service.ts';
import { PredictionsController } from './predictions.controller.ts';
import { SlotSchemas } from './served-model-schemas.ts';

@Module({
  imports: [TypeOrmModule.forFeature([LoggedPrediction, ChallengerPrediction]), ModelModule],
  controllers: [PredictionController, PredictionsController],
  providers: [
    PredictionService,
    PredictionLog,
    ChallengerTraffic,
    ChallengerLog,
    ComparisonQueue,
    { provide: ServedModelSchemas, useClass: SlotSchemas },
  ],
  exports: [PredictionLog, ChallengerLog],
})
export class PredictionModule {}
