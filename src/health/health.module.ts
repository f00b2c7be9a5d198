// Liveness and readiness.
import { Module } from '@nestjs/common';
import { ModelModule } from '../model/model.module.ts';
import { HealthController } from './health.controller.ts';
import { ReadinessService } from './readiness.service.ts';

@Module({ imports: [ModelModule], controllers: [HealthController], providers: [ReadinessService] })
export class HealthModule {}
