// An upload kept for as long as it is read: a Parquet file says at its end where everything is. A small one is kept in memory, which saves a tenth
// of the time of 10,000 rows; a larger one in a file that has no name: when it is closed, or the process ends, however that happens, it is gone.
import { mkdtemp, open, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refusalOf } from '../../common/disk-refusal.ts';
import { AppError } from '../../common/errors.ts';
import { inMemory, onDisk, type RandomAccess } from './random-access.ts';

/** Kept in memory at most, of one upload. */
export const MEMORY_BYTES = 4 * 1024 * 1024;

/** Throws what the chunks do, and UNAVAILABLE where the disk does not take them. Who gets it closes it. */
export async function spool(
  chunks: AsyncIterable<Uint8Array>,
  folder = tmpdir(),
): Promise<RandomAccess> {
  const rest = chunks[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  for (let bytes = 0; bytes <= MEMORY_BYTES;) {
    const next = await rest.next();
    if (next.done === true) return inMemory(first);
    first.push(next.value);
    bytes += next.value.length;
  }
  try {
    return await onDisk(await written(joined(first, rest), folder));
  } finally {
    await rest.return?.();
  }
}

async function* joined(
  first: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* first;
  yield* { [Symbol.asyncIterator]: () => rest };
}

async function written(chunks: AsyncIterable<Uint8Array>, folder: string): Promise<FileHandle> {
  const file = await openNameless(folder);
  try {
    await writeFile(file, chunks);
    return file;
  } catch (error) {
    await file.close();
    const why = refusalOf(error);
    if (why === null) throw error;
    throw new AppError('UNAVAILABLE', `The upload cannot be kept while it is read: ${why}.`, {
      cause: error,
    });
  }
}

async function openNameless(folder: string): Promise<FileHandle> {
  const dir = await mkdtemp(join(folder, 'foretell-batch-'));
  try {
    return await open(join(dir, 'upload'), 'wx+');
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
