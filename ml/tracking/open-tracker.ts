// The run tracker beside the registry that the configuration names: the only place that knows every adapter.
import { join } from 'node:path';
import type { Config } from '../../src/config/load-config.ts';
import { mlflowConnection } from '../../src/model/registry/open-registry.ts';
import { FileRunTracker } from './file-run-tracker.ts';
import { MlflowRunTracker } from './mlflow-run-tracker.ts';
import type { RunTracker } from './run-tracker.ts';

/** `name` is the model's; in MLflow its runs go to the experiment of that name. */
export function openTracker({ registry, varDir }: Config, name: string): RunTracker {
  switch (registry.kind) {
    case 'file':
      return new FileRunTracker(join(varDir, 'runs'));
    case 'mlflow':
      return new MlflowRunTracker({ ...mlflowConnection(registry), experiment: name });
  }
}
