// Monitoring: reads what the data plane logged.
import { Module } from '@nestjs/common';
import { ModelModule } from '../model/model.module.ts';
import { PredictionModule } from '../prediction/prediction.module.ts';
import { ChampionChallengerService } from './champion-challenger.service.ts';
import { ExplanationsService } from './explanations.service.ts';
import { MonitoringController } from './monitoring.controller.ts';

@Module({
  imports: [ModelModule, PredictionModule],
  controllers: [MonitoringController],
  providers: [ChampionChallengerService, ExplanationsService],
})
export class MonitoringModule {}
