// PORT: where the files of jobs are kept: uploads, and the parts of results. Adapters: folder-job-storage.ts, s3-job-storage.ts.
// The abstract class is the type, the injection token and the documentation; test/contract runs one suite over both.

/** The upload of a job. */
export const INPUT = 'input';

/** Files cannot be kept, or not be read now: worth another try. The message says why, in words for anyone. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
}

export interface StoredJob {
  readonly job: string;
  /** When its newest file was written, epoch milliseconds. */
  readonly writtenAt: number;
}

export abstract class JobStorage {
  /**
   * Keeps a file: whole and lasting when this resolves with its bytes, not there at all when it rejects, be it with what `content` threw
   * or with StorageError.
   */
  abstract write(job: string, file: string, content: AsyncIterable<Uint8Array>): Promise<number>;

  /** Its bytes from one on. Throws StorageError, also where there is no such file. */
  abstract read(job: string, file: string, from?: number): AsyncIterable<Uint8Array>;

  /** The path of a file on this machine; null where files are elsewhere. */
  abstract path(job: string, file: string): string | null;

  /** Names of a job's files, in no order; none for a job that is not known. */
  abstract list(job: string): Promise<readonly string[]>;

  /** Removes a file, or all of a job; nothing happens where there is none. */
  abstract remove(job: string, file?: string): Promise<void>;

  /** Every job that has files. */
  abstract jobs(): Promise<readonly StoredJob[]>;
}
