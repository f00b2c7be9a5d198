// A Parquet file: its footer, checked against the file, and its bytes.
import { parquetMetadataAsync, type FileMetaData } from 'hyparquet';
import type { AppError } from '../../common/errors.ts';
import type { RandomAccess } from './random-access.ts';
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
    readonly rows: number,
    private readonly file: RandomAccess,
  ) {}

  /** Throws INVALID_INPUT where it is not a whole Parquet file; it is closed then. */
  static async open(file: RandomAccess): Promise<ParquetFile> {
    const { size } = file;
    try {
      await checkEnds(file);
      const slice = (start: number, end = size) => file.read(start, end);
      const metadata = await damaged(() => parquetMetadataAsync({ byteLength: size, slice }));
      return new ParquetFile(metadata, rowsOf(metadata), file);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get bytes(): number {
    return this.file.size;
  }

  /** Throws where the file ends before. */
  read(start: number, end: number): Promise<ArrayBuffer> {
    return this.file.read(start, end);
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

async function checkEnds(file: RandomAccess): Promise<void> {
  const { size } = file;
  if (size === 0) throw emptyUpload();
  if (size < MAGIC.length + TAIL_BYTES) throw notParquet();
  const head = Buffer.from(await file.read(0, MAGIC.length));
  const tail = Buffer.from(await file.read(size - TAIL_BYTES, size));
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
