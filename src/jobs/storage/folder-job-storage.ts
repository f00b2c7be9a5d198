// The files of jobs in a folder, one folder below it for each job. Several servers share it where it is mounted on all of them.
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { refusalOf } from '../../common/disk-refusal.ts';
import { messageOf } from '../../common/errors.ts';
import { JobStorage, StorageError, type StoredJob } from './job-storage.ts';

export class FolderJobStorage extends JobStorage {
  constructor(private readonly dir: string) {
    super();
  }

  async write(job: string, file: string, content: AsyncIterable<Uint8Array>): Promise<number> {
    const path = this.path(job, file);
    const sibling = `${path}.${randomUUID()}.tmp`;
    try {
      await onDisk(mkdir(join(this.dir, job), { recursive: true }));
      const bytes = await fill(sibling, content);
      await onDisk(rename(sibling, path));
      return bytes;
    } catch (error) {
      await rm(sibling, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  async *read(job: string, file: string, from = 0): AsyncGenerator<Uint8Array, void, undefined> {
    const stream = createReadStream(this.path(job, file), { start: from });
    try {
      for await (const chunk of stream) yield chunk as Buffer;
    } catch (error) {
      throw new StorageError(`A file of the job cannot be read: ${reasonOf(error)}.`, {
        cause: error,
      });
    } finally {
      stream.destroy();
    }
  }

  path(job: string, file: string): string {
    return join(this.dir, job, file);
  }

  async list(job: string): Promise<readonly string[]> {
    return namesIn(join(this.dir, job));
  }

  async remove(job: string, file?: string): Promise<void> {
    const path = file === undefined ? join(this.dir, job) : this.path(job, file);
    await onDisk(rm(path, { recursive: true, force: true, maxRetries: 2 }));
  }

  async jobs(): Promise<readonly StoredJob[]> {
    const found: StoredJob[] = [];
    for (const job of await namesIn(this.dir)) {
      const paths = (await this.list(job)).map((file) => this.path(job, file));
      const times = await Promise.all([join(this.dir, job), ...paths].map(writtenAt));
      found.push({ job, writtenAt: Math.max(...times) });
    }
    return found;
  }
}

/** Writes a new file and flushes it to the disk; answers its bytes. */
async function fill(path: string, content: AsyncIterable<Uint8Array>): Promise<number> {
  const handle = await onDisk(open(path, 'wx'));
  try {
    let bytes = 0;
    for await (const chunk of content) {
      await onDisk(writeAll(handle, chunk));
      bytes += chunk.byteLength;
    }
    await onDisk(handle.sync());
    return bytes;
  } finally {
    await handle.close();
  }
}

/** A write may take less than it was given. */
async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.byteLength;)
    at += (await handle.write(chunk, at, chunk.byteLength - at)).bytesWritten;
}

async function onDisk<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new StorageError(`A file of the job cannot be written: ${reasonOf(error)}.`, {
      cause: error,
    });
  }
}

/** In words, without a path of this machine. */
const reasonOf = (error: unknown): string =>
  refusalOf(error) ?? (error as NodeJS.ErrnoException).code ?? messageOf(error);

async function namesIn(dir: string): Promise<readonly string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw new StorageError(`The files of jobs cannot be listed: ${reasonOf(error)}.`, {
      cause: error,
    });
  }
}

/** 0 for one that has just been removed. */
const writtenAt = async (path: string): Promise<number> =>
  (await stat(path).catch(() => null))?.mtimeMs ?? 0;
