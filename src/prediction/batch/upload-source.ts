// Where the bytes of an upload come from: a request, a file, an object in a store.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { openFile, type RandomAccess } from './random-access.ts';

export interface UploadSource {
  /** Its bytes from one on, in chunks of any size. Parquet is not read from it, and only what is resumed or has a header in CSV is asked for twice. */
  stream(fromByte: number): AsyncIterable<Uint8Array>;
  /** Opens it where it is whole on this machine, for who reads it to close: Parquet is read from its end. */
  readonly file: (() => Promise<RandomAccess>) | null;
  /** null: unknown before the end. */
  readonly bytes: number | null;
}

/** Chunks large enough that their number costs nothing, small enough that many uploads fit in memory. */
const CHUNK_BYTES = 256 * 1024;

export async function fileSource(path: string): Promise<UploadSource> {
  const { size } = await stat(path);
  return Object.freeze({
    stream: (fromByte: number) =>
      createReadStream(path, { start: fromByte, highWaterMark: CHUNK_BYTES }),
    file: () => openFile(path),
    bytes: size,
  });
}
