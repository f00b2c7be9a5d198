// The buckets that a process talks to, each with one client. The client's code is loaded by the first who needs it: it takes a quarter of a
// second and 30 MB.
import type { S3Config } from '../../config/load-config.ts';
import type { S3Bucket } from './s3-bucket.ts';

export class S3Buckets {
  readonly #open = new Map<string, Promise<S3Bucket>>();

  constructor(private readonly config: S3Config) {}

  of(name: string): Promise<S3Bucket> {
    const open = this.#open.get(name) ?? this.#connect(name);
    this.#open.set(name, open);
    return open;
  }

  async #connect(name: string): Promise<S3Bucket> {
    const { S3Bucket } = await import('./s3-bucket.ts');
    return new S3Bucket(name, this.config);
  }
}
