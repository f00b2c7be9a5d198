// The rows of a job as bytes: its upload, or an object in S3; where a format is read from its end, a file on this machine.
import type { BatchFormat } from '../prediction/batch/batch-format.ts';
import { openFile } from '../prediction/batch/random-access.ts';
import { spool } from '../prediction/batch/spool.ts';
import type { UploadSource } from '../prediction/batch/upload-source.ts';
import { INPUT, type JobStorage } from './storage/job-storage.ts';
import type { S3Buckets } from './storage/s3-buckets.ts';

/** What to read. */
export type InputPlace =
  | { readonly kind: 'upload'; readonly job: string; readonly bytes: number }
  | {
      readonly kind: 's3';
      readonly bucket: string;
      readonly key: string;
      readonly etag: string;
      readonly bytes: number;
    };

export interface JobInput {
  readonly source: UploadSource;
  /** Removes what was kept on this machine. */
  readonly close: () => Promise<void>;
}

/** Throws StorageError. */
export async function openInput(
  place: InputPlace,
  format: BatchFormat,
  storage: JobStorage,
  buckets: S3Buckets,
): Promise<JobInput> {
  const stream = await streamOf(place, storage, buckets);
  const path = place.kind === 'upload' ? storage.path(place.job, INPUT) : null;
  if (format !== 'parquet' || path !== null)
    return {
      source: { stream, file: path === null ? null : () => openFile(path), bytes: place.bytes },
      close: () => Promise.resolve(),
    };
  const copy = await spool(stream(0));
  return {
    source: { stream, file: () => Promise.resolve(copy), bytes: place.bytes },
    close: () => copy.close(),
  };
}

async function streamOf(
  place: InputPlace,
  storage: JobStorage,
  buckets: S3Buckets,
): Promise<UploadSource['stream']> {
  if (place.kind === 'upload') return (from) => storage.read(place.job, INPUT, from);
  const bucket = await buckets.of(place.bucket);
  const { key, etag } = place;
  return (from) => bucket.read(key, { from, etag });
}
