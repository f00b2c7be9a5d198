// Makes the settings injectable everywhere: the one value that create-app.ts was given.
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Config } from './load-config.ts';

@Global()
@Module({})
export class ConfigModule {
  static with(config: Config): DynamicModule {
    return {
      module: ConfigModule,
      providers: [{ provide: Config, useValue: config }],
      exports: [Config],
    };
  }
}
