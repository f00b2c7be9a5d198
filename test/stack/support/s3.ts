// A real S3 server (versitygw over a folder, signatures checked) with one bucket.
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/free-port.ts';
import { requireTool, ServerProcess, TOOLS, type StackServer } from './process.ts';

export interface S3Server extends StackServer {
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** The objects of the bucket as files: faults are made here. */
  readonly objectDir: string;
}

const ACCESS_KEY = 'stack-access';
const SECRET_KEY = 'stack-secret-key';
const BUCKET = 'artifacts';

export async function startS3(): Promise<S3Server> {
  const command = requireTool('versitygw', [join(TOOLS, 'bin/versitygw')]);
  const dir = mkdtempSync(join(tmpdir(), 'stack-s3-'));
  // A folder at the top is a bucket.
  for (const folder of [`objects/${BUCKET}`, 'metadata'])
    mkdirSync(join(dir, folder), { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = new ServerProcess({
    name: 'versitygw',
    command,
    // Metadata beside the objects: not every file system under /tmp has extended attributes.
    args: [
      '--port',
      `127.0.0.1:${port}`,
      'posix',
      '--sidecar',
      join(dir, 'metadata'),
      join(dir, 'objects'),
    ],
    env: { ROOT_ACCESS_KEY: ACCESS_KEY, ROOT_SECRET_KEY: SECRET_KEY },
    logFile: join(dir, 'log'),
    ready: async () => (await fetch(url)).status === 403,
  });
  await server.start();
  return {
    url,
    bucket: BUCKET,
    accessKey: ACCESS_KEY,
    secretKey: SECRET_KEY,
    objectDir: join(dir, 'objects', BUCKET),
    down: () => server.stop(),
    up: () => server.start(),
    stop: async () => {
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
