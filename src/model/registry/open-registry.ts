// The registry that the configuration names: the only place that knows every adapter. The server and ml/ both come through here.
import type { RegistryConfig } from '../../config/load-config.ts';
import { FileModelRegistry } from './file-model-registry.ts';
import type { ModelRegistry } from './model-registry.ts';

type Openers = {
  readonly [K in RegistryConfig['kind']]: (
    config: Extract<RegistryConfig, { readonly kind: K }>,
  ) => ModelRegistry;
};

/** One entry per kind; the compiler asks for the missing one. */
const ADAPTERS: Openers = {
  file: ({ dir }) => new FileModelRegistry(dir),
};

export const openRegistry = (registry: RegistryConfig): ModelRegistry =>
  ADAPTERS[registry.kind](registry);
