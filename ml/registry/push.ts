// Copies the embedded runs and versions to an MLflow server. Each copy says in a tag what it is of: pushing again copies what is new.
import { join } from 'node:path';
import type { Config } from '../../src/config/load-config.ts';
import { FileModelRegistry } from '../../src/model/registry/file-model-registry.ts';
import type { ModelRegistry, ModelVersion } from '../../src/model/registry/model-registry.ts';
import { mlflowConnection, openRegistry } from '../../src/model/registry/open-registry.ts';
import { FileRunTracker } from '../tracking/file-run-tracker.ts';
import { MlflowRunCopier, type RunCopy } from '../tracking/mlflow-run-copy.ts';
import type { RunRecord } from '../tracking/run-tracker.ts';

export const VERSION_TAG = 'foretell.pushed_from';

/** There is nowhere to push to. */
export class PushError extends Error {
  override readonly name = 'PushError';
}

interface Push {
  readonly runs: FileRunTracker;
  readonly source: FileModelRegistry;
  readonly copier: MlflowRunCopier;
  readonly target: ModelRegistry;
  readonly tell: (line: string) => void;
}

/** `name` limits it to one model. Throws PushError, and what the registries throw; what was copied by then stays. */
export async function push(
  config: Config,
  tell: (line: string) => void,
  name?: string,
): Promise<void> {
  const { registry, registryDir, varDir } = config;
  if (registry.kind !== 'mlflow')
    throw new PushError('set MLFLOW_TRACKING_URI to the MLflow server to push to');
  const work: Push = {
    runs: new FileRunTracker(join(varDir, 'runs')),
    source: new FileModelRegistry(registryDir),
    copier: new MlflowRunCopier(mlflowConnection(registry)),
    target: openRegistry(registry),
    tell,
  };
  const copies = await pushRuns(work, name);
  const models = name === undefined ? await work.source.listModels() : [name];
  for (const model of models) await pushModel(work, model, copies);
}

/** A training run has the model's name, and its candidates are below it; they go to the experiment of that name. */
async function pushRuns(work: Push, name?: string): Promise<ReadonlyMap<string, string>> {
  const all = await work.runs.listRuns();
  const trainings = all.filter((run) => run.parentRunId === null);
  const copies = new Map<string, string>();
  for (const experiment of new Set(trainings.map((run) => run.name))) {
    if (name !== undefined && name !== experiment) continue;
    const there = await work.copier.copiesIn(experiment);
    const ids = new Set(trainings.filter((run) => run.name === experiment).map((run) => run.runId));
    const family = all.filter((run) => ids.has(run.parentRunId ?? run.runId));
    let added = 0;
    for (const run of family) added += Number(await pushRun(work, experiment, run, there, copies));
    work.tell(`${experiment}: ${added} of ${family.length} runs copied, the others were there`);
  }
  return copies;
}

/** Whether it was copied. A run that is still being recorded is left for the next time. */
async function pushRun(
  { runs, copier }: Push,
  experiment: string,
  run: RunRecord,
  there: ReadonlyMap<string, RunCopy>,
  copies: Map<string, string>,
): Promise<boolean> {
  const copy = there.get(run.runId);
  if (copy?.complete === true) copies.set(run.runId, copy.runId);
  if (copy?.complete === true || run.status === 'RUNNING') return false;
  const source = {
    run,
    parentRunId: copies.get(run.parentRunId ?? '') ?? null,
    artifactFile: (path: string) => runs.artifactFile(run.runId, path),
  };
  copies.set(run.runId, await copier.copy(experiment, source, copy));
  return true;
}

async function pushModel(
  { source, target, tell }: Push,
  name: string,
  runs: ReadonlyMap<string, string>,
): Promise<void> {
  const versions = (await source.listVersions(name)).toReversed();
  const there = await versionsOf(target, name);
  const pushed = new Map(there.map((version) => [version.tags[VERSION_TAG], version.version]));
  for (const version of versions) {
    const origin = originOf(version);
    if (pushed.has(origin)) continue;
    const copy = await target.register({
      name,
      bundleDir: await source.fetchBundle(version),
      runId: runs.get(version.runId ?? '') ?? null,
      description: version.description,
      tags: { ...version.tags, [VERSION_TAG]: origin },
    });
    pushed.set(origin, copy.version);
    tell(`${name}: version ${version.version} is version ${copy.version} there`);
  }
  for (const version of versions)
    for (const alias of version.aliases) {
      const number = pushed.get(originOf(version));
      const holder = there.find(({ aliases }) => aliases.includes(alias));
      if (number === undefined || holder?.version === number) continue;
      // Somebody chose a version there that does not come from here: not ours to move.
      if (holder !== undefined && holder.tags[VERSION_TAG] === undefined) {
        tell(`${name}: ${alias} stays at version ${holder.version}, which is not from here`);
        continue;
      }
      await target.setAlias(name, alias, number);
      tell(`${name}: ${alias} is version ${number} there`);
    }
}

/** A number may be given again after its version was deleted; with its time it is unique. */
const originOf = ({ version, createdAt }: ModelVersion): string => `${version} of ${createdAt}`;

async function versionsOf(registry: ModelRegistry, name: string): Promise<readonly ModelVersion[]> {
  return (await registry.listModels()).includes(name) ? registry.listVersions(name) : [];
}
