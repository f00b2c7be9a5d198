// Resolving a model URI over a registry that can list: shared by the adapters that hold their versions themselves.
import { AppError } from '../../common/errors.ts';
import type { ModelRegistry, ModelUri, ModelVersion } from './model-registry.ts';
import { parseModelUri, type ParsedModelUri } from './model-uri.ts';

/** The version behind a URI. Throws MODEL_NOT_FOUND, BAD_REQUEST. */
export async function resolveVersion(
  registry: Pick<ModelRegistry, 'listModels' | 'listVersions'>,
  uri: ModelUri,
): Promise<ModelVersion> {
  const parsed = parseModelUri(uri);
  const versions =
    parsed.by === 'run' ? await allVersions(registry) : await registry.listVersions(parsed.name);
  const found = versions.find((version) => matches(parsed, version));
  if (found === undefined)
    throw new AppError('MODEL_NOT_FOUND', 'The registry has no version under that URI.');
  return found;
}

/** Versions come newest first, so the first match is the newest. */
function matches(uri: ParsedModelUri, version: ModelVersion): boolean {
  switch (uri.by) {
    case 'alias':
      return version.aliases.includes(uri.alias);
    case 'version':
      return version.version === uri.version;
    case 'latest':
      return true;
    case 'stage':
      return version.stage === uri.stage;
    case 'run':
      return version.runId === uri.runId;
  }
}

async function allVersions(
  registry: Pick<ModelRegistry, 'listModels' | 'listVersions'>,
): Promise<readonly ModelVersion[]> {
  const names = await registry.listModels();
  const perModel = await Promise.all(names.map((name) => registry.listVersions(name)));
  return perModel.flat();
}
