// The audit log, for every feature: what each does is told to it, and it knows none of them.
import { Global, Logger, Module } from '@nestjs/common';
import { getRepositoryToken, TypeOrmModule } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { AuditTrail } from '../common/audit-trail.ts';
import { AuditController } from './audit.controller.ts';
import { AuditedResponse } from './audit.dto.ts';
import { AuditEvent } from './audit-event.entity.ts';
import { AuditLog } from './audit-log.ts';

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([AuditEvent])],
  controllers: [AuditController],
  providers: [
    {
      provide: AuditLog,
      useFactory: (events: Repository<AuditEvent>) => {
        const logger = new Logger('Audit');
        return new AuditLog(events, (event) => {
          logger.log(new AuditedResponse(event));
        });
      },
      inject: [getRepositoryToken(AuditEvent)],
    },
    { provide: AuditTrail, useExisting: AuditLog },
  ],
  exports: [AuditLog, AuditTrail],
})
export class AuditModule {}
