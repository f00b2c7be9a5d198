import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MEMORY_BYTES, spool } from './spool.ts';

const CHUNK = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251));
/** Chunks that are more than memory keeps. */
const MANY = Math.ceil(MEMORY_BYTES / CHUNK.length) + 2;

describe('an upload that is kept', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'spool-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  // eslint-disable-next-line @typescript-eslint/require-await -- a stream
  async function* chunks(count: number, looked: string[] = []): AsyncGenerator<Buffer> {
    for (let i = 0; i < count; i += 1) {
      looked.push(...readdirSync(dir));
      yield CHUNK;
    }
  }

  it.each([
    ['in memory', 3],
    ['in a file', MANY],
  ])('%s is read at any place, and not beyond its end', async (_, count) => {
    const kept = await spool(chunks(count), dir);
    try {
      const whole = Buffer.concat(Array.from({ length: count }, () => CHUNK));
      expect(kept.size).toBe(whole.length);
      for (const [start, end] of [
        [0, whole.length],
        [99_990, 200_010],
        [whole.length - 8, whole.length],
        [7, 7],
      ] as const)
        expect(whole.subarray(start, end).equals(Buffer.from(await kept.read(start, end)))).toBe(
          true,
        );
      await expect(kept.read(whole.length - 8, whole.length + 1)).rejects.toThrow('ends before');
    } finally {
      await kept.close();
      await kept.close();
    }
  });

  it('of no bytes has none', async () => {
    const kept = await spool(chunks(0), dir);
    expect(kept.size).toBe(0);
    await expect(kept.read(0, 1)).rejects.toThrow('ends before');
  });

  it('has no name while it is written and while it is read: a process that is killed leaves nothing', async () => {
    const named: string[] = [];
    const kept = await spool(chunks(MANY, named), dir);
    try {
      named.push(...readdirSync(dir));
      expect(named).toEqual([]);
    } finally {
      await kept.close();
    }
  });

  it.each([1, MANY])('throws what the upload throws, after %d chunks', async (count) => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield* chunks(count);
      throw new Error('the client left');
    }
    await expect(spool(broken(), dir)).rejects.toThrow('the client left');
    expect(readdirSync(dir)).toEqual([]);
  });

  it('that no disk takes is told so, and read no further', async () => {
    let isLeft = false;
    async function* upload(): AsyncGenerator<Buffer> {
      try {
        yield* chunks(MANY + 5);
      } finally {
        isLeft = true;
      }
    }
    await expect(spool(upload(), join(dir, 'missing'))).rejects.toThrow('ENOENT');
    expect(isLeft).toBe(true);
  });
});
