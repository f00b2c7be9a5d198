// Composition root: which features make the application.
import { Module, type DynamicModule } from '@nestjs/common';
import { AuditModule } from './audit/audit.module.ts';
import { AuthModule } from './auth/auth.module.ts';
import type { Siblings } from './common/siblings.ts';
import { SiblingsModule } from './common/siblings.module.ts';
import { ConfigModule } from './config/config.module.ts';
import type { Config } from './config/load-config.ts';
import { DatabaseModule } from './database/database.module.ts';
import { FeedbackModule } from './feedback/feedback.module.ts';
import { GovernanceModule } from './governance/governance.module.ts';
import { HealthModule } from './health/health.module.ts';
import { JobsModule } from './jobs/jobs.module.ts';
import { MetricsModule } from './metrics/metrics.module.ts';
import { ModelModule } from './model/model.module.ts';
import { MonitoringModule } from './monitoring/monitoring.module.ts';
import { PredictionModule } from './prediction/prediction.module.ts';
import { UsersModule } from './users/users.module.ts';

@Module({})
export class AppModule {
  static with(config: Config, siblings: Siblings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.with(config),
        SiblingsModule.with(siblings),
        MetricsModule.withOwnRegistry(),
        DatabaseModule,
        AuditModule,
        UsersModule,
        AuthModule,
        ModelModule,
        PredictionModule,
        FeedbackModule,
        JobsModule,
        GovernanceModule,
        MonitoringModule,
        HealthModule,
      ],
    };
  }
}
