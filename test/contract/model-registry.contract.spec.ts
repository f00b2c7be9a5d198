// What every ModelRegistry promises, over the adapters that need no other software; over MLflow in test/stack.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { FileModelRegistry } from '../../src/model/registry/file-model-registry.ts';
import { InMemoryModelRegistry } from '../../src/model/registry/in-memory-model-registry.ts';
import type { ModelRegistry } from '../../src/model/registry/model-registry.ts';
import { modelRegistryContract } from './model-registry.contract.ts';

const ADAPTERS: readonly [string, (dir: string) => ModelRegistry][] = [
  ['FileModelRegistry', (dir) => new FileModelRegistry(join(dir, 'registry'))],
  ['InMemoryModelRegistry', () => new InMemoryModelRegistry()],
];

describe.each(ADAPTERS)('%s as a model registry', (_name, open) => {
  // Both take any run id: the runs are kept elsewhere.
  modelRegistryContract({ open, startRun: () => Promise.resolve(randomBytes(16).toString('hex')) });
});
