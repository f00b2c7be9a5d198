// Writing files so that a crash leaves either the old content or the new, and a lock that a crash cannot keep for ever.
import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../common/errors.ts';

/** A holder needs milliseconds: a lock this old belongs to a process that died. */
const STALE_LOCK_MS = 10_000;
const LOCK_RETRY_MS = 5;
const LOCK_PATIENCE_MS = 2 * STALE_LOCK_MS;

/** Replaces a file's content in one step: a sibling is written, flushed and renamed over it. */
export async function writeDurably(path: string, text: string): Promise<void> {
  await replaceFile(path, async (sibling) => {
    const file = await open(sibling, 'wx');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  });
  await syncOne(dirname(path));
}

/** Puts what `write` leaves in a sibling in the place of a file; where it cannot, the file stays as it was. `write` flushes. */
export async function replaceFile(
  path: string,
  write: (sibling: string) => Promise<void>,
): Promise<void> {
  const sibling = `${path}.${randomUUID()}.tmp`;
  try {
    await write(sibling);
    await rename(sibling, path);
  } catch (error) {
    await rm(sibling, { force: true });
    throw error;
  }
}

/** Flushes a folder to the disk, with everything in it unless `deep` is false. */
export async function syncTree(dir: string, { deep = true } = {}): Promise<void> {
  if (deep) {
    for (const entry of await readdir(dir, { withFileTypes: true })) {
      const path = join(dir, entry.name);
      await (entry.isDirectory() ? syncTree(path) : syncOne(path));
    }
  }
  await syncOne(dir);
}

async function syncOne(path: string): Promise<void> {
  const handle = await open(path, 'r').catch(() => undefined);
  try {
    // Some systems cannot flush a folder (Windows); the rename has happened all the same.
    await handle?.sync().catch(() => undefined);
  } finally {
    await handle?.close();
  }
}

/** Runs `work` while this process alone holds the lock file. Throws REGISTRY_UNAVAILABLE where it cannot be had. */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + LOCK_PATIENCE_MS;
  while (!(await tryLock(path))) {
    if (performance.now() > deadline)
      throw new AppError('REGISTRY_UNAVAILABLE', 'The registry is locked by another process.');
    await sleep(LOCK_RETRY_MS);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function tryLock(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx')).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined && Date.now() - found.mtimeMs > STALE_LOCK_MS)
    await rm(path, { force: true });
  return false;
}
