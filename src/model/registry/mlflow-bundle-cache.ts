// Bundles downloaded from MLflow, kept on this machine. A folder appears by one atomic rename, after every byte was checked, and is never
// changed again: <dir>/<name>/<version>-<digest of its source>/
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../common/errors.ts';
import { invalid, parseBundleFile, SCHEMAS } from '../bundle-schema.ts';
import { BUNDLE_FILES, sha256 as sha256Of } from '../model-bundle.ts';
import { syncTree } from './durable-files.ts';
import type { ArtifactFile, MlflowArtifacts } from './mlflow-artifacts.ts';

export interface CachedVersion {
  readonly name: string;
  readonly version: string;
  /** Where MLflow says the files come from: part of the key, for a model deleted and made anew starts again at version 1. */
  readonly source: string;
}

export class MlflowBundleCache {
  readonly #dir: string;
  readonly #artifacts: MlflowArtifacts;

  constructor(dir: string, artifacts: MlflowArtifacts) {
    this.#dir = dir;
    this.#artifacts = artifacts;
  }

  /** The folder of a version; downloaded from the artifact URI where it is not here yet. */
  async fetch(version: CachedVersion, artifactUri: () => Promise<string>): Promise<string> {
    const folder = this.#folder(version);
    if (await isFolder(folder)) return folder;
    const incoming = join(dirname(folder), `.incoming-${randomUUID()}`);
    try {
      await this.#download(await artifactUri(), incoming);
      await syncTree(incoming);
      await publish(incoming, folder);
    } finally {
      await rm(incoming, { recursive: true, force: true });
    }
    return folder;
  }

  #folder({ name, version, source }: CachedVersion): string {
    const digest = sha256Of(Buffer.from(source)).slice(0, 16);
    return join(this.#dir, name, `${version}-${digest}`);
  }

  async #download(uri: string, target: string): Promise<void> {
    const files = await this.#artifacts.list(uri);
    if (files.length === 0)
      throw new AppError('BUNDLE_INVALID', 'MLflow has the version but none of its files.');
    for (const file of files) await this.#downloadFile(uri, file, target);
    if (files.some(({ path }) => path === BUNDLE_FILES.manifest)) await verifyManifest(target);
  }

  async #downloadFile(uri: string, { path, bytes }: ArtifactFile, target: string): Promise<void> {
    const file = join(target, path);
    await mkdir(dirname(file), { recursive: true });
    const received = await this.#artifacts.download(uri, path, file);
    // Cut off on the way: another attempt may bring all of it, so the version itself is not condemned.
    if (bytes !== null && received !== bytes)
      throw new AppError(
        'REGISTRY_UNAVAILABLE',
        `${path}: ${received} bytes came from MLflow, expected ${bytes}.`,
      );
  }
}

/** Every file that the manifest names is there with the bytes that were registered. Throws BUNDLE_INVALID. */
async function verifyManifest(folder: string): Promise<void> {
  const bytes = await readFile(join(folder, BUNDLE_FILES.manifest));
  const { sha256 } = parseBundleFile(SCHEMAS.manifest, BUNDLE_FILES.manifest, bytes);
  for (const [name, expected] of Object.entries(sha256)) {
    const content = await readFile(join(folder, name)).catch((error: unknown) => {
      throw invalid(name, 'it is named in the manifest, but missing', error);
    });
    if (sha256Of(content) !== expected)
      throw invalid(name, 'its content does not have the sha256 that manifest.json states');
  }
}

/** Another process may have brought the same version meanwhile: renaming onto a folder with content fails, and either copy will do. */
async function publish(incoming: string, folder: string): Promise<void> {
  try {
    await rename(incoming, folder);
  } catch (error) {
    if (!(await isFolder(folder))) throw error;
  }
  await syncTree(dirname(folder), { deep: false });
}

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
