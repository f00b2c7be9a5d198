// Whether there is something to train before a start: imports no more than the look into the registry needs.
import { AppError } from '../../src/common/errors.ts';
import { loadConfig, type RegistryConfig } from '../../src/config/load-config.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import { openRegistry } from '../../src/model/registry/open-registry.ts';
import { StageError } from './stage-error.ts';

export interface MissingQuestion {
  /** The name that --name gave. */
  readonly name: string | undefined;
  /** The caller chose the params file, and so which data this name stands for. */
  readonly paramsGiven: boolean;
}

/**
 * True where the model that would be served is known not to be registered. Throws StageError where the environment names another model than the
 * default one: the default data must not be trained under a foreign name.
 */
export async function isMissing({ name, paramsGiven }: MissingQuestion): Promise<boolean> {
  const config = await loadConfig();
  const uri = name === undefined ? config.model.uri : championOf(name);
  if (await exists(config.registry, uri)) return false;
  if (paramsGiven || uri === championOf(SETTINGS.MODEL_NAME.default)) return true;
  const ownName = name ?? config.model.name;
  const shown = ownName === SETTINGS.MODEL_NAME.default ? '<name>' : ownName;
  throw new StageError(
    `there is no model at ${uri}: npm run train -- --params my.yaml --name ${shown}`,
  );
}

const championOf = (name: string): string => `models:/${name}@champion`;

async function exists(config: RegistryConfig, uri: string): Promise<boolean> {
  try {
    await openRegistry(config).resolve(uri);
    return true;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'MODEL_NOT_FOUND') return false;
    // A server need not wait for MLflow: it starts with what it served last.
    if (error.code === 'REGISTRY_UNAVAILABLE' && config.kind === 'mlflow') return true;
    const advice = 'check VAR_DIR and REGISTRY_DIR';
    throw new StageError(`${error.message} (${advice})`, { cause: error });
  }
}
