// examples/credit as its README tells it: the generator's bytes, a model trained from its params, one prediction over HTTP.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { loadTable } from '../../ml/data/load-table.ts';
import { readParams } from '../../ml/params.ts';
import { trainPipeline, type TrainedPipeline } from '../../ml/pipeline-run.ts';
import { sha256 } from '../../src/model/model-bundle.ts';
import { PredictionServer } from '../support/prediction-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'credit-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const generate = (...options: readonly string[]): string =>
  execFileSync(process.execPath, ['examples/credit/generate.mjs', ...options], {
    encoding: 'utf8',
    stdio: 'pipe',
    maxBuffer: 2 ** 26,
  });

describe('the generator of examples/credit', () => {
  it('writes the same bytes for the same seed, and others for another', () => {
    expect(sha256(Buffer.from(generate()))).toBe(
      'e7b722c4caeefb6958f891c6f8fb4d49c08a21cedbef1fe36c931e3edc6dfb50',
    );
    expect(generate('--rows', '5000', '--seed', '7')).toBe(generate());
    expect(generate('--seed', '8')).not.toBe(generate());
  });

  it('writes as many rows as asked, the first of them alike', () => {
    const few = generate('--rows', '3');
    expect(few.trimEnd().split('\n')).toHaveLength(4);
    expect(generate().startsWith(few)).toBe(true);
  });

  it.each([
    [['--rows', '0'], '--rows must be a whole number from 1 to 5000000'],
    [['--seed', '1.5'], '--seed must be a whole number from 0 to 4294967295'],
  ])('refuses %j', (options, message) => {
    expect(() => generate(...options)).toThrow(message);
  });

  it('makes data as its params declare it: a default in six, missing values where they are said to be', async () => {
    const path = join(folder, 'many.csv');
    writeFileSync(path, generate('--rows', '20000'));
    const params = readParams('examples/credit/params.yaml');
    const { x, y, rows } = await loadTable({ ...params, ...params.data, path });
    const share = y.reduce((sum, label) => sum + label, 0) / rows;
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.2);
    expect(params.features).toHaveLength(11);
    const width = params.features.length;
    params.features.forEach(({ nullable }, column) => {
      let missing = 0;
      for (let row = 0; row < rows; row++) missing += Number.isNaN(x[row * width + column]) ? 1 : 0;
      expect(missing > 0.005 * rows).toBe(nullable);
      expect(missing).toBeLessThan(0.1 * rows);
    });
  });
});

describe('the model of examples/credit', () => {
  const varDir = join(folder, 'var');
  let trained: TrainedPipeline;

  beforeAll(async () => {
    writeFileSync(join(folder, 'credit.csv'), generate());
    const params = parse(readFileSync('examples/credit/params.yaml', 'utf8')) as object;
    // Two folds and a cheap candidate: the file as it stands is trained by whoever tries the example.
    const quick = {
      candidates: [{ learner: 'logistic_regression', grid: { C: [1] } }],
      selection: { folds: 2, metric: 'log_loss' },
    };
    const paramsFile = join(folder, 'params.yaml');
    writeFileSync(paramsFile, stringify({ ...params, ...quick }));
    trained = await trainPipeline({
      paramsFile,
      name: 'credit',
      environment: { VAR_DIR: varDir },
    });
  });

  it('learns much of the formula, and more than any one feature tells', () => {
    const { metrics, baselines } = trained.evaluation;
    expect(metrics['roc_auc']).toBeGreaterThan(0.72);
    for (const baseline of baselines)
      expect(metrics['log_loss']).toBeLessThan(baseline.metrics['log_loss'] ?? NaN);
  });

  it('answers the application of its README', async () => {
    const readme = readFileSync('examples/credit/README.md', 'utf8');
    const [, body = ''] = /-d '(\{.*?\})'/s.exec(readme) ?? [];
    const server = await PredictionServer.start(undefined, {
      MODEL_NAME: 'credit',
      REGISTRY_DIR: join(varDir, 'registry'),
    });
    try {
      const authorization = `Bearer ${await server.token()}`;
      const { status, body: answer } = await server.post<{
        readonly label: string;
        readonly probability: number;
      }>('/predict', body, { authorization });
      expect(status).toBe(200);
      // By the formula 0.56 without a job, which is what a missing employment_years mostly means.
      expect(answer.probability).toBeGreaterThan(0.25);
      expect(answer.probability).toBeLessThan(0.7);
      expect(answer.label).toBe('default');
    } finally {
      await server.stop();
    }
  });
});
