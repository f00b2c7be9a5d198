// Models: the registry that the configuration names, the live model and its challenger, and what can be read and asked about them.
import { Module } from '@nestjs/common';
import { Config } from '../config/load-config.ts';
import { Challenger } from './challenger.ts';
import { ModelController } from './model.controller.ts';
import { ModelCardController } from './model-card.controller.ts';
import { ModelCards } from './model-cards.ts';
import { ModelCatalogue } from './model-catalogue.ts';
import { ModelEvaluationController } from './model-evaluation.controller.ts';
import { ModelEvaluations } from './model-evaluations.ts';
import { ModelFacts } from './model-facts.ts';
import { ModelLoader } from './model-loader.ts';
import { ModelMetrics } from './model-metrics.ts';
import { ModelOperations } from './model-operations.ts';
import { ModelOperationsController } from './model-operations.controller.ts';
import { ModelSlot } from './model-slot.ts';
import { RegisteredBundles } from './registered-bundles.ts';
import { ModelRegistry } from './registry/model-registry.ts';
import { openRegistry } from './registry/open-registry.ts';
import { openRunReader } from './runs/open-run-reader.ts';
import { RunReader } from './runs/run-reader.ts';
import { RunsController } from './runs/runs.controller.ts';
import { WebhookController } from './webhook.controller.ts';

@Module({
  controllers: [
    ModelController,
    ModelCardController,
    ModelEvaluationController,
    RunsController,
    ModelOperationsController,
    WebhookController,
  ],
  providers: [
    {
      provide: ModelRegistry,
      useFactory: ({ registry }: Config) => openRegistry(registry),
      inject: [Config],
    },
    { provide: RunReader, useFactory: openRunReader, inject: [Config] },
    ModelSlot,
    ModelLoader,
    Challenger,
    ModelOperations,
    ModelMetrics,
    ModelCatalogue,
    ModelFacts,
    RegisteredBundles,
    ModelCards,
    ModelEvaluations,
  ],
  exports: [ModelSlot, ModelLoader, Challenger, ModelRegistry, ModelFacts],
})
export class ModelModule {}
