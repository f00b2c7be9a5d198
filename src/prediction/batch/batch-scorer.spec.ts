import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { url as dyingThread } from '../../../test/support/dying-scoring-thread.ts';
import { writeTinyBundle } from '../../../test/support/tiny-bundle.ts';
import type { ServedBundle } from '../../model/model-bundle.ts';
import { openBundle } from '../../model/model-bundle.ts';
import { OnnxScorer } from '../../model/onnx-scorer.ts';
import { BatchScorer } from './batch-scorer.ts';
import { modelFilesOf } from './model-files.ts';
import { START, type RefusedRow, type RowBlock } from './row-block.ts';

const WIDTH = 3;

const blockOf = (count: number, refused: readonly RefusedRow[] = []): RowBlock => ({
  first: 0,
  count,
  cells: Float32Array.from({ length: count * WIDTH }, (_, i) => (i * 7) % 23),
  refused,
  warnings: new Map(),
  inputs: null,
  end: START,
});

describe('a scorer of batches', () => {
  let dir: string;
  let bundle: ServedBundle;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'batch-scorer-'));
    await writeTinyBundle(dir);
    bundle = await openBundle(dir);
  });
  afterAll(() => {
    rmSync(dir, { recursive: true });
  });

  it('answers blocks in their order, several under way at once, as the model says', async () => {
    const scorer = await BatchScorer.start(modelFilesOf(bundle));
    const counts = [512, 1, 40, 512];
    const scored = await Promise.all(counts.map((count) => scorer.score(blockOf(count))));
    await scorer.close();
    const alone = await OnnxScorer.load(bundle.onnxPath, WIDTH);
    for (const [i, count] of counts.entries()) {
      const { probability, label } = await alone.score(blockOf(count).cells, count);
      expect(scored[i]).toMatchObject({ count, probability, positive: label });
    }
    await alone.release();
    expect(scored[0]?.labels).toEqual({ positive: 'malignant', negative: 'benign' });
  });

  it('refuses the rows for which the model has no probability, and answers the others', async () => {
    const scorer = await BatchScorer.start(modelFilesOf(bundle));
    const refused = [{ at: 3, line: 9, errors: [] }];
    const block = blockOf(5, refused);
    block.cells[1 * WIDTH] = Infinity;
    block.cells[1 * WIDTH + 1] = Infinity;
    const scored = await scorer.score(block);
    await scorer.close();
    expect(scored.refused.map(({ at }) => at)).toEqual([1, 3]);
    expect(scored.refused[0]?.errors[0]?.code).toBe('model_error');
    expect(scored.refused[1]).toBe(refused[0]);
  });

  it('is not started on a file that is not the one that was verified', async () => {
    const other = join(dir, 'other.onnx');
    writeFileSync(other, 'another model');
    const files = { ...modelFilesOf(bundle), onnxPath: other };
    await expect(BatchScorer.start(files)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      cause: { message: expect.stringContaining('not the file') as string },
    });
  });

  it('says so where its thread dies, to those who wait and to those who ask later', async () => {
    const scorer = await BatchScorer.start(modelFilesOf(bundle), dyingThread);
    expect(scorer.isAlive).toBe(true);
    const waiting = [scorer.score(blockOf(2)), scorer.score(blockOf(2))];
    for (const each of waiting) await expect(each).rejects.toMatchObject({ code: 'MODEL_ERROR' });
    expect(scorer.isAlive).toBe(false);
    await expect(scorer.score(blockOf(2))).rejects.toMatchObject({ code: 'MODEL_ERROR' });
    await scorer.close();
  });
});
