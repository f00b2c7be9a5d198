// What every RunTracker promises, over the adapters that need no other software; over MLflow in test/stack.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileRunTracker } from '../../ml/tracking/file-run-tracker.ts';
import { InMemoryRunTracker } from '../../ml/tracking/in-memory-run-tracker.ts';
import type { RunTracker } from '../../ml/tracking/run-tracker.ts';
import { runTrackerContract } from './run-tracker.contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'run-tracker-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const ADAPTERS: readonly (readonly [string, () => RunTracker])[] = [
  ['FileRunTracker', () => new FileRunTracker(join(folder, 'runs'))],
  ['InMemoryRunTracker', () => new InMemoryRunTracker()],
];

describe.each(ADAPTERS)('%s', (_name, open) => {
  runTrackerContract(open);
});

describe('FileRunTracker', () => {
  it('leaves runs that a later process reads, with artifacts as files', async () => {
    const dir = join(folder, 'later');
    const file = join(folder, 'card.md');
    writeFileSync(file, 'a card');
    const run = await new FileRunTracker(dir).startRun({ name: 'kept' });
    await run.logArtifact(file, 'model');
    expect((await new FileRunTracker(dir).getRun(run.id)).name).toBe('kept');
    expect(readFileSync(join(dir, run.id, 'artifacts/model/card.md'), 'utf8')).toBe('a card');
  });
});
