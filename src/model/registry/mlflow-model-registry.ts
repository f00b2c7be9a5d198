// ADAPTER of the model registry: an MLflow 3 server. A version is a LoggedModel whose files came through the artifact proxy, as Python
// registers it, so that either side reads what the other wrote.
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { deepFreeze } from '../../common/deep-freeze.ts';
import { AppError } from '../../common/errors.ts';
import { MlflowBundleCache } from './mlflow-bundle-cache.ts';
import type { MlflowConnection } from './mlflow-http.ts';
import type { KeyValue, WireVersion } from './mlflow-shapes.ts';
import { isCode, MlflowWire } from './mlflow-wire.ts';
import {
  ModelRegistry,
  type ModelUri,
  type ModelVersion,
  type Registration,
} from './model-registry.ts';
import {
  isModelName,
  isVersionNumber,
  parseModelUri,
  requireAlias,
  requireModelName,
  toStage,
  type ParsedModelUri,
} from './model-uri.ts';

export interface MlflowRegistryOptions extends MlflowConnection {
  /** Where downloaded bundles are kept; made on the first download. */
  readonly cacheDir: string;
}

/** The name of the LoggedModel under its run: the last part of runs:/<run id>/model. */
const MODEL = 'model';

export class MlflowModelRegistry extends ModelRegistry {
  readonly #wire: MlflowWire;
  readonly #cache: MlflowBundleCache;

  constructor({ cacheDir, ...connection }: MlflowRegistryOptions) {
    super();
    this.#wire = new MlflowWire(connection);
    this.#cache = new MlflowBundleCache(cacheDir, this.#wire.artifacts);
  }

  async resolve(uri: ModelUri): Promise<ModelVersion> {
    const parsed = parseModelUri(uri);
    const found = await this.#find(parsed).catch(nullWhenMissing);
    if (found === null)
      throw new AppError('MODEL_NOT_FOUND', `The registry has no version for ${uri}.`);
    return toModelVersion(found);
  }

  async fetchBundle({ name, version }: ModelVersion): Promise<string> {
    const found = await this.#requireVersion(name, version);
    const { source } = found;
    return this.#cache.fetch({ name, version, source }, () => this.#artifactUri(name, version));
  }

  async listModels(): Promise<readonly string[]> {
    const models = await this.#wire.searchRegisteredModels();
    // MLflow allows names that no model URI of ours can carry.
    return models
      .map(({ name }) => name)
      .filter(isModelName)
      .sort();
  }

  async listVersions(name: string): Promise<readonly ModelVersion[]> {
    requireModelName(name);
    const model = await this.#wire.getRegisteredModel(name).catch(nullWhenMissing);
    const versions = model === null ? [] : await this.#wire.searchVersions('name', name);
    if (model === null || versions.length === 0)
      throw new AppError('MODEL_NOT_FOUND', `The registry has no model named ${name}.`);
    return versions.map((version) =>
      toModelVersion({
        ...version,
        aliases: model.aliases
          .filter((alias) => alias.version === version.version)
          .map(({ alias }) => alias),
      }),
    );
  }

  /** The version is created last: until then there is only a LoggedModel that nobody asks for. */
  async register(registration: Registration): Promise<ModelVersion> {
    const { name, runId, description = '', tags = {} } = registration;
    requireModelName(name);
    const files = await listFiles(registration.bundleDir);
    const modelId = await this.#upload(registration, files);
    await this.#wire.ensureRegisteredModel(name);
    const created = await this.#wire.createVersion({
      name,
      source: `models:/${modelId}`,
      model_id: modelId,
      ...(runId === null ? {} : { run_id: runId }),
      tags: toKeyValues(tags),
      description,
    });
    const stage = toStage(tags['stage']) ?? 'None';
    if (stage !== 'None') await this.#wire.setStage(name, created.version, stage);
    await this.#linkVersion(modelId, created);
    return toModelVersion({ ...created, current_stage: stage });
  }

  async setAlias(name: string, alias: string, version: string): Promise<void> {
    requireAlias(alias);
    await this.#requireVersion(name, version);
    await this.#wire.setAlias(name, alias, version);
  }

  async attach({ runId }: ModelVersion, file: string, content: string): Promise<void> {
    if (runId === null) return;
    const { info } = await this.#wire.getRun(runId);
    const path = `documents/${file}`;
    await this.#wire.artifacts.upload(info.artifact_uri, path, new TextEncoder().encode(content));
  }

  async deleteAlias(name: string, alias: string): Promise<void> {
    requireModelName(name);
    await this.#wire.deleteAlias(name, alias).catch(nullWhenMissing);
  }

  async #find(uri: ParsedModelUri): Promise<WireVersion | null> {
    switch (uri.by) {
      case 'alias':
        return this.#wire.versionByAlias(uri.name, uri.alias);
      case 'version':
        return this.#wire.getVersion(uri.name, uri.version);
      // MLflow answers its reserved alias with the newest version.
      case 'latest':
        return this.#complete(await this.#wire.versionByAlias(uri.name, 'latest'));
      case 'stage':
        return this.#complete(await this.#wire.latestInStage(uri.name, uri.stage));
      case 'run':
        return this.#complete(await this.#findByRun(uri.runId));
    }
  }

  async #findByRun(runId: string): Promise<WireVersion | null> {
    for (const version of await this.#wire.searchVersions('run_id', runId))
      if ((await this.#nameUnderRun(version.source)) === MODEL) return version;
    return null;
  }

  /** What a version's source is called under its run: a LoggedModel's name, before MLflow 3 the last part of the artifact path. */
  async #nameUnderRun(source: string): Promise<string | undefined> {
    const modelId = /^models:\/(m-[0-9a-z]+)$/.exec(source)?.[1];
    if (modelId === undefined) return source.split('/').at(-1);
    return (await this.#wire.getLoggedModel(modelId)).info.name;
  }

  /** Answers by stage, search and "latest" leave the aliases out. */
  async #complete(version: WireVersion | null): Promise<WireVersion | null> {
    return version === null ? null : this.#wire.getVersion(version.name, version.version);
  }

  async #requireVersion(name: string, version: string): Promise<WireVersion> {
    requireModelName(name);
    const found = isVersionNumber(version)
      ? await this.#wire.getVersion(name, version).catch(nullWhenMissing)
      : null;
    if (found !== null) return found;
    throw new AppError('MODEL_NOT_FOUND', `The registry has no such version of ${name}.`);
  }

  async #artifactUri(name: string, version: string): Promise<string> {
    const uri = await this.#wire.downloadUri(name, version);
    // MLflow resolves models:/m-..., but hands runs:/... through.
    const [, runId, path] = /^runs:\/([^/]+)\/(.+)$/.exec(uri) ?? [];
    if (runId === undefined || path === undefined) return uri;
    return `${(await this.#wire.getRun(runId)).info.artifact_uri}/${path}`;
  }

  async #upload(
    { name, bundleDir, runId, tags = {} }: Registration,
    files: readonly string[],
  ): Promise<string> {
    const model = await this.#wire.createLoggedModel({
      experiment_id: await this.#experimentOf(name, runId),
      name: MODEL,
      ...(runId === null ? {} : { source_run_id: runId }),
      tags: toKeyValues(tags),
    });
    const { model_id: modelId, artifact_uri: uri } = model.info;
    try {
      for (const file of files)
        await this.#wire.artifacts.upload(uri, file, await readFile(join(bundleDir, file)));
      await this.#wire.finishLoggedModel(modelId, 'READY');
      if (runId !== null) await this.#wire.logOutput(runId, modelId);
    } catch (error) {
      // So that MLflow's pages do not show it as pending for ever; the first error is the one to report.
      await this.#wire.finishLoggedModel(modelId, 'UPLOAD_FAILED').catch(() => undefined);
      throw error;
    }
    return modelId;
  }

  /** The run's experiment; without a run, one with the model's name. */
  async #experimentOf(name: string, runId: string | null): Promise<string> {
    if (runId === null) return this.#wire.ensureExperiment(name);
    const run = await this.#wire.getRun(runId).catch(nullWhenMissing);
    if (run === null)
      throw new AppError(
        'NOT_FOUND',
        'MLflow does not know the run of this model: record or push the run there first.',
      );
    return run.info.experiment_id;
  }

  /** The tag from which MLflow's pages link a LoggedModel to its version. The version stands without it, so failing is no error. */
  async #linkVersion(modelId: string, { name, version }: WireVersion): Promise<void> {
    const value = JSON.stringify([{ name, version: Number(version) }]);
    await this.#wire
      .tagLoggedModel(modelId, [{ key: 'mlflow.modelVersions', value }])
      .catch(() => undefined);
  }
}

/** Paths below the folder with '/', sorted. Throws BUNDLE_INVALID where there is nothing. */
async function listFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  if (files.length === 0)
    throw new AppError('BUNDLE_INVALID', 'There is no bundle folder to register.');
  return files.sort();
}

function nullWhenMissing(error: unknown): null {
  if (isCode(error, 'NOT_FOUND')) return null;
  throw error;
}

const toKeyValues = (tags: Readonly<Record<string, string>>): KeyValue[] =>
  Object.entries(tags).map(([key, value]) => ({ key, value }));

function toModelVersion(version: WireVersion): ModelVersion {
  return deepFreeze({
    name: version.name,
    version: version.version,
    aliases: version.aliases.toSorted(),
    stage: version.current_stage,
    runId: version.run_id === '' ? null : version.run_id,
    description: version.description,
    tags: Object.fromEntries(version.tags.map(({ key, value }) => [key, value])),
    createdAt: new Date(version.creation_timestamp).toISOString(),
  });
}
