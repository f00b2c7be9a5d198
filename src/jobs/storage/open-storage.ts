// The storage that JOBS_DIR names: the only place that knows every adapter.
import type { JobStorageConfig } from '../../config/load-config.ts';
import { FolderJobStorage } from './folder-job-storage.ts';
import type { JobStorage } from './job-storage.ts';
import type { S3Buckets } from './s3-buckets.ts';

/** The compiler asks for the case that is missing. */
export async function openStorage(
  storage: JobStorageConfig,
  buckets: S3Buckets,
): Promise<JobStorage> {
  switch (storage.kind) {
    case 'folder':
      return new FolderJobStorage(storage.dir);
    case 's3': {
      const { S3JobStorage } = await import('./s3-job-storage.ts');
      return new S3JobStorage(await buckets.of(storage.bucket), storage.prefix);
    }
  }
}
