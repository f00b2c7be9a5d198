// drift.json holds the training rows exactly, draws a sample of many, and states what unseen predictions reach.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTinyBundle } from '../../test/support/tiny-bundle.ts';
import { compileEncoder } from '../../src/features/encode-row.ts';
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import { unpackSample } from '../../src/statistics/drift/packed-sample.ts';
import { numericSample } from '../../src/statistics/drift/numeric-sample.ts';
import { readDriftReference, type DriftFile } from '../../src/model/drift-reference.ts';
import { openBundle, sha256 } from '../../src/model/model-bundle.ts';
import { rocAuc } from '../evaluation/metrics.ts';
import { matrixOf } from '../numeric/matrix.ts';
import { driftFileOf } from './drift.ts';

const SIDE: FeatureSpec = {
  name: 'side',
  kind: 'categorical',
  nullable: true,
  categories: ['left', 'right', 'both'],
};
const size = (name = 'size'): FeatureSpec => ({ name, kind: 'numeric', nullable: true });

const ROWS = 1000;
const cells = Float32Array.from({ length: 2 * ROWS }, (_, i) => {
  const row = Math.floor(i / 2);
  if (row % 10 === 9) return NaN;
  return i % 2 === 0 ? row / 8 : row % 2;
});
const y = Uint8Array.from({ length: ROWS }, (_, row) => Number(row >= 400));
const scores = Float64Array.from(y, (label, row) => 0.3 * label + ((row * 37) % 101) / 160);
const input = {
  features: [size(), SIDE],
  x: matrixOf(cells, 2),
  predictions: { source: 'out_of_fold', y, scores },
  threshold: 0.4,
  seed: 7,
} as const;

const numbersOf = (file: DriftFile, i: number) => {
  const column = file.features[i];
  if (column?.kind !== 'numeric') throw new TypeError('expected a number');
  return unpackSample(column.sample);
};

describe('driftFileOf', () => {
  const file = driftFileOf(input);

  it('keeps every value of a number and counts every declared category, beside what is missing', () => {
    expect(file).toMatchObject({ training_rows: ROWS, rows: ROWS });
    const raw = Float64Array.from({ length: ROWS }, (_, row) => (row % 10 === 9 ? NaN : row / 8));
    expect(numbersOf(file, 0)).toEqual(numericSample(raw));
    expect(file.features[0]?.missing).toBe(100);
    expect(file.features[1]).toEqual({
      name: 'side',
      kind: 'categorical',
      missing: 100,
      counts: [500, 400, 0],
    });
  });

  it('holds the numbers of data/wdbc.csv as they are written there, not their float32 neighbours', async () => {
    const [header = '', ...lines] = (await readFile('data/wdbc.csv', 'utf8')).trimEnd().split('\n');
    const names = header.split(',').slice(0, 30);
    const raw = lines.slice(0, 300).map((line) => line.split(',').slice(0, 30).map(Number));
    const features = names.map((name) => size(name));
    const x = new Float32Array(raw.length * 30);
    const encoder = compileEncoder(features);
    raw.forEach((row, i) => {
      encoder.encodeInto(Object.fromEntries(names.map((name, j) => [name, row[j]])), x, i * 30);
    });
    const wdbc = driftFileOf({ ...input, features, x: matrixOf(x, 30) });
    names.forEach((_, j) => {
      expect(numbersOf(wdbc, j)).toEqual(numericSample(raw.map((row) => row[j] ?? NaN)));
    });
  });

  it('takes scores as a served model answers them, and labels at the threshold', () => {
    const served = Float64Array.from(scores, Math.fround);
    expect(unpackSample(file.predictions.score)).toEqual(numericSample(served));
    const positive = served.filter((score) => score >= Math.fround(0.4)).length;
    expect(file.predictions).toMatchObject({
      source: 'out_of_fold',
      rows: ROWS,
      labels: { positive, negative: ROWS - positive },
    });
  });

  it('draws a sample of many rows, the same for a seed, and says of how many', () => {
    const drawn = driftFileOf(input, 200);
    expect(drawn).toMatchObject({ training_rows: ROWS, rows: 200, predictions: { rows: 200 } });
    expect(numbersOf(drawn, 0).rows + (drawn.features[0]?.missing ?? 0)).toBe(200);
    // From all over the data.
    expect(numbersOf(drawn, 0).values.at(-1)).toBeGreaterThan((0.9 * ROWS) / 8);
    expect(numbersOf(drawn, 0).values[0]).toBeLessThan((0.1 * ROWS) / 8);
    expect(driftFileOf(input, 200)).toEqual(drawn);
    expect(driftFileOf({ ...input, seed: 8 }, 200)).not.toEqual(drawn);
    expect(drawn.performance?.rows).toBe(200);
  });

  it('states over ten chunks what the predictions reach, and the AUC of all with its interval', () => {
    const { performance } = file;
    expect(performance).toMatchObject({ rows: ROWS, chunks: 10 });
    const auc = rocAuc(y, Float64Array.from(scores, Math.fround));
    expect(performance?.roc_auc?.value).toBeCloseTo(auc, 12);
    expect(performance?.roc_auc?.low).toBeLessThan(auc);
    expect(performance?.metrics['roc_auc']?.mean).toBeCloseTo(auc, 1);
    expect(performance?.metrics['roc_auc']?.std).toBeGreaterThan(0);
    expect(Object.keys(performance?.metrics ?? {}).sort()).toEqual([
      'accuracy',
      'average_precision',
      'f1',
      'precision',
      'recall',
      'roc_auc',
    ]);
    // Chunks of one size: the mean of their accuracies is that of all rows.
    const called = scores.filter((score, row) => Number(Math.fround(score) >= 0.4) === y[row]);
    expect(performance?.metrics['accuracy']?.mean).toBeCloseTo(called.length / ROWS, 12);
  });

  it('divides the deviation by the chunks, as NannyML does', () => {
    // One of ten rows is answered wrong: one chunk of ten rows is at 0.9, nine are at 1.
    const few = {
      source: 'held_out' as const,
      y: Uint8Array.from({ length: 100 }, (_, row) => row % 2),
      scores: Float64Array.from({ length: 100 }, (_, row) => (row === 6 ? 1 : row % 2)),
    };
    const { metrics } = driftFileOf({ ...input, predictions: few }).performance ?? {};
    expect(metrics?.['accuracy']?.mean).toBeCloseTo(0.99, 12);
    expect(metrics?.['accuracy']?.std).toBeCloseTo(0.03, 12);
  });

  it('leaves out of the chunks what one of them does not have, and says nothing of few rows', () => {
    const rare = Uint8Array.from({ length: 200 }, (_, row) => Number(row < 3));
    const few = (rows: number) =>
      driftFileOf({
        ...input,
        predictions: { source: 'held_out', y: rare.slice(0, rows), scores: scores.slice(0, rows) },
      }).performance;
    expect(Object.keys(few(200)?.metrics ?? {})).toEqual(['f1', 'accuracy', 'precision', 'recall']);
    expect(few(200)?.roc_auc).not.toBeNull();
    expect(few(99)).toBeNull();
  });
});

describe('readDriftReference', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'drift-reference-'));
  });

  afterEach(() => rm(dir, { recursive: true, force: true }));

  /** Changes drift.json and its digest. */
  async function rewrite(change: (file: DriftFile) => object): Promise<void> {
    const file = JSON.parse(await readFile(join(dir, 'drift.json'), 'utf8')) as DriftFile;
    const text = JSON.stringify(change(file));
    const manifest = await readFile(join(dir, 'manifest.json'), 'utf8');
    const digest = sha256(await readFile(join(dir, 'drift.json')));
    await writeFile(join(dir, 'drift.json'), text);
    const stated = manifest.replace(digest, sha256(Buffer.from(text)));
    await writeFile(join(dir, 'manifest.json'), stated);
  }

  it('gives the samples by name, with the digest of the file', async () => {
    const trainingRows = Array.from({ length: 120 }, (_, row) => ({
      'mean radius': 6 + row / 10,
      'mean texture': row % 4 === 0 ? null : 20,
      side: row < 90 ? 'left' : 'right',
    }));
    const bundle = await writeTinyBundle(dir, { trainingRows });
    const reference = await readDriftReference(bundle);
    expect(reference).toMatchObject({
      digest: sha256(await readFile(join(dir, 'drift.json'))),
      rows: 120,
      predictions: 'held_out',
      columns: [
        { name: 'mean radius', kind: 'numeric', missing: 0, sample: { rows: 120 } },
        { name: 'mean texture', kind: 'numeric', missing: 30, sample: { rows: 90 } },
        { name: 'side', kind: 'categorical', missing: 0, sample: { rows: 120 } },
      ],
      score: { rows: 120 },
      label: { rows: 120 },
      performance: { rows: 120, chunks: 10 },
    });
    const [, , side] = reference?.columns ?? [];
    expect(side?.sample).toMatchObject({
      counts: new Map([
        ['left', 90],
        ['right', 30],
      ]),
    });
    const labels = [...(reference?.label.counts.keys() ?? [])];
    expect(['malignant', 'benign']).toEqual(expect.arrayContaining(labels));
  });

  it('is nothing for a bundle from before there was one', async () => {
    const bundle = await writeTinyBundle(dir, { gate: null });
    expect(await readdir(dir)).not.toContain('drift.json');
    expect(await readDriftReference(bundle)).toBeNull();
  });

  it.each<[string, (file: DriftFile) => object, string]>([
    [
      'features that are not those of the model',
      (file) => ({ ...file, features: file.features.toReversed() }),
      'its features are not those of features.json, in order',
    ],
    [
      'too few features',
      (file) => ({ ...file, features: file.features.slice(1) }),
      'expected a sample of every feature',
    ],
    [
      'a sample that does not unpack',
      (file) => ({
        ...file,
        features: file.features.map((one) =>
          one.kind === 'numeric' ? { ...one, sample: { ...one.sample, distinct: 1 } } : one,
        ),
      }),
      'mean radius: expected as many values',
    ],
    [
      'rows that do not add up',
      (file) => ({ ...file, rows: file.rows + 1 }),
      'mean radius: expected values and missing ones to make up the rows',
    ],
    ['another shape', (file) => ({ ...file, predictions: null }), 'predictions'],
  ])('refuses %s', async (_, change, problem) => {
    await writeTinyBundle(dir);
    await rewrite(change);
    const bundle = await openBundle(dir);
    await expect(readDriftReference(bundle)).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
      message: expect.stringContaining(problem) as string,
    });
  });

  it('refuses a file with another digest than the manifest states', async () => {
    const bundle = await writeTinyBundle(dir);
    await writeFile(join(dir, 'drift.json'), '{}');
    await expect(readDriftReference(bundle)).rejects.toThrow('sha256');
    await expect(openBundle(dir)).rejects.toThrow('drift.json: its content');
  });
});
