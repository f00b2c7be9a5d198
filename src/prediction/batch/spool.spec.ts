import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spool } from './spool.ts';

const CHUNK = Buffer.alloc(100_000, 'x');

describe('an upload kept as a file', () => {
  let dir: string;
  const before = process.env['TMPDIR'];
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'spool-'));
    process.env['TMPDIR'] = dir;
  });
  afterEach(async () => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    await rm(dir, { recursive: true });
  });

  it('has no name while it is written and while it is read: a process that is killed leaves nothing', async () => {
    const named: string[] = [];
    // eslint-disable-next-line @typescript-eslint/require-await -- a stream
    async function* chunks(): AsyncGenerator<Buffer> {
      for (let i = 0; i < 3; i += 1) {
        named.push(...readdirSync(dir));
        yield CHUNK;
      }
    }
    const file = await spool(chunks());
    try {
      named.push(...readdirSync(dir));
      expect(named).toEqual([]);
      const read = Buffer.alloc(4 * CHUNK.length);
      const { bytesRead } = await file.read(read, 0, read.length, 0);
      expect(read.subarray(0, bytesRead)).toEqual(Buffer.concat([CHUNK, CHUNK, CHUNK]));
    } finally {
      await file.close();
    }
  });

  it('throws what the upload throws', async () => {
    // eslint-disable-next-line @typescript-eslint/require-await -- a stream
    async function* broken(): AsyncGenerator<Buffer> {
      yield CHUNK;
      throw new Error('the client left');
    }
    await expect(spool(broken())).rejects.toThrow('the client left');
    expect(readdirSync(dir)).toEqual([]);
  });
});
