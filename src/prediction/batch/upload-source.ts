// Where the bytes of an upload come from: a request, a file, an object in a store.
import { createReadStream } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';

export interface UploadSource {
  /** Its bytes from one on, in chunks of any size. Parquet is not read from it, and only what is resumed or has a header in CSV is asked for twice. */
  stream(fromByte: number): AsyncIterable<Uint8Array>;
  /** Opens it where it lies on this disk, for who reads it to close: Parquet is read from its end. */
  readonly file: (() => Promise<FileHandle>) | null;
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
    file: () => open(path),
    bytes: size,
  });
}

/** A file that is open, and closed by the first who has read it. */
export async function openSource(file: FileHandle): Promise<UploadSource> {
  const { size } = await file.stat();
  return Object.freeze({
    stream: (start: number) => file.createReadStream({ start, highWaterMark: CHUNK_BYTES }),
    file: () => Promise.resolve(file),
    bytes: size,
  });
}
