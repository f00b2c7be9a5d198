// Files through MLflow's artifact proxy (mlflow-artifacts:/...): list, upload, download. The proxy hides where they lie (disk, S3).
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { AppError } from '../../common/errors.ts';
import type { MlflowHttp } from './mlflow-http.ts';

export interface ArtifactFile {
  /** Below the listed folder, parts separated by '/'; checked to stay inside it. */
  readonly path: string;
  /** null where the store does not say. */
  readonly bytes: number | null;
}

const ROUTE = '/api/2.0/mlflow-artifacts/artifacts';

const listing = z.object({
  files: z
    .array(
      z.object({
        path: z.string(),
        is_dir: z.boolean().default(false),
        file_size: z.coerce.number().int().nonnegative().optional(),
      }),
    )
    .default([]),
});

export class MlflowArtifacts {
  constructor(private readonly http: MlflowHttp) {}

  /** Every file below an artifact URI, sorted by path. */
  async list(uri: string): Promise<readonly ArtifactFile[]> {
    const files = await this.#listFolder(proxyPath(uri), '');
    return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  }

  async upload(uri: string, path: string, content: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.http.send(
      {
        method: 'PUT',
        path: `${ROUTE}/${encodePath(`${proxyPath(uri)}/${path}`)}`,
        body: content,
        idempotent: true,
      },
      (response) => response.text(),
    );
  }

  /** Writes the file's bytes to `target` and returns how many came. */
  download(uri: string, path: string, target: string): Promise<number> {
    return this.http.send(
      {
        method: 'GET',
        path: `${ROUTE}/${encodePath(`${proxyPath(uri)}/${path}`)}`,
        idempotent: true,
      },
      async ({ body }, alive) => {
        const file = createWriteStream(target);
        const chunks = (body ?? []) as AsyncIterable<Uint8Array>;
        await pipeline(
          chunks,
          async function* (arriving: AsyncIterable<Uint8Array>) {
            for await (const chunk of arriving) {
              alive();
              yield chunk;
            }
          },
          file,
        );
        return file.bytesWritten;
      },
    );
  }

  async #listFolder(folder: string, prefix: string): Promise<readonly ArtifactFile[]> {
    const { files } = await this.http.json(listing, {
      method: 'GET',
      path: ROUTE,
      query: { path: folder },
      idempotent: true,
    });
    const found: ArtifactFile[] = [];
    for (const { path, is_dir: isFolder, file_size: bytes } of files) {
      requireInside(path);
      const below = `${prefix}${path}`;
      if (isFolder) found.push(...(await this.#listFolder(`${folder}/${path}`, `${below}/`)));
      else found.push({ path: below, bytes: bytes ?? null });
    }
    return found;
  }
}

/** mlflow-artifacts:/1/abc or mlflow-artifacts://host:port/1/abc -> 1/abc; the host is the server that we already talk to. */
function proxyPath(uri: string): string {
  const path = /^mlflow-artifacts:(?:\/\/[^/]*)?\/+(.+?)\/*$/.exec(uri)?.[1];
  if (path === undefined) {
    throw new AppError(
      'REGISTRY_UNAVAILABLE',
      'the artifacts are not behind MLflow: start it with --serve-artifacts and --artifacts-destination, in an experiment made after that',
    );
  }
  requireInside(path);
  return path;
}

/** fetch would resolve ".." itself, and a listing is no reason to write outside a folder. */
function requireInside(path: string): void {
  if (
    path.includes('\\') ||
    path.split('/').some((part) => part === '' || part === '.' || part === '..')
  ) {
    throw new AppError(
      'BUNDLE_INVALID',
      'artifact path: expected a relative path without empty, . and .. parts',
    );
  }
}

function encodePath(path: string): string {
  requireInside(path);
  return path.split('/').map(encodeURIComponent).join('/');
}
