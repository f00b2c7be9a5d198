// One bucket of S3, or of a server that speaks like it: its objects read, written, listed and removed, each failure told as what it means.
import { Readable } from 'node:stream';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
  type _Object,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { AppError, messageOf } from '../../common/errors.ts';
import type { S3Config } from '../../config/load-config.ts';
import { StorageError } from './job-storage.ts';

/** An object has at most 10,000 parts: 160 GB. */
const PART_BYTES = 16_777_216;
/** Parts that are under way at once, and in memory. */
const PARTS_AT_ONCE = 2;
/** Of a place where nobody told one, as S3 servers other than AWS' take it. */
const ANY_REGION = 'us-east-1';
const MAX_REMOVED_AT_ONCE = 1000;

export interface S3ObjectInfo {
  readonly bytes: number;
  readonly etag: string;
}

export interface S3ReadOptions {
  readonly from?: number;
  /** Only while the object is this one. */
  readonly etag?: string;
}

export class S3Bucket {
  readonly #client: S3Client;

  constructor(
    private readonly bucket: string,
    { endpoint, region }: S3Config,
  ) {
    this.#client = new S3Client({
      ...(region !== null && { region }),
      ...(endpoint !== null && {
        endpoint,
        // A bucket is rarely a host name anywhere but at AWS.
        forcePathStyle: true,
        region: region ?? ANY_REGION,
      }),
      // Checksums beyond the protocol's own are not known to every server.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }

  /** null where there is no such object, or none that these credentials may read. Throws StorageError. */
  async head(key: string): Promise<S3ObjectInfo | null> {
    try {
      const found = await this.#client.send(
        new HeadObjectCommand({ Bucket: this.bucket, Key: key }),
      );
      return { bytes: found.ContentLength ?? 0, etag: found.ETag ?? '' };
    } catch (error) {
      if ([400, 403, 404].includes(statusOf(error))) return null;
      throw failed('read', error);
    }
  }

  /** Throws StorageError; CONFLICT where the object is another one by now. */
  async *read(
    key: string,
    { from = 0, etag }: S3ReadOptions = {},
  ): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      const { Body } = await this.#client.send(
        new GetObjectCommand({
          Bucket: this.bucket,
          Key: key,
          ...(from > 0 && { Range: `bytes=${from}-` }),
          ...(etag !== undefined && { IfMatch: etag }),
        }),
      );
      for await (const chunk of Body as Readable) yield chunk as Buffer;
    } catch (error) {
      if (statusOf(error) === 416) return;
      if (statusOf(error) === 412)
        throw new AppError(
          'CONFLICT',
          'The input is another object than when the job was ordered.',
          {
            cause: error,
          },
        );
      throw failed('read', error);
    }
  }

  /** Whole when it resolves, and not there when it rejects. Throws StorageError, or what `content` threw. */
  async write(key: string, content: AsyncIterable<Uint8Array>): Promise<number> {
    let bytes = 0;
    const source: { failure?: unknown } = {};
    const counted = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
      try {
        for await (const chunk of content) {
          bytes += chunk.byteLength;
          yield chunk;
        }
      } catch (error) {
        source.failure = error;
        throw error;
      }
    };
    try {
      await new Upload({
        client: this.#client,
        params: { Bucket: this.bucket, Key: key, Body: Readable.from(counted()) },
        partSize: PART_BYTES,
        queueSize: PARTS_AT_ONCE,
      }).done();
      return bytes;
    } catch (error) {
      if ('failure' in source) throw source.failure;
      throw failed('written', error);
    }
  }

  /** Every object whose key begins so, some at a time. Throws StorageError. */
  async *list(prefix: string): AsyncGenerator<_Object, void, undefined> {
    let token: string | undefined;
    do {
      const page = await this.#send(
        new ListObjectsV2Command({
          Bucket: this.bucket,
          Prefix: prefix,
          ContinuationToken: token,
        }),
      );
      yield* page.Contents ?? [];
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  /** Throws StorageError. */
  async remove(keys: readonly string[]): Promise<void> {
    for (let at = 0; at < keys.length; at += MAX_REMOVED_AT_ONCE) {
      const Objects = keys.slice(at, at + MAX_REMOVED_AT_ONCE).map((Key) => ({ Key }));
      try {
        await this.#client.send(
          new DeleteObjectsCommand({ Bucket: this.bucket, Delete: { Objects, Quiet: true } }),
        );
      } catch (error) {
        throw failed('removed', error);
      }
    }
  }

  async #send(command: ListObjectsV2Command) {
    try {
      return await this.#client.send(command);
    } catch (error) {
      throw failed('listed', error);
    }
  }
}

const statusOf = (error: unknown): number =>
  (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode ?? 0;

/** S3's own word for it, which names neither keys nor buckets; what a socket says stays in the cause. */
function failed(what: string, cause: unknown): StorageError {
  const status = statusOf(cause);
  const reason = status === 0 ? 'S3 does not answer' : `S3 answers ${status}`;
  return new StorageError(`An object cannot be ${what}: ${reason}.`, {
    cause: cause instanceof Error ? cause : new Error(messageOf(cause)),
  });
}
