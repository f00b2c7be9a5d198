// A model to swap to: a second version with the files of the first.
import { join } from 'node:path';
import { FileModelRegistry } from '../../src/model/registry/file-model-registry.ts';

/** Registers it beside version 1 in the state folder. */
export async function registerTwin(varDir: string, name: string): Promise<void> {
  const registry = new FileModelRegistry(join(varDir, 'registry'));
  const first = await registry.resolve(`models:/${name}/1`);
  const bundleDir = await registry.fetchBundle(first);
  await registry.register({ name, bundleDir, runId: first.runId });
}
