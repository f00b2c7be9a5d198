// FAKE of the model registry for tests: versions live in this object, bundles in a folder of the system's temporary folder. What it was
// not told it does not know, and says so.
import { cp, mkdtemp, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deepFreeze } from '../../common/deep-freeze.ts';
import { AppError } from '../../common/errors.ts';
import {
  ModelRegistry,
  type ModelUri,
  type ModelVersion,
  type Registration,
} from './model-registry.ts';
import { requireAlias, requireModelName, toStage } from './model-uri.ts';
import { resolveVersion } from './resolve-version.ts';

interface Entry {
  readonly version: Omit<ModelVersion, 'aliases'>;
  readonly bundleDir: string;
}

export class InMemoryModelRegistry extends ModelRegistry {
  readonly #models = new Map<string, Entry[]>();
  readonly #aliases = new Map<string, Map<string, string>>();

  resolve(uri: ModelUri): Promise<ModelVersion> {
    return resolveVersion(this, uri);
  }

  fetchBundle({ name, version }: ModelVersion): Promise<string> {
    return Promise.resolve().then(() => this.#entry(name, version).bundleDir);
  }

  listModels(): Promise<readonly string[]> {
    return Promise.resolve([...this.#models.keys()].sort());
  }

  listVersions(name: string): Promise<readonly ModelVersion[]> {
    return Promise.resolve().then(() => {
      requireModelName(name);
      const entries = this.#models.get(name);
      if (entries === undefined)
        throw new AppError('MODEL_NOT_FOUND', 'The registry has no model of that name.');
      return entries.map(({ version }) => this.#withAliases(version)).reverse();
    });
  }

  async register({
    name,
    bundleDir,
    runId,
    description = '',
    tags = {},
  }: Registration): Promise<ModelVersion> {
    requireModelName(name);
    if (!(await stat(bundleDir).catch(() => undefined))?.isDirectory())
      throw new AppError('BUNDLE_INVALID', 'There is no bundle folder to register.');
    const copy = await mkdtemp(join(tmpdir(), 'in-memory-registry-'));
    await cp(bundleDir, copy, { recursive: true });
    const entries = this.#models.get(name) ?? [];
    const version = {
      name,
      version: `${entries.length + 1}`,
      stage: toStage(tags['stage']) ?? 'None',
      runId,
      description,
      tags: { ...tags },
      createdAt: new Date().toISOString(),
    };
    this.#models.set(name, [...entries, { version, bundleDir: copy }]);
    return this.#withAliases(version);
  }

  setAlias(name: string, alias: string, version: string): Promise<void> {
    return Promise.resolve().then(() => {
      requireAlias(alias);
      this.#entry(name, version);
      const aliases = this.#aliases.get(name) ?? new Map<string, string>();
      this.#aliases.set(name, aliases.set(alias, version));
    });
  }

  /** Documents are for people; the fake has none to show. */
  attach({ name, version }: ModelVersion): Promise<void> {
    return Promise.resolve().then(() => {
      this.#entry(name, version);
    });
  }

  deleteAlias(name: string, alias: string): Promise<void> {
    return Promise.resolve().then(() => {
      requireModelName(name);
      this.#aliases.get(name)?.delete(alias);
    });
  }

  #entry(name: string, version: string): Entry {
    requireModelName(name);
    const entry = this.#models
      .get(name)
      ?.find((candidate) => candidate.version.version === version);
    if (entry === undefined)
      throw new AppError('MODEL_NOT_FOUND', 'The registry has no such version.');
    return entry;
  }

  #withAliases(version: Omit<ModelVersion, 'aliases'>): ModelVersion {
    const aliases = [...(this.#aliases.get(version.name) ?? [])]
      .filter(([, target]) => target === version.version)
      .map(([alias]) => alias)
      .sort();
    return deepFreeze({ ...version, aliases });
  }
}
