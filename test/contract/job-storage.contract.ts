// What every storage of jobs does, wherever it keeps the files.
import { randomUUID } from 'node:crypto';
import { StorageError, type JobStorage } from '../../src/jobs/storage/job-storage.ts';

export interface StorageUnderTest {
  readonly storage: JobStorage;
  readonly close: () => Promise<void>;
}

async function* chunksOf(...texts: readonly string[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

async function* brokenOff(): AsyncGenerator<Uint8Array, void, undefined> {
  yield await Promise.resolve(Buffer.from('the first half'));
  throw new RangeError('the sender has left');
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

export function describeStorage(name: string, open: () => Promise<StorageUnderTest>): void {
  describe(name, () => {
    let under: StorageUnderTest;
    let storage: JobStorage;
    beforeAll(async () => {
      under = await open();
      storage = under.storage;
    });
    afterAll(async () => {
      await under.close();
    });

    it('gives back what it was given, from any byte on', async () => {
      const job = randomUUID();
      expect(await storage.write(job, 'input', chunksOf('rows ', 'and ', 'rows'))).toBe(13);
      expect(await textOf(storage.read(job, 'input'))).toBe('rows and rows');
      expect(await textOf(storage.read(job, 'input', 9))).toBe('rows');
      expect(await textOf(storage.read(job, 'input', 13))).toBe('');
    });

    it('keeps a file without content', async () => {
      const job = randomUUID();
      expect(await storage.write(job, 'empty', chunksOf())).toBe(0);
      expect(await textOf(storage.read(job, 'empty'))).toBe('');
      expect(await storage.list(job)).toEqual(['empty']);
    });

    it('keeps files of some megabytes as they are', async () => {
      const job = randomUUID();
      const text = '0123456789abcdef'.repeat(1_200_000);
      await storage.write(job, 'large', chunksOf(text.slice(0, 7), text.slice(7)));
      expect((await textOf(storage.read(job, 'large'))) === text).toBe(true);
    });

    it('has nothing of a file whose content breaks off, and throws why', async () => {
      const job = randomUUID();
      await expect(storage.write(job, 'input', brokenOff())).rejects.toThrow('the sender has left');
      expect(await storage.list(job)).toEqual([]);
      await expect(textOf(storage.read(job, 'input'))).rejects.toThrow(StorageError);
    });

    it('lists and removes the files of one job and of no other', async () => {
      const [one, other] = [randomUUID(), randomUUID()];
      for (const file of ['0-a.ndjson', '1-b.ndjson', 'input']) {
        await storage.write(one, file, chunksOf(file));
        await storage.write(other, file, chunksOf(file));
      }
      await storage.remove(one, 'input');
      expect([...(await storage.list(one))].sort()).toEqual(['0-a.ndjson', '1-b.ndjson']);
      await storage.remove(one);
      expect(await storage.list(one)).toEqual([]);
      expect(await storage.list(other)).toHaveLength(3);
    });

    it('has nothing to list, read or remove of a job that it does not know', async () => {
      const job = randomUUID();
      expect(await storage.list(job)).toEqual([]);
      await storage.remove(job);
      await storage.remove(job, 'input');
      await expect(textOf(storage.read(job, 'input'))).rejects.toThrow(StorageError);
    });

    it('names every job that has files, and when they were written', async () => {
      const job = randomUUID();
      const before = Date.now();
      await storage.write(job, 'input', chunksOf('rows'));
      const found = (await storage.jobs()).find((each) => each.job === job);
      // Clocks of file systems and servers are coarse.
      expect(Math.abs((found?.writtenAt ?? 0) - before)).toBeLessThan(10_000);
      await storage.remove(job);
      expect((await storage.jobs()).map((each) => each.job)).not.toContain(job);
    });
  });
}
