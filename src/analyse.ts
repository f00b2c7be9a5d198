// npm run analyse: the prediction log summarised without the server; what has a role now is asked of the registry.
import 'reflect-metadata';
import { reportFailure } from './common/command.ts';
import { AppError, messageOf } from './common/errors.ts';
import { loadConfig } from './config/load-config.ts';
import { CHALLENGER_ALIAS } from './model/challenger.ts';
import { openServedBundle } from './model/open-model.ts';
import type { ModelRegistry } from './model/registry/model-registry.ts';
import { followedAlias } from './model/registry/model-uri.ts';
import { openRegistry } from './model/registry/open-registry.ts';
import { analyseCommand } from './monitoring/summary/analyse-command.ts';
import { referenceScoresOf } from './monitoring/summary/figures.ts';
import { ROLES, type Role, type ServedVersion } from './monitoring/summary/summary.ts';

analyseCommand(servedVersions).parseAsync().catch(reportFailure);

/** A registry that is away costs the roles and the scores of training, not the summary. */
async function servedVersions(): Promise<readonly ServedVersion[]> {
  const { registry: of, model, challenger } = await loadConfig();
  const registry = openRegistry(of);
  const name = followedAlias(model.uri)?.name ?? model.name;
  const uris = [model.uri, `models:/${name}@${CHALLENGER_ALIAS}`];
  const wanted = challenger.mode === 'off' ? 1 : 2;
  const served: ServedVersion[] = [];
  for (const [i, role] of ROLES.slice(0, wanted).entries()) {
    const version = await servedAs(registry, uris[i] ?? '', role);
    if (version !== null) served.push(version);
  }
  return served;
}

async function servedAs(
  registry: ModelRegistry,
  uri: string,
  role: Role,
): Promise<ServedVersion | null> {
  try {
    const version = await registry.resolve(uri);
    const { reference } = await openServedBundle(await registry.fetchBundle(version));
    const { name: modelName, version: modelVersion } = version;
    return { role, modelName, modelVersion, referenceScores: referenceScoresOf(reference) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    process.stderr.write(`without the ${role}: ${messageOf(error)}\n`);
    return null;
  }
}
