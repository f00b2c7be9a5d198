// Training end to end on the real data: what it registers, what it leaves when it fails, and that it repeats itself byte for byte.
import { execSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { describeEvaluation, evaluateVersion } from '../../ml/evaluation/evaluate-version.ts';
import { runStages, trainPipeline, type TrainedPipeline } from '../../ml/pipeline-run.ts';
import type { TrainingArtifact } from '../../ml/stages/artifacts.ts';
import { openStages, type StageContext } from '../../ml/stages/context.ts';
import { evaluate } from '../../ml/stages/evaluate.ts';
import { isMissing } from '../../ml/stages/if-missing.ts';
import { prepare } from '../../ml/stages/prepare.ts';
import { register } from '../../ml/stages/register.ts';
import { silentReporter, StreamReporter } from '../../ml/stages/reporter.ts';
import { summarise } from '../../ml/stages/summary.ts';
import { train } from '../../ml/stages/train.ts';
import { validate } from '../../ml/stages/validate.ts';
import { FileRunTracker } from '../../ml/tracking/file-run-tracker.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { openBundle, readExplainer, sha256 } from '../../src/model/model-bundle.ts';
import { FileModelRegistry } from '../../src/model/registry/file-model-registry.ts';

const folder = mkdtempSync(join(tmpdir(), 'training-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const varDir = (name: string): string => join(folder, name);
const registryOf = (name: string) => new FileModelRegistry(join(varDir(name), 'registry'));

/** The default params with some of their keys replaced: a small grid, another data file. */
function paramsWith(name: string, changes: Readonly<Record<string, unknown>>): string {
  const params = parse(readFileSync('params.yaml', 'utf8')) as Record<string, unknown>;
  const file = join(folder, `${name}.yaml`);
  const data = { path: join(process.cwd(), 'data/wdbc.csv') };
  writeFileSync(file, stringify({ ...params, data, ...changes }));
  return file;
}

const quick = paramsWith('quick', {
  candidates: [{ learner: 'logistic_regression', grid: { C: [1] } }],
});

function contextOf(name: string, paramsFile = quick, environment = {}): StageContext {
  const config = parseConfig({ VAR_DIR: varDir(name), ...environment });
  return openStages({ paramsFile, config, reporter: silentReporter });
}

const readTraining = (name: string): TrainingArtifact =>
  JSON.parse(
    readFileSync(join(varDir(name), 'pipeline/foretell/training.json'), 'utf8'),
  ) as TrainingArtifact;

/** Of the model, and of what explains it. */
const digestsOf = (dir: string): readonly string[] =>
  ['model.onnx', 'explainer.onnx', 'explainer.bin', 'explainer.json'].map((file) =>
    sha256(readFileSync(join(dir, file))),
  );

/** The quick params with another data file. */
function paramsFor(csv: string): string {
  writeFileSync(join(folder, 'data.csv'), csv);
  return paramsWith('other', { data: { path: 'data.csv' } });
}

describe('trainPipeline', () => {
  let first: TrainedPipeline;
  let second: TrainedPipeline;

  beforeAll(async () => {
    const options = { paramsFile: 'params.yaml', environment: { VAR_DIR: varDir('twice') } };
    first = await trainPipeline(options);
    second = await trainPipeline(options);
  });

  it('registers the first version as champion and the next one as challenger', async () => {
    expect([first.version.version, first.alias]).toEqual(['1', 'champion']);
    expect([second.version.version, second.alias]).toEqual(['2', 'challenger']);
    const registry = registryOf('twice');
    expect((await registry.resolve('models:/foretell@champion')).version).toBe('1');
    expect((await registry.resolve('models:/foretell@challenger')).version).toBe('2');
  });

  it('gives the same model and explainer, byte for byte, from the same data, params and seed', async () => {
    const registry = registryOf('twice');
    const digests = async ({ version }: TrainedPipeline) =>
      digestsOf(await registry.fetchBundle(version));
    expect(await digests(first)).toEqual(await digests(second));
  });

  it('writes into the bundle what explains its answers, and what each feature counts for', async () => {
    const bundle = await openBundle(await registryOf('twice').fetchBundle(first.version));
    const { additive, importance, adverse, reasons } = bundle.explainer;
    const { calibration } = readTraining('twice');
    expect(additive?.calibration).toBe(calibration.kind);
    expect(additive?.background.name).toBe('favourable');
    expect(additive?.sources).toContainEqual([0, 20]);
    expect(importance?.rows).toBe(456);
    expect(new Set(importance?.features.map(({ name }) => name))).toEqual(
      new Set(bundle.features.features.map(({ name }) => name)),
    );
    expect([adverse, reasons?.[0]?.code]).toEqual(['positive', 'MEAN_RADIUS']);
    expect(await readExplainer(bundle)).not.toBeNull();
  });

  it('writes a bundle that opens and reports what was measured on the held-out rows', async () => {
    const bundle = await openBundle(await registryOf('twice').fetchBundle(first.version));
    expect(bundle.features.features).toHaveLength(30);
    expect(bundle.features.derived.map(({ name }) => name)).toContain('radius_ratio');
    expect(bundle.golden.rows).toHaveLength(32);
    expect(bundle.report.params['random_state']).toBe(20240607);
    expect(bundle.report.metrics).toEqual(first.evaluation.metrics);
    const { tn, fp, fn, tp } = bundle.report.confusion_matrix;
    expect(tn + fp + fn + tp).toBe(113);
    expect(bundle.reference.rows).toBe(456);
  });

  it('finds a good model: malignant and benign are told apart on the held-out rows', () => {
    expect(first.evaluation.metrics['roc_auc']).toBeGreaterThan(0.97);
    expect(first.evaluation.metrics['accuracy']).toBeGreaterThan(0.93);
    expect(first.evaluation.metrics['prediction_latency_ms']).toBeGreaterThan(0);
  });

  it('leaves a page of the run that needs nothing but itself, and the same as JSON', async () => {
    const page = readFileSync(first.report ?? '', 'utf8');
    expect(page).not.toMatch(/https?:|<script|NaN|undefined|\[object/);
    for (const id of [
      'data',
      'candidates',
      'curves',
      'threshold',
      'importance',
      'dependence',
      'groups',
      'errors',
      'reproducibility',
    ])
      expect(page).toContain(`<section id="${id}">`);
    expect(page.length).toBeLessThan(3e6);
    const { analysis } = JSON.parse(
      readFileSync(join(first.report ?? '', '../report.json'), 'utf8'),
    ) as {
      analysis: {
        importance: { feature: string }[];
        worst_errors: { positives: { line: number }[] };
      };
    };
    expect(analysis.importance).toHaveLength(30);
    const lines = readFileSync('data/wdbc.csv', 'utf8').split('\n');
    const worst = analysis.worst_errors.positives[0]?.line ?? -1;
    expect(lines[worst - 1]?.split(',').at(-1)).toBe('1');
    const run = await new FileRunTracker(join(varDir('twice'), 'runs')).getRun(first.runId);
    expect(run.artifacts).toEqual(
      expect.arrayContaining(['report/index.html', 'report/report.json']),
    );
  });

  it('is measured again on any labelled file: on its own rows it is as good as they say', async () => {
    const asked = {
      config: parseConfig({ VAR_DIR: varDir('twice') }),
      model: 'models:/foretell@champion',
      data: 'data/wdbc.csv',
      delimiter: ',',
      missing: [],
      positive: null,
    };
    const found = await evaluateVersion(asked);
    const { tn, fp, fn, tp } = found.confusion_matrix;
    expect([found.version.version, found.rows, tn + fp + fn + tp, fn + tp]).toEqual([
      '1',
      569,
      569,
      212,
    ]);
    expect(found.metrics.roc_auc).toBeGreaterThan(0.99);
    expect(found.reported).toEqual(first.evaluation.metrics);
    expect(describeEvaluation(found)).toContain('foretell, version 1, on 569 rows');
    await expect(evaluateVersion({ ...asked, positive: '0' })).resolves.toMatchObject({
      confusion_matrix: { tp: fp, fp: tp, fn: tn, tn: fn },
    });
    await expect(evaluateVersion({ ...asked, data: 'none.csv' })).rejects.toThrow(
      'none.csv:1: there is no such file',
    );
    await expect(evaluateVersion({ ...asked, model: 'models:/none@champion' })).rejects.toThrow();
  });

  it('agrees with ONNX Runtime on all 569 rows to 1e-6', () => {
    const { onnx_max_difference: difference } = readTraining('twice');
    expect(difference).toBeLessThanOrEqual(1e-6);
  });

  it('records the run with params, metrics and the bundle, and a child run per candidate', async () => {
    const tracker = new FileRunTracker(join(varDir('twice'), 'runs'));
    const run = await tracker.getRun(first.runId);
    expect(run.status).toBe('FINISHED');
    expect(run.params).toMatchObject({
      learner: expect.any(String) as string,
      random_state: '20240607',
      folds: '5',
    });
    expect(run.metrics['accuracy']?.at(-1)?.value).toBe(first.evaluation.metrics['accuracy']);
    expect(run.metrics['prediction_latency_ms']).toHaveLength(1);
    expect(run.artifacts).toEqual(
      expect.arrayContaining([
        'model/MLmodel',
        'model/model.onnx',
        'metrics.json',
        'validation.json',
      ]),
    );
    expect(first.version.runId).toBe(first.runId);
  });

  it('chooses the candidate with the best mean', () => {
    const { candidates, chosen } = first.search;
    expect(candidates[chosen]?.mean).toBe(Math.min(...candidates.map(({ mean }) => mean)));
  });

  it('measures the baselines on the folds and on the held-out rows, and says what the model adds', async () => {
    const names = ['majority', 'prior', 'best_feature'];
    expect(first.search.baselines.map(({ learner }) => learner)).toEqual(names);
    expect(first.search.baselines.map(({ scores }) => scores.length)).toEqual([5, 5, 5]);
    const dir = await registryOf('twice').fetchBundle(first.version);
    const { report } = await openBundle(dir);
    expect(report.baselines).toEqual(first.evaluation.baselines);
    const losses = report.baselines?.map(({ metrics }) => metrics['log_loss'] ?? NaN) ?? [];
    expect(losses.every((loss) => loss > 2 * (report.metrics['log_loss'] ?? NaN))).toBe(true);
    const [, , best] = report.baselines ?? [];
    const card = readFileSync(join(dir, 'model-card.md'), 'utf8');
    expect(card).toContain('## What the model adds');
    expect(card).toContain(`| best_feature (${best?.feature ?? ''}) | `);
    expect(summarise(first)).toMatch(
      /What the model adds to the best baseline \(held-out\)\n +roc_auc .*\n {4}\w+ .*\n {4}best_feature \(worst \w+\) /,
    );
  });

  it('summarises candidates, metrics, version, alias and the next step', () => {
    const text = summarise(first);
    expect(text).toMatch(/^ {2}\* \d\.\d{4} ± \d\.\d{4} {2}\w+/m);
    expect(text).toContain('roc_auc');
    expect(text).toContain('Registered foretell, version 1, alias champion');
    expect(text).toContain('Next: npm start');
    expect(summarise(second)).toContain('alias challenger');
  });

  it('gives the same bytes of a forest too', async () => {
    const paramsFile = paramsWith('forest', {
      candidates: [{ learner: 'random_forest', grid: { n_estimators: [10] } }],
      selection: { folds: 2, metric: 'roc_auc' },
    });
    const train = (name: string): Promise<Buffer> =>
      runStages(contextOf(name, paramsFile)).then(() =>
        readFileSync(join(varDir(name), 'pipeline/foretell/model.onnx')),
      );
    expect((await train('forest-1')).equals(await train('forest-2'))).toBe(true);
  });

  it.each(['random_forest', 'gradient_boosting'])(
    'gives the same bytes of a %s whatever the number of threads',
    async (learner) => {
      const paramsFile = paramsWith(`threads-${learner}`, {
        candidates: [{ learner, grid: { n_estimators: [10] } }],
        selection: { folds: 2, metric: 'roc_auc' },
      });
      const trained = async (threads: number): Promise<readonly string[]> => {
        const name = `threads-${learner}-${threads}`;
        const environment = { VAR_DIR: varDir(name) };
        const { version } = await trainPipeline({ paramsFile, threads, environment });
        const dir = await registryOf(name).fetchBundle(version);
        return digestsOf(dir);
      };
      expect(await trained(2)).toEqual(await trained(1));
    },
  );

  it.each([0, 1.5, 257, Number.NaN])('refuses %s threads', async (threads) => {
    const environment = { VAR_DIR: varDir('refused') };
    await expect(trainPipeline({ paramsFile: quick, threads, environment })).rejects.toThrow(
      '--threads must be a whole number from 1 to 256',
    );
  });

  it('weighs the training rows by a column of the data, and the metrics count each row once', async () => {
    const [header = '', ...rows] = readFileSync('data/wdbc.csv', 'utf8').trimEnd().split('\n');
    const target = header.split(',').indexOf('y');
    const weighted = (weightOf: (y: string) => string): string =>
      [
        `${header},w`,
        ...rows.map((row) => `${row},${weightOf(row.split(',')[target] ?? '')}`),
      ].join('\n');
    const trained = async (name: string, csv: string) => {
      writeFileSync(join(folder, `${name}.csv`), csv);
      const paramsFile = paramsWith(name, {
        data: { path: `${name}.csv` },
        weights: { column: 'w' },
        candidates: [{ learner: 'prior', grid: {} }],
      });
      return trainPipeline({ paramsFile, environment: { VAR_DIR: varDir(name) } });
    };
    const alike = await trained(
      'alike',
      weighted(() => '2'),
    );
    const heavy = await trained(
      'heavy',
      weighted((y) => (y === '1' ? '5' : '1')),
    );
    // Benign rows are more frequent until malignant ones weigh five times as much: then all are called malignant.
    const recalls = [alike, heavy].map(({ evaluation }) => evaluation.metrics['recall']);
    expect(recalls).toEqual([0, 1]);
    expect(heavy.evaluation.metrics['precision']).toBeCloseTo(42 / 113, 10);
    const run = await new FileRunTracker(join(varDir('heavy'), 'runs')).getRun(heavy.runId);
    expect(run.params['weights_column']).toBe('w');
    const bundle = await openBundle(await registryOf('heavy').fetchBundle(heavy.version));
    expect(bundle.report.params['weights_column']).toBe('w');
  });

  it('chooses the threshold by the rule that it is given, on scores of rows that the model had not seen', async () => {
    const rule = { rule: 'cost', false_positive: 1, false_negative: 50 };
    const trained = await trainPipeline({
      paramsFile: paramsWith('by-cost', {
        candidates: [{ learner: 'logistic_regression', grid: { C: 1 } }],
        threshold: rule,
      }),
      environment: { VAR_DIR: varDir('by-cost') },
    });
    const { report } = await openBundle(await registryOf('by-cost').fetchBundle(trained.version));
    // A missed tumour costs 50 times a false alarm: rows are called malignant far below one half.
    expect(report.threshold).toBeLessThan(0.2);
    expect(report.confusion_matrix.fn).toBe(0);
    const file = join(varDir('by-cost'), 'pipeline/foretell/training.json');
    const { threshold_choice: choice } = JSON.parse(readFileSync(file, 'utf8')) as {
      threshold_choice: { rule: object; recall: number; cost: number };
    };
    expect(choice.rule).toMatchObject(rule);
    expect(choice.recall).toBeGreaterThan(0.98);
  });

  it('keeps a calibration curve where it lowers the log loss of the folds, and not where it is told not to', async () => {
    const trained = async (name: string, calibration: string): Promise<TrainedPipeline> =>
      trainPipeline({
        paramsFile: paramsWith(name, {
          // Leaves of 60 rows: a forest that is not sure enough.
          candidates: [
            { learner: 'random_forest', grid: { n_estimators: 30, min_samples_leaf: 60 } },
          ],
          calibration,
        }),
        environment: { VAR_DIR: varDir(name) },
      });
    const raw = await trained('raw-scores', 'none');
    const curved = await trained('curved-scores', 'auto');
    const loss = ({ evaluation }: TrainedPipeline): number => evaluation.metrics['log_loss'] ?? NaN;
    expect(loss(curved)).toBeLessThan(loss(raw));
    const file = join(varDir('curved-scores'), 'pipeline/foretell/training.json');
    const { calibration, onnx_max_difference: difference } = JSON.parse(
      readFileSync(file, 'utf8'),
    ) as { calibration: { kind: string }; onnx_max_difference: number };
    expect(calibration.kind).not.toBe('none');
    expect(difference).toBeLessThan(1e-6);
  });

  it('goes on from the folds that were done when it was interrupted', async () => {
    const interrupt = new AbortController();
    const notes: string[] = [];
    const options = {
      paramsFile: 'params.yaml',
      environment: { VAR_DIR: varDir('interrupted') },
      reporter: {
        ...silentReporter,
        fold: ({ done }: { done: number }) => {
          if (done === 12) interrupt.abort();
        },
        note: (line: string) => notes.push(line),
      },
    };
    await expect(trainPipeline({ ...options, signal: interrupt.signal })).rejects.toThrow(
      'the folds that were done are kept',
    );
    expect(await registryOf('interrupted').listModels()).toEqual([]);
    const resumed = await trainPipeline(options);
    // Those that were under way when it was interrupted are done as well, as many as there are threads.
    expect(Number(/going on from (\d+) folds/.exec(notes.join())?.[1])).toBeGreaterThanOrEqual(12);
    const onnx = (of: TrainedPipeline, dir: string): Promise<Buffer> =>
      registryOf(dir)
        .fetchBundle(of.version)
        .then((bundle) => readFileSync(join(bundle, 'model.onnx')));
    expect((await onnx(resumed, 'interrupted')).equals(await onnx(first, 'twice'))).toBe(true);
  });

  it('registers under another name where one is given, and nothing else', async () => {
    const trained = await trainPipeline({
      paramsFile: quick,
      name: 'own',
      environment: { VAR_DIR: varDir('named') },
    });
    expect(trained.version.name).toBe('own');
    expect(await registryOf('named').listModels()).toEqual(['own']);
    expect(summarise(trained)).toContain('MODEL_NAME=own npm start');
  });

  it.each([
    ['that its programs were built from', 'c0ffee1', 'c0ffee1'],
    ['of the checkout where that is not known', 'unknown', execSync('git rev-parse HEAD')],
  ])('names the commit %s', async (_, built, commit) => {
    const { version, runId } = await runStages(
      contextOf(`commit-${built}`, quick, { GIT_COMMIT: built }),
    );
    const { manifest } = await openBundle(await registryOf(`commit-${built}`).fetchBundle(version));
    const { tags } = await new FileRunTracker(join(varDir(`commit-${built}`), 'runs')).getRun(
      runId,
    );
    expect([manifest.git_commit, tags['mlflow.source.git.commit']]).toEqual(
      Array(2).fill(commit.toString().trim()),
    );
  });

  it.each(['a b', '../up', ''])('refuses the model name %j', async (name) => {
    const options = {
      paramsFile: 'params.yaml',
      name,
      environment: { VAR_DIR: varDir('refused') },
    };
    await expect(trainPipeline(options)).rejects.toThrow('--name must be');
  });
});

describe('training that fails', () => {
  it.each(['evaluate', 'register'])(
    'before %s, on a truncated model.onnx, leaves no version, and the next run registers the champion',
    async (stage) => {
      const context = contextOf(`fails-${stage}`);
      await validate(context);
      await prepare(context);
      await train(context);
      if (stage === 'register') await evaluate(context);
      writeFileSync(context.workspace.path('model.onnx'), 'truncated');
      await expect(stage === 'evaluate' ? evaluate(context) : register(context)).rejects.toThrow(
        'run train',
      );
      expect(await context.registry.listModels()).toEqual([]);
      expect((await runStages(contextOf(`fails-${stage}`))).alias).toBe('champion');
    },
  );

  it('while registering marks its run as failed and leaves no version', async () => {
    const context = contextOf('broken-golden');
    await validate(context);
    await prepare(context);
    await train(context);
    await evaluate(context);
    const path = context.workspace.path('training.json');
    const training = JSON.parse(readFileSync(path, 'utf8')) as {
      golden: { rows: { probability: number }[] };
    };
    training.golden.rows.forEach((row) => (row.probability = 1 - row.probability));
    writeFileSync(path, JSON.stringify(training));
    const started: string[] = [];
    const tracker = context.tracker;
    const startRun = tracker.startRun.bind(tracker);
    tracker.startRun = async (start) => {
      const run = await startRun(start);
      started.push(run.id);
      return run;
    };
    await expect(register(context)).rejects.toThrow('not reproduced');
    expect(await context.registry.listModels()).toEqual([]);
    expect((await tracker.getRun(started[0] ?? '')).status).toBe('FAILED');
  });

  it('reports bad data in validation.json, names line and column, and registers nothing', async () => {
    const csv = readFileSync('data/wdbc.csv', 'utf8').replace('17.99,', 'large,');
    const context = contextOf('bad-data', paramsFor(csv));
    await expect(runStages(context)).rejects.toThrow(
      'data.csv:2: column "mean radius": expected a number',
    );
    const report = JSON.parse(
      readFileSync(context.workspace.path('validation.json'), 'utf8'),
    ) as Record<string, unknown>;
    expect(report).toMatchObject({ valid: false, problem_count: 1 });
    expect(readFileSync(context.workspace.path('validation.html'), 'utf8')).toContain(
      'Failed: 1 problem in 1 column.',
    );
    expect(await context.registry.listModels()).toEqual([]);
  });

  it.each([
    ['train', 'prepare', train],
    ['evaluate', 'train', evaluate],
    ['register', 'train', register],
  ])('says that %s needs %s to run first', async (stage, before, run) => {
    const context = contextOf(`order-${stage}`);
    if (stage === 'evaluate') await prepare(context);
    await expect(run(context)).rejects.toThrow(`run ${before} first`);
  });

  it('refuses a split that was made of other data', async () => {
    await prepare(contextOf('other-data'));
    const [header, ...rows] = readFileSync('data/wdbc.csv', 'utf8').trimEnd().split('\n');
    const other = contextOf('other-data', paramsFor([header, ...rows.reverse()].join('\n')));
    await expect(train(other)).rejects.toThrow('run prepare again');
  });

  it('says that the folder cannot be written and which setting moves it', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(validate(contextOf('file'))).rejects.toThrow('set VAR_DIR');
  });
});

describe('isMissing', () => {
  const { env } = process;
  afterEach(() => {
    process.env = env;
  });

  it.each([
    ['the default model, which is not there', {}, {}, true],
    ['a model that is there', { VAR_DIR: varDir('twice') }, {}, false],
    [
      'a version that is there',
      { VAR_DIR: varDir('twice'), MODEL_URI: 'models:/foretell/2' },
      {},
      false,
    ],
    ['another name with params of its own', { MODEL_NAME: 'own' }, { paramsGiven: true }, true],
    [
      'a name given with --name that is there',
      { VAR_DIR: varDir('named') },
      { name: 'own' },
      false,
    ],
  ])('answers for %s', async (_case, environment, question, expected) => {
    process.env = { VAR_DIR: varDir('nothing'), ...environment };
    expect(await isMissing({ name: undefined, paramsGiven: false, ...question })).toBe(expected);
  });

  it('does not keep a server from starting while MLflow is down', async () => {
    const free = createServer();
    await new Promise<void>((listening) => free.listen(0, '127.0.0.1', listening));
    const { port } = free.address() as AddressInfo;
    await new Promise((closed) => free.close(closed));
    process.env = { VAR_DIR: varDir('nothing'), MLFLOW_TRACKING_URI: `http://127.0.0.1:${port}` };
    expect(await isMissing({ name: undefined, paramsGiven: false })).toBe(false);
  });

  it.each([
    [{ MODEL_NAME: 'own' }, '--name own'],
    [{ MODEL_URI: 'models:/other@champion' }, '--name <name>'],
  ])('refuses to train the default data under a foreign name: %j', async (environment, hint) => {
    process.env = { VAR_DIR: varDir('nothing'), ...environment };
    await expect(isMissing({ name: undefined, paramsGiven: false })).rejects.toThrow(
      `npm run train -- --params my.yaml ${hint}`,
    );
  });
});

describe('StreamReporter', () => {
  const progress = (fold: number) => ({
    candidate: {
      learner: 'random_forest' as const,
      params: { n_estimators: 300, max_depth: null },
    },
    candidateIndex: 1,
    candidates: 3,
    fold,
    folds: 5,
    done: fold + 1,
    total: 15,
    secondsLeft: 12.3,
    metric: 'roc_auc' as const,
    best: {
      learner: 'logistic_regression' as const,
      params: { C: 1 },
      scores: [0.9],
      mean: 0.9,
      sd: 0,
      share: 1,
      failure: null,
    },
  });
  const line = (fold: number): string =>
    `  ${fold === 0 ? '#...........' : '##..........'} ${fold + 1}/15, about 13 s left: random_forest, n_estimators 300, ` +
    `fold ${fold + 1}/5 (best so far: roc_auc 0.9000, logistic_regression)`;

  it('rewrites one line on a terminal and removes it before the next plain one', () => {
    const written: string[] = [];
    const reporter = new StreamReporter({ isTTY: true, write: (text) => written.push(text) });
    reporter.fold(progress(0));
    reporter.fold(progress(1));
    reporter.stage('evaluate');
    expect(written).toEqual([
      `\r\u001b[2K${line(0)}`,
      `\r\u001b[2K${line(1)}`,
      '\r\u001b[2K',
      'evaluate\n',
    ]);
  });

  it('writes a plain line for the first fold, and then every few seconds, elsewhere', () => {
    const written: string[] = [];
    const reporter = new StreamReporter({ write: (text) => written.push(text) });
    [0, 1, 2].forEach((fold) => {
      reporter.fold(progress(fold));
    });
    expect(written).toEqual([`${line(0)}\n`]);
  });
});
