// A Parquet file on disk: its footer, checked against the file, and its bytes.
import type { FileHandle } from 'node:fs/promises';
import { parquetMetadataAsync, type FileMetaData } from 'hyparquet';
import type { AppError } from '../../common/errors.ts';
import { emptyUpload, invalidUpload } from './upload-fault.ts';

/** What a file begins and ends with; encrypted ones end otherwise. */
const [MAGIC, ENCRYPTED] = ['PAR1', 'PARE'];
/** The footer's length and the magic. */
const TAIL_BYTES = 8;
/** A footer is read at once; that of ten thousand row groups of a hundred columns takes less. */
const MAX_FOOTER_BYTES = 128 * 1024 * 1024;

export class ParquetFile {
  private constructor(
    readonly metadata: FileMetaData,
    readonly bytes: number,
    readonly rows: number,
    readonly handle: FileHandle,
  ) {}

  /** Throws INVALID_INPUT where it is not a whole Parquet file; the handle is closed then. */
  static async open(handle: FileHandle): Promise<ParquetFile> {
    try {
      const { size } = await handle.stat();
      await checkEnds(handle, size);
      const slice = (start: number, end = size) => readRange(handle, start, end);
      const metadata = await damaged(() => parquetMetadataAsync({ byteLength: size, slice }));
      return new ParquetFile(metadata, size, rowsOf(metadata), handle);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Throws where the file ends before. */
  read(start: number, end: number): Promise<ArrayBuffer> {
    return readRange(this.handle, start, end);
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

async function readRange(handle: FileHandle, start: number, end: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(end - start);
  for (let done = 0; done < bytes.length;) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start + done);
    if (bytesRead === 0) throw new Error('the file ends before its footer says');
    done += bytesRead;
  }
  return bytes.buffer;
}

async function checkEnds(handle: FileHandle, size: number): Promise<void> {
  if (size === 0) throw emptyUpload();
  if (size < MAGIC.length + TAIL_BYTES) throw notParquet();
  const head = Buffer.from(await readRange(handle, 0, MAGIC.length));
  const tail = Buffer.from(await readRange(handle, size - TAIL_BYTES, size));
  const end = tail.toString('latin1', TAIL_BYTES - MAGIC.length);
  if (end === ENCRYPTED) throw invalidUpload('The upload is an encrypted Parquet file.');
  if (head.toString('latin1') !== MAGIC) throw notParquet();
  if (end !== MAGIC)
    throw invalidUpload('The upload is a Parquet file that is cut short: its end is missing.');
  const footer = tail.readUInt32LE(0);
  if (footer > size - TAIL_BYTES - MAGIC.length || footer > MAX_FOOTER_BYTES)
    throw invalidUpload('The upload is not a whole Parquet file: its footer is longer than it.');
}

function rowsOf({ row_groups: groups, num_rows: rows }: FileMetaData): number {
  const sum = groups.reduce((total, group) => total + group.num_rows, 0n);
  if (sum !== rows || rows > BigInt(Number.MAX_SAFE_INTEGER) || groups.some(isNegative))
    throw invalidUpload(
      'The upload is not a whole Parquet file: its row groups do not hold as many rows as it tells.',
    );
  return Number(rows);
}

const isNegative = (group: { readonly num_rows: bigint }): boolean => group.num_rows < 0n;

const notParquet = (): AppError => invalidUpload('The upload is not a Parquet file.');

/** The reader fails with errors of its own for a footer that is damaged. */
async function damaged<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw invalidUpload('The upload is not a whole Parquet file: its footer is damaged.', {
      cause,
    });
  }
}
