// Copies one version of whatever registry is configured into a folder that is a registry of its own: what an image carries its model as.
import type { RegistryConfig } from '../../src/config/load-config.ts';
import { FileModelRegistry } from '../../src/model/registry/file-model-registry.ts';
import type { ModelVersion } from '../../src/model/registry/model-registry.ts';
import { openRegistry } from '../../src/model/registry/open-registry.ts';
import { openServedBundle } from '../../src/model/open-model.ts';

/**
 * The version keeps its number and its aliases, so the same URI names it there. Throws what the registries throw; BUNDLE_INVALID where the
 * files are not a bundle.
 */
export async function exportVersion(
  source: RegistryConfig,
  uri: string,
  dir: string,
): Promise<ModelVersion> {
  const registry = openRegistry(source);
  const version = await registry.resolve(uri);
  const bundleDir = await registry.fetchBundle(version);
  await openServedBundle(bundleDir);
  await new FileModelRegistry(dir).adopt(version, bundleDir);
  return version;
}
