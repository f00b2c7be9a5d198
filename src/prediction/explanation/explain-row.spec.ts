import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeExplainableBundle } from '../../../test/support/explainable-bundle.ts';
import { ModelSlot } from '../../model/model-slot.ts';
import type { ModelVersion } from '../../model/registry/model-registry.ts';
import { encodeRow } from '../score-row.ts';
import { scoreAndExplain } from './explain-row.ts';

const ROW = { 'mean radius': 21, 'mean texture': 33, side: 'right' };
const VERSION: ModelVersion = {
  name: 'own',
  version: '1',
  aliases: [],
  stage: 'None',
  runId: null,
  description: '',
  tags: {},
  createdAt: '2026-01-02T03:04:05.000Z',
};

describe('a row that is scored and explained', () => {
  let dir: string;
  let slot: ModelSlot;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'explain-row-'));
    await writeExplainableBundle(dir, { learner: 'random_forest' });
  });
  beforeEach(async () => {
    slot = new ModelSlot();
    await slot.offer(VERSION, dir);
  });
  afterEach(() => slot.clear());
  afterAll(() => rm(dir, { recursive: true }));

  it('gets both from one model, even where that is swapped away at once', async () => {
    const model = slot.current();
    const underWay = scoreAndExplain(model, encodeRow(model, ROW), 'default');
    await slot.clear();
    const { probability, explained } = await underWay;
    expect(explained?.explanation.output).toBeCloseTo(probability, 6);
    expect(explained?.explainMs).toBeGreaterThan(0);
    await expect(scoreAndExplain(model, encodeRow(model, ROW), 'default')).rejects.toMatchObject({
      code: 'MODEL_ERROR',
    });
  });

  it('is one of many that ask at once, each about its own', async () => {
    const model = slot.current();
    const radii = Array.from({ length: 20 }, (_, i) => 7 + i);
    const scored = await Promise.all(
      radii.map((radius) =>
        scoreAndExplain(
          model,
          encodeRow(model, { ...ROW, 'mean radius': radius }),
          radius % 2 === 0 ? 'default' : 'path_dependent',
        ),
      ),
    );
    for (const { probability, explained } of scored)
      expect(explained?.explanation.output).toBeCloseTo(probability, 6);
  });
});
