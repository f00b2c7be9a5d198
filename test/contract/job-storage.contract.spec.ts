// The storage of jobs in a folder; test/stack runs the same suite over a real S3 server.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderJobStorage } from '../../src/jobs/storage/folder-job-storage.ts';
import { describeStorage } from './job-storage.contract.ts';

describeStorage('FolderJobStorage', () => {
  const dir = mkdtempSync(join(tmpdir(), 'job-storage-'));
  return Promise.resolve({
    storage: new FolderJobStorage(join(dir, 'made', 'by itself')),
    close: () => {
      rmSync(dir, { recursive: true });
      return Promise.resolve();
    },
  });
});

describe('FolderJobStorage', () => {
  it('says what keeps a file from being written, and not where', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'job-storage-'));
    writeFileSync(join(dir, 'taken'), '');
    const storage = new FolderJobStorage(join(dir, 'taken'));
    const writing = storage.write('job', 'input', (async function* () {})());
    await expect(writing).rejects.toMatchObject({
      name: 'StorageError',
      message: expect.not.stringContaining(dir) as unknown,
    });
    rmSync(dir, { recursive: true });
  });
});
