// Embedded runs as the API shows them, read from what the tracker really writes.
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileRunTracker } from '../../ml/tracking/file-run-tracker.ts';
import { FileRunReader } from '../../src/model/runs/file-run-reader.ts';

describe('FileRunReader', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'runs-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  it('shows a training and its candidates with params and last metrics', async () => {
    const parent = await new FileRunTracker(dir).startRun({
      name: 'training',
      params: { seed: 7 },
    });
    const child = await parent.startChild({ name: 'C 1', params: { C: 1 } });
    await child.logMetrics({ log_loss: 0.5 }, 0);
    await child.logMetrics({ log_loss: 0.25 }, 1);
    await child.finish('FINISHED');
    const reader = new FileRunReader(dir);
    const { items, nextCursor } = await reader.list(10);
    expect(nextCursor).toBeNull();
    expect(items.map(({ run_id }) => run_id).sort((a, b) => a.localeCompare(b))).toEqual(
      [parent.id, child.id].sort((a, b) => a.localeCompare(b)),
    );
    expect(await reader.get(child.id)).toMatchObject({
      parent_run_id: parent.id,
      status: 'FINISHED',
      params: { C: '1' },
      metrics: { log_loss: 0.25 },
    });
  });

  it('pages without gaps or repeats', async () => {
    const tracker = new FileRunTracker(dir);
    for (let i = 0; i < 5; i += 1) await tracker.startRun({ name: `run ${i}` });
    const reader = new FileRunReader(dir);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await reader.list(2, cursor);
      seen.push(...page.items.map(({ name }) => name));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(new Set(seen).size).toBe(5);
    expect(seen).toHaveLength(5);
    await expect(reader.list(2, 'nowhere')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('answers an empty page before anything was trained, and NOT_FOUND for an unknown or unsafe id', async () => {
    const reader = new FileRunReader(join(dir, 'none'));
    expect(await reader.list(10)).toEqual({ items: [], nextCursor: null });
    for (const id of ['0'.repeat(32), '../../etc/passwd']) {
      await expect(reader.get(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  it('says which run is damaged instead of leaving it out', async () => {
    const run = await new FileRunTracker(dir).startRun({ name: 'training' });
    await writeFile(join(dir, run.id, 'run.json'), '{"run_id":');
    await expect(new FileRunReader(dir).list(10)).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
      message: expect.stringContaining(run.id) as string,
    });
  });
});
