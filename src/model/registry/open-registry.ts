// The registry that the configuration names: the only place that knows every adapter. The server and ml/ both come through here.
import type { RegistryConfig } from '../../config/load-config.ts';
import { FileModelRegistry } from './file-model-registry.ts';
import type { MlflowConnection } from './mlflow-http.ts';
import { MlflowModelRegistry } from './mlflow-model-registry.ts';
import type { ModelRegistry } from './model-registry.ts';

/** The compiler asks for the case that is missing. */
export function openRegistry(registry: RegistryConfig): ModelRegistry {
  switch (registry.kind) {
    case 'file':
      return new FileModelRegistry(registry.dir);
    case 'mlflow':
      return new MlflowModelRegistry({
        ...mlflowConnection(registry),
        cacheDir: registry.cacheDir,
      });
  }
}

/** How to reach the MLflow server of the configuration; its runs are reached the same way. */
export const mlflowConnection = ({
  url,
  username,
  password,
  token,
}: Extract<RegistryConfig, { readonly kind: 'mlflow' }>): MlflowConnection => ({
  url,
  username: username ?? undefined,
  password: password ?? undefined,
  token: token ?? undefined,
});
