// The runs that belong to the configured registry: the only place that knows both adapters.
import { join } from 'node:path';
import type { Config } from '../../config/load-config.ts';
import { mlflowConnection } from '../registry/open-registry.ts';
import { FileRunReader } from './file-run-reader.ts';
import { MlflowRunReader } from './mlflow-run-reader.ts';
import type { RunReader } from './run-reader.ts';

export function openRunReader({ registry, varDir, model }: Config): RunReader {
  switch (registry.kind) {
    case 'file':
      return new FileRunReader(join(varDir, 'runs'));
    case 'mlflow':
      return new MlflowRunReader(mlflowConnection(registry), model.name);
  }
}
