// Jobs: many rows, scored in the background by whichever server is free.
import { Module } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Config } from '../config/load-config.ts';
import { JobInstruments } from '../metrics/instruments.ts';
import { ModelModule } from '../model/model.module.ts';
import { Job } from './job.entity.ts';
import { JobModels } from './job-models.ts';
import { JobRequests } from './job-requests.ts';
import { JobRetention } from './job-retention.ts';
import { JobRunner } from './job-runner.ts';
import { JobTable } from './job-table.ts';
import { JobWork } from './job-work.ts';
import { JobsController } from './jobs.controller.ts';
import { JobsService } from './jobs.service.ts';
import { JobQueue } from './queue/job-queue.ts';
import { openQueue } from './queue/open-queue.ts';
import { JobStorage } from './storage/job-storage.ts';
import { openStorage } from './storage/open-storage.ts';
import { S3Buckets } from './storage/s3-buckets.ts';

@Module({
  imports: [TypeOrmModule.forFeature([Job]), ModelModule],
  controllers: [JobsController],
  providers: [
    JobTable,
    JobModels,
    JobRunner,
    JobRetention,
    JobsService,
    JobRequests,
    {
      provide: JobStorage,
      inject: [Config],
      useFactory: ({ jobs }: Config) => openStorage(jobs.storage, new S3Buckets(jobs.s3)),
    },
    {
      provide: JobQueue,
      inject: [Config, JobTable, getDataSourceToken()],
      useFactory: ({ database }: Config, table: JobTable, dataSource: DataSource) =>
        openQueue(database, table, dataSource),
    },
    {
      provide: JobWork,
      inject: [Config, JobTable, JobStorage, JobModels, JobInstruments],
      useFactory: (
        { jobs: config }: Config,
        table: JobTable,
        storage: JobStorage,
        models: JobModels,
        instruments: JobInstruments,
      ) => new JobWork({ config, table, storage, models, instruments }),
    },
  ],
})
export class JobsModule {}
