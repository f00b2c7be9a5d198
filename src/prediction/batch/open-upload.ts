// A request's body as what the readers take: a stream that can be read once, or, of Parquet, a file for as long as it takes.
import type { Upload } from '../../common/streamed-body.ts';
import type { BatchFormat } from './batch-format.ts';
import { spool } from './spool.ts';
import type { UploadSource } from './upload-source.ts';

export interface OpenUpload {
  readonly source: UploadSource;
  readonly close: () => Promise<void>;
}

const SETTING = 'BATCH_MAX_MB';

/** Throws what Upload.chunks and spool do. */
export async function openUpload(
  upload: Upload,
  format: BatchFormat,
  maxBytes: number,
): Promise<OpenUpload> {
  const chunks = upload.chunks(maxBytes, SETTING);
  if (format !== 'parquet')
    return {
      source: { stream: () => chunks, file: null, bytes: upload.bytes },
      close: () => Promise.resolve(),
    };
  return openKept(chunks);
}

/** Kept whole for as long as it is open. Throws what spool does. */
export async function openKept(chunks: AsyncIterable<Uint8Array>): Promise<OpenUpload> {
  const kept = await spool(chunks);
  return {
    source: { stream: () => chunks, file: () => Promise.resolve(kept), bytes: kept.size },
    close: () => kept.close(),
  };
}
