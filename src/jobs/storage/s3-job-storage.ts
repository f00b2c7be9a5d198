// The files of jobs as objects of one S3 bucket: <prefix>/<job>/<file>.
import { JobStorage, type StoredJob } from './job-storage.ts';
import type { S3Bucket } from './s3-bucket.ts';

export class S3JobStorage extends JobStorage {
  readonly #root: string;

  constructor(
    private readonly bucket: S3Bucket,
    prefix: string,
  ) {
    super();
    this.#root = prefix === '' ? '' : `${prefix}/`;
  }

  write(job: string, file: string, content: AsyncIterable<Uint8Array>): Promise<number> {
    return this.bucket.write(this.#key(job, file), content);
  }

  read(job: string, file: string, from = 0): AsyncIterable<Uint8Array> {
    return this.bucket.read(this.#key(job, file), { from });
  }

  path(): null {
    return null;
  }

  async list(job: string): Promise<readonly string[]> {
    const folder = this.#key(job, '');
    const names: string[] = [];
    for await (const { Key = '' } of this.bucket.list(folder)) names.push(Key.slice(folder.length));
    return names;
  }

  async remove(job: string, file?: string): Promise<void> {
    const files = file === undefined ? await this.list(job) : [file];
    await this.bucket.remove(files.map((each) => this.#key(job, each)));
  }

  async jobs(): Promise<readonly StoredJob[]> {
    const newest = new Map<string, number>();
    for await (const { Key = '', LastModified } of this.bucket.list(this.#root)) {
      const job = Key.slice(this.#root.length).split('/', 1)[0] ?? '';
      newest.set(job, Math.max(newest.get(job) ?? 0, LastModified?.getTime() ?? 0));
    }
    return [...newest].map(([job, writtenAt]) => ({ job, writtenAt }));
  }

  #key(job: string, file: string): string {
    return `${this.#root}${job}/${file}`;
  }
}
