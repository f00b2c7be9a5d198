// An upload kept as a file for as long as it is read: a Parquet file says at its end where everything is.
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { refusalOf } from '../../common/disk-refusal.ts';
import { AppError } from '../../common/errors.ts';

export interface SpooledFile {
  readonly path: string;
  readonly remove: () => Promise<void>;
}

/** Throws what the chunks do, and UNAVAILABLE where the disk does not take them. */
export async function spool(chunks: AsyncIterable<Uint8Array>): Promise<SpooledFile> {
  const dir = await mkdtemp(join(tmpdir(), 'foretell-batch-'));
  const path = join(dir, 'upload');
  const remove = (): Promise<void> => rm(dir, { recursive: true, force: true });
  try {
    await pipeline(chunks, createWriteStream(path));
    return { path, remove };
  } catch (error) {
    await remove();
    const why = refusalOf(error);
    if (why === null) throw error;
    throw new AppError('UNAVAILABLE', `The upload cannot be kept while it is read: ${why}.`, {
      cause: error,
    });
  }
}
