// An export written to a file or to standard output: a file is there when it is whole, and what was there before stays until then.
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A sibling is written, flushed and renamed over the file. */
export async function writeExport(
  stream: Readable,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const sibling = `${path}.${randomUUID()}.tmp`;
  try {
    await pipeline(stream, createWriteStream(sibling, { flags: 'wx', flush: true }), { signal });
    await rename(sibling, path);
  } catch (error) {
    await rm(sibling, { force: true });
    throw error;
  }
}

/** A reader that leaves early (`| head`) has had what it wanted. */
export async function printExport(stream: Readable, signal: AbortSignal): Promise<void> {
  try {
    await pipeline(stream, process.stdout, { signal, end: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}
