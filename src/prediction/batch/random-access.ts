// Bytes that are read at any place: Parquet says at its end where everything is. A file on disk, or what is small enough in memory.
import { open, type FileHandle } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';

export interface RandomAccess {
  /** Bytes. */
  readonly size: number;
  /** Throws where the bytes end before. */
  read(start: number, end: number): Promise<ArrayBuffer>;
  /** More than once does no harm. */
  close(): Promise<void>;
}

export const openFile = async (path: string): Promise<RandomAccess> => onDisk(await open(path));

/** Closes the file in the end, and where its size is not to be had. */
export async function onDisk(file: FileHandle): Promise<RandomAccess> {
  try {
    const { size } = await file.stat();
    return Object.freeze({
      size,
      read: (start: number, end: number) => readRange(file, start, end),
      close: () => file.close(),
    });
  } catch (error) {
    await file.close();
    throw error;
  }
}

export function inMemory(chunks: readonly Uint8Array[]): RandomAccess {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return Object.freeze({
    size: bytes.length,
    read: async (start: number, end: number) => {
      // What is read is decoded at once, a page of which takes a millisecond: others have their turn between two, as with a disk.
      await turn();
      if (end > bytes.length) throw tooShort();
      return bytes.buffer.slice(start, end);
    },
    close: () => Promise.resolve(),
  });
}

async function readRange(file: FileHandle, start: number, end: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(end - start);
  for (let done = 0; done < bytes.length;) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done);
    if (bytesRead === 0) throw tooShort();
    done += bytesRead;
  }
  return bytes.buffer;
}

const tooShort = (): Error => new Error('the file ends before its footer says');
