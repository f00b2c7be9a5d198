// Models: the registry that the configuration names, the live model, and what can be read about both.
import { Module } from '@nestjs/common';
import { Config } from '../config/load-config.ts';
import { ModelController } from './model.controller.ts';
import { ModelCatalogue } from './model-catalogue.ts';
import { ModelLoader } from './model-loader.ts';
import { ModelMetrics } from './model-metrics.ts';
import { ModelSlot } from './model-slot.ts';
import { ModelRegistry } from './registry/model-registry.ts';
import { openRegistry } from './registry/open-registry.ts';

@Module({
  controllers: [ModelController],
  providers: [
    {
      provide: ModelRegistry,
      useFactory: ({ registry }: Config) => openRegistry(registry),
      inject: [Config],
    },
    ModelSlot,
    ModelLoader,
    ModelMetrics,
    ModelCatalogue,
  ],
  exports: [ModelSlot],
})
export class ModelModule {}
