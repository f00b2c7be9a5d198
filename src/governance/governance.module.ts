// Governance: who becomes champion, what happened to models, and where predictions come from.
import { Module } from '@nestjs/common';
import { getRepositoryToken, TypeOrmModule } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { AuditLog } from '../audit/audit-log.ts';
import { ModelModule } from '../model/model.module.ts';
import { ModelRegistry } from '../model/registry/model-registry.ts';
import { PredictionModule } from '../prediction/prediction.module.ts';
import { ChampionService } from './champion.service.ts';
import { HistoryController } from './history.controller.ts';
import { LineageController } from './lineage.controller.ts';
import { LineageService } from './lineage.service.ts';
import { ModelEvent } from './model-event.entity.ts';
import { ModelHistory } from './model-history.ts';
import { OutsideMoves } from './outside-moves.ts';
import { Promotion } from './promotion.ts';
import { PromotionFacts } from './promotion-facts.ts';
import { PromotionController } from './promotion.controller.ts';
import { ServerPresence } from './server-presence.ts';
import { ServingHeartbeat } from './serving-heartbeat.entity.ts';
import { ServingRecorder } from './serving-recorder.ts';

@Module({
  imports: [
    TypeOrmModule.forFeature([ModelEvent, ServingHeartbeat]),
    ModelModule,
    PredictionModule,
  ],
  controllers: [PromotionController, HistoryController, LineageController],
  providers: [
    {
      provide: ModelHistory,
      useFactory: (events: Repository<ModelEvent>, audit: AuditLog) =>
        new ModelHistory(events, audit),
      inject: [getRepositoryToken(ModelEvent), AuditLog],
    },
    {
      provide: Promotion,
      useFactory: (registry: ModelRegistry, history: ModelHistory) =>
        new Promotion(registry, history),
      inject: [ModelRegistry, ModelHistory],
    },
    {
      provide: OutsideMoves,
      useFactory: (registry: ModelRegistry, history: ModelHistory) =>
        new OutsideMoves(registry, history),
      inject: [ModelRegistry, ModelHistory],
    },
    {
      provide: ServerPresence,
      useFactory: (heartbeats: Repository<ServingHeartbeat>, history: ModelHistory) =>
        new ServerPresence(heartbeats, history),
      inject: [getRepositoryToken(ServingHeartbeat), ModelHistory],
    },
    ServingRecorder,
    ChampionService,
    LineageService,
    PromotionFacts,
  ],
})
export class GovernanceModule {}
