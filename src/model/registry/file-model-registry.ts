// ADAPTER of the model registry: folders on this machine. A version appears by one atomic rename, so a killed process leaves nothing
// half-registered.
//
//   models/<name>/versions/<n>/bundle/...       the files, never changed again
//   models/<name>/versions/<n>/version.json     run, description, tags, stage, time
//   models/<name>/versions/.incoming-<uuid>/    being written, or left by a killed process: invisible
//   models/<name>/aliases.json                  { "<alias>": "<n>" }
import { randomUUID } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { deepFreeze } from '../../common/deep-freeze.ts';
import { refusalOf } from '../../common/disk-refusal.ts';
import { AppError } from '../../common/errors.ts';
import { syncTree, withFileLock, writeDurably } from './durable-files.ts';
import {
  ModelRegistry,
  type ModelUri,
  type ModelVersion,
  type Registration,
} from './model-registry.ts';
import {
  isVersionNumber,
  parseModelUri,
  requireAlias,
  requireModelName,
  STAGES,
  toStage,
} from './model-uri.ts';
import { resolveVersion } from './resolve-version.ts';

const INCOMING = '.incoming-';
/** No copy takes this long: an incoming folder that has not changed for so long belongs to a process that died. */
const ABANDONED_MS = 60 * 60 * 1000;

const VERSION_FILE = z.object({
  run_id: z.string().nullable(),
  description: z.string(),
  tags: z.record(z.string(), z.string()),
  stage: z.enum(STAGES as ['None', ...ModelVersion['stage'][]]),
  created_at: z.iso.datetime(),
});
type VersionFile = z.output<typeof VERSION_FILE>;

const ALIASES_FILE = z.record(z.string(), z.string().regex(/^[1-9]\d*$/));
type Aliases = z.output<typeof ALIASES_FILE>;

export class FileModelRegistry extends ModelRegistry {
  constructor(
    /** Created on the first registration. */
    private readonly dir: string,
  ) {
    super();
  }

  async resolve(uri: ModelUri): Promise<ModelVersion> {
    return (await this.#byAlias(uri)) ?? (await resolveVersion(this, uri));
  }

  async fetchBundle({ name, version }: ModelVersion): Promise<string> {
    await this.#requireVersion(name, version);
    return join(this.#versionsDir(name), version, 'bundle');
  }

  async listModels(): Promise<readonly string[]> {
    const names = (await listFolders(join(this.dir, 'models'))).sort();
    const counts = await Promise.all(names.map((name) => this.#numbers(name)));
    return names.filter((_, i) => counts[i]?.length !== 0);
  }

  async listVersions(name: string): Promise<readonly ModelVersion[]> {
    requireModelName(name);
    const numbers = await this.#numbers(name);
    if (numbers.length === 0)
      throw new AppError('MODEL_NOT_FOUND', 'The registry has no model of that name.');
    const aliases = await this.#aliases(name);
    return Promise.all(
      numbers.toReversed().map((number) => this.#readVersion(name, number, aliases)),
    );
  }

  async register(registration: Registration): Promise<ModelVersion> {
    requireModelName(registration.name);
    await requireFolder(registration.bundleDir);
    return writing(() => this.#add(registration));
  }

  /**
   * Takes a version of another registry as it is there: number, aliases, stage, run and time. What a server is told here is what that registry
   * would tell it. Throws REGISTRY_UNAVAILABLE where the number is taken; BUNDLE_INVALID.
   */
  async adopt(version: ModelVersion, bundleDir: string): Promise<void> {
    const { name, version: number, aliases } = version;
    requireModelName(name);
    await requireFolder(bundleDir);
    await writing(() =>
      this.#bringIn(name, bundleDir, versionFileOf(version), async (incoming) => {
        if ((await this.#numbers(name)).includes(number))
          throw new AppError('REGISTRY_UNAVAILABLE', 'The registry has a version of that number.');
        await rename(incoming, join(this.#versionsDir(name), number));
        await syncTree(this.#versionsDir(name), { deep: false });
      }),
    );
    await this.#changeAliases(name, (kept) => ({
      ...kept,
      ...Object.fromEntries(aliases.map((alias) => [alias, number])),
    }));
  }

  #add(registration: Registration): Promise<ModelVersion> {
    const { name, bundleDir } = registration;
    const file = toVersionFile(registration);
    return this.#bringIn(name, bundleDir, file, async (incoming) =>
      toVersion(name, await this.#publish(name, incoming), file, {}),
    );
  }

  /** Copies a bundle into a folder that nobody sees until `publish` renames it; nothing is left where that fails. */
  async #bringIn<T>(
    name: string,
    bundleDir: string,
    file: VersionFile,
    publish: (incoming: string) => Promise<T>,
  ): Promise<T> {
    const versions = this.#versionsDir(name);
    await mkdir(versions, { recursive: true });
    await removeAbandoned(versions);
    const incoming = join(versions, INCOMING + randomUUID());
    try {
      await cp(bundleDir, join(incoming, 'bundle'), { recursive: true, dereference: true });
      await writeDurably(join(incoming, 'version.json'), toJson(file));
      await syncTree(incoming);
      return await publish(incoming);
    } catch (error) {
      await rm(incoming, { recursive: true, force: true });
      throw error;
    }
  }

  async setAlias(name: string, alias: string, version: string): Promise<void> {
    requireAlias(alias);
    await this.#requireVersion(name, version);
    await this.#changeAliases(name, (aliases) => ({ ...aliases, [alias]: version }));
  }

  async attach({ name, version }: ModelVersion, file: string, content: string): Promise<void> {
    await this.#requireVersion(name, version);
    const folder = join(this.#versionsDir(name), version, 'documents');
    await writing(async () => {
      await mkdir(folder, { recursive: true });
      await writeDurably(join(folder, file), content);
    });
  }

  async deleteAlias(name: string, alias: string): Promise<void> {
    requireModelName(name);
    if ((await this.#numbers(name)).length === 0) return;
    await this.#changeAliases(name, (aliases) =>
      Object.fromEntries(Object.entries(aliases).filter(([key]) => key !== alias)),
    );
  }

  /** What servers ask at every poll takes two small files, however many versions there are. null where it is not that simple. */
  async #byAlias(uri: ModelUri): Promise<ModelVersion | null> {
    const parsed = parseModelUri(uri);
    if (parsed.by !== 'alias') return null;
    const { name, alias } = parsed;
    const aliases = await this.#aliases(name);
    const number = Object.hasOwn(aliases, alias) ? aliases[alias] : undefined;
    if (number === undefined) return null;
    const file = await this.#versionFile(name, number);
    return file === undefined ? null : toVersion(name, number, file, aliases);
  }

  /** Renames the folder to the next free number. Renaming onto a folder with content fails, so two processes never share a number. */
  async #publish(name: string, incoming: string): Promise<string> {
    const versions = this.#versionsDir(name);
    for (;;) {
      const numbers = await this.#numbers(name);
      const next = `${Number(numbers.at(-1) ?? '0') + 1}`;
      try {
        await rename(incoming, join(versions, next));
      } catch (error) {
        const taken = await isFolder(join(versions, next));
        if (taken) continue;
        throw error;
      }
      await syncTree(versions, { deep: false });
      return next;
    }
  }

  async #changeAliases(name: string, change: (aliases: Aliases) => Aliases): Promise<void> {
    const path = join(this.#modelDir(name), 'aliases.json');
    await writing(() =>
      withFileLock(`${path}.lock`, async () => {
        const aliases = change(await this.#aliases(name));
        await writeDurably(path, toJson(aliases));
      }),
    );
  }

  async #aliases(name: string): Promise<Aliases> {
    const file = `models/${name}/aliases.json`;
    return (await this.#readJson(file, ALIASES_FILE)) ?? {};
  }

  async #readVersion(name: string, number: string, aliases: Aliases): Promise<ModelVersion> {
    const file = await this.#versionFile(name, number);
    if (file === undefined)
      throw new AppError(
        'REGISTRY_UNAVAILABLE',
        `The registry file ${versionPath(name, number)} is missing.`,
      );
    return toVersion(name, number, file, aliases);
  }

  #versionFile(name: string, number: string): Promise<VersionFile | undefined> {
    return this.#readJson(versionPath(name, number), VERSION_FILE);
  }

  async #requireVersion(name: string, version: string): Promise<void> {
    requireModelName(name);
    if (!(await this.#numbers(name)).includes(version))
      throw new AppError('MODEL_NOT_FOUND', 'The registry has no such version.');
  }

  /** Version numbers of a model, rising; none for an unknown model. */
  async #numbers(name: string): Promise<readonly string[]> {
    const folders = await listFolders(this.#versionsDir(name));
    return folders.filter(isVersionNumber).sort((a, b) => Number(a) - Number(b));
  }

  /** The checked content of a file of the registry, undefined where it does not exist. */
  async #readJson<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
    let text: string;
    try {
      text = await readFile(join(this.dir, file), 'utf8');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw unreadable(file, error);
    }
    try {
      return schema.parse(JSON.parse(text));
    } catch (error) {
      throw unreadable(file, error);
    }
  }

  #modelDir(name: string): string {
    return join(this.dir, 'models', name);
  }

  #versionsDir(name: string): string {
    return join(this.#modelDir(name), 'versions');
  }
}

const versionPath = (name: string, number: string): string =>
  `models/${name}/versions/${number}/version.json`;

const unreadable = (file: string, cause: unknown): AppError =>
  new AppError(
    'REGISTRY_UNAVAILABLE',
    `The registry file ${file} cannot be read as what it must be.`,
    {
      cause,
    },
  );

/** A disk that refuses is the registry's outage, not a fault of this program. */
async function writing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const why = refusalOf(cause);
    if (why === null) throw cause;
    throw new AppError('REGISTRY_UNAVAILABLE', `The registry cannot be written: ${why}.`, {
      cause,
    });
  }
}

function toVersionFile({ runId, description = '', tags = {} }: Registration): VersionFile {
  return {
    run_id: runId,
    description,
    tags: { ...tags },
    stage: toStage(tags['stage']) ?? 'None',
    created_at: new Date().toISOString(),
  };
}

/** What toVersion makes a version of again. */
const versionFileOf = (version: ModelVersion): VersionFile => ({
  run_id: version.runId,
  description: version.description,
  tags: { ...version.tags },
  stage: version.stage,
  created_at: version.createdAt,
});

function toVersion(
  name: string,
  version: string,
  file: VersionFile,
  aliases: Aliases,
): ModelVersion {
  return deepFreeze({
    name,
    version,
    aliases: Object.keys(aliases)
      .filter((alias) => aliases[alias] === version)
      .sort(),
    stage: file.stage,
    runId: file.run_id,
    description: file.description,
    tags: file.tags,
    createdAt: file.created_at,
  });
}

const toJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Names of the folders in a folder; none where it does not exist. */
async function listFolders(dir: string): Promise<string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if (isMissing(error)) return [];
    const { code } = error as NodeJS.ErrnoException;
    throw new AppError('REGISTRY_UNAVAILABLE', `The registry cannot be read (${String(code)}).`, {
      cause: error,
    });
  }
}

async function removeAbandoned(versions: string): Promise<void> {
  for (const name of await listFolders(versions)) {
    if (!name.startsWith(INCOMING)) continue;
    const path = join(versions, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > ABANDONED_MS) await rm(path, { recursive: true, force: true });
  }
}

/** Throws BUNDLE_INVALID. */
async function requireFolder(bundleDir: string): Promise<void> {
  if (!(await isFolder(bundleDir)))
    throw new AppError('BUNDLE_INVALID', 'There is no bundle folder to register.');
}

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false;

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';
