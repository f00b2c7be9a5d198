import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTinyBundle } from '../../../test/support/tiny-bundle.ts';
import { ModelSlot, type LoadedModel } from '../../model/model-slot.ts';
import type { ModelVersion } from '../../model/registry/model-registry.ts';
import { ScoringThreads } from './scoring-threads.ts';
import { untilTrue } from '../../../test/support/until.ts';

const versionOf = (version: string): ModelVersion => ({
  name: 'foretell',
  version,
  createdAt: '2026-01-02T03:04:05.000Z',
  aliases: ['champion'],
  runId: null,
  stage: 'None',
  description: '',
  tags: {},
});

describe('the scoring threads of a server', () => {
  let dir: string;
  let slot: ModelSlot;
  let threads: ScoringThreads;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'scoring-threads-'));
    await writeTinyBundle(dir);
    slot = new ModelSlot();
    threads = new ScoringThreads(slot);
    await slot.offer(versionOf('1'), dir);
  });
  afterEach(async () => {
    await threads.onApplicationShutdown();
    expect(threads.count).toBe(0);
    await slot.onApplicationShutdown();
    rmSync(dir, { recursive: true });
  });

  const swap = async (version: string): Promise<LoadedModel> => {
    await slot.offer(versionOf(version), dir);
    return slot.current();
  };

  const ended = async (left: number): Promise<void> => {
    await untilTrue(() => Promise.resolve(threads.count <= left), 20_000, 10);
    expect(threads.count).toBe(left);
  };

  it('are one a model, shared by the batches that run, and kept for the next', async () => {
    const [one, two] = await Promise.all([
      threads.lease(slot.current()),
      threads.lease(slot.current()),
    ]);
    expect(one.scorer).toBe(two.scorer);
    one.release();
    two.release();
    const three = await threads.lease(slot.current());
    expect(three.scorer).toBe(one.scorer);
    expect(threads.count).toBe(1);
    three.release();
  });

  it('end at a swap, those that a batch still needs when it has ended', async () => {
    const { scorer, release } = await threads.lease(slot.current());
    const next = await threads.lease(await swap('2'));
    expect(next.scorer).not.toBe(scorer);
    expect(threads.count).toBe(2);
    expect(scorer.isAlive).toBe(true);
    release();
    await ended(1);
    next.release();
    await swap('3');
    await ended(0);
  });

  it('end where nothing is served any more', async () => {
    (await threads.lease(slot.current())).release();
    await slot.clear();
    await ended(0);
  });

  it('that could not start are tried anew by the next batch', async () => {
    const model = slot.current();
    const broken = {
      ...model,
      bundle: { ...model.bundle, onnxSha256: '0'.repeat(64) },
    };
    await expect(threads.lease(broken)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const { scorer, release } = await threads.lease(model);
    expect(scorer.isAlive).toBe(true);
    release();
  });
});
