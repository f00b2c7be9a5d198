// An export written to a file or to standard output: a file is there when it is whole, and what was there before stays until then.
import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { replaceFile } from '../../model/registry/durable-files.ts';

/** The file appears, or replaces the one before, when the stream has ended well. */
export const writeExport = (stream: Readable, path: string, signal: AbortSignal): Promise<void> =>
  replaceFile(path, (sibling) =>
    pipeline(stream, createWriteStream(sibling, { flags: 'wx', flush: true }), { signal }),
  );

/** A reader that leaves early (`| head`) has had what it wanted. */
export async function printExport(stream: Readable, signal: AbortSignal): Promise<void> {
  try {
    await pipeline(stream, process.stdout, { signal, end: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}
