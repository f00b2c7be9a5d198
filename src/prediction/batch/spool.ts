// An upload kept as a file for as long as it is read: a Parquet file says at its end where everything is. The file has no name: when it is closed, or
// the process ends, however that happens, it is gone.
import { mkdtemp, open, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refusalOf } from '../../common/disk-refusal.ts';
import { AppError } from '../../common/errors.ts';

/** Throws what the chunks do, and UNAVAILABLE where the disk does not take them. Who gets the file closes it. */
export async function spool(chunks: AsyncIterable<Uint8Array>): Promise<FileHandle> {
  const file = await openNameless();
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

async function openNameless(): Promise<FileHandle> {
  const dir = await mkdtemp(join(tmpdir(), 'foretell-batch-'));
  try {
    return await open(join(dir, 'upload'), 'wx+');
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
