// Where an object is in S3: s3://bucket/key.

export interface S3Address {
  readonly bucket: string;
  readonly key: string;
}

const ADDRESS = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(\P{Cc}{1,1024})$/u;

/** null for text of another form. */
export function parseS3Address(text: string): S3Address | null {
  const [, bucket, key] = ADDRESS.exec(text) ?? [];
  return bucket === undefined || key === undefined ? null : { bucket, key };
}
