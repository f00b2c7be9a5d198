// Predictions: the data plane, its native door and its log.
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ServedModelSchemas } from '../common/openapi.ts';
import { ModelModule } from '../model/model.module.ts';
import { LoggedPrediction } from './logged-prediction.entity.ts';
import { PredictionController } from './prediction.controller.ts';
import { PredictionLog } from './prediction-log.ts';
import { PredictionService } from './prediction.service.ts';
import { PredictionsController } from './predictions.controller.ts';
import { SlotSchemas } from './served-model-schemas.ts';

@Module({
  imports: [TypeOrmModule.forFeature([LoggedPrediction]), ModelModule],
  controllers: [PredictionController, PredictionsController],
  providers: [
    PredictionService,
    PredictionLog,
    { provide: ServedModelSchemas, useClass: SlotSchemas },
  ],
})
export class PredictionModule {}
