// Gives every feature its TypeORM repositories on the database of the settings, opened and migrated before anything else is built.
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { DataSourceOptions } from 'typeorm';
import { Config } from '../config/load-config.ts';
import { dataSourceOptions, openDatabase } from './data-source.ts';

@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Config],
      useFactory: (config: Config) => ({
        ...dataSourceOptions(config.database),
        autoLoadEntities: true,
        // A database that cannot be opened is said at once, in one line; who runs the server decides about trying again.
        toRetry: () => false,
      }),
      dataSourceFactory: (options) => openDatabase(options as DataSourceOptions),
    }),
  ],
})
export class DatabaseModule {}
