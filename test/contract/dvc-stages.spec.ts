// dvc.yaml against the code: what can change the files that a stage writes is among its deps, and no dep is there for nothing.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path/posix';
import { parse, stringify } from 'yaml';
import { openStages } from '../../ml/stages/context.ts';
import { evaluate } from '../../ml/stages/evaluate.ts';
import { prepare } from '../../ml/stages/prepare.ts';
import { silentReporter } from '../../ml/stages/reporter.ts';
import { train } from '../../ml/stages/train.ts';
import { validate } from '../../ml/stages/validate.ts';
import { parseConfig } from '../../src/config/load-config.ts';

type Params = readonly (string | Readonly<Record<string, readonly string[]>>)[];

type Out = string | Readonly<Record<string, object>>;

interface Stage {
  readonly cmd: string;
  readonly deps: readonly string[];
  readonly params: Params;
  readonly outs?: readonly Out[];
  readonly metrics?: readonly Out[];
  readonly plots?: readonly Out[];
}

const { stages } = parse(readFileSync('dvc.yaml', 'utf8')) as {
  stages: Readonly<Record<string, Stage>>;
};
const names = Object.keys(stages);
const defaults = parse(readFileSync('params.yaml', 'utf8')) as object;

interface Exception {
  /** A file, or a folder that ends with a slash. */
  readonly path: string;
  readonly because: string;
  /** Default: all. */
  readonly stages?: readonly string[];
}

const BEFORE_TRAIN = ['validate', 'prepare'];

/** No dep, but what they import is looked at. */
const PASSED_THROUGH: readonly Exception[] = [
  ...['validate', 'prepare', 'fit', 'evaluate'].map((entry) => ({
    path: `ml/${entry}.ts`,
    because: 'names the stage and its command line',
  })),
  ...['single-stage', 'command', 'reporter', 'stage-error'].map((file) => ({
    path: `ml/stages/${file}.ts`,
    because: 'reads options and tells the user what happens; no file has it',
  })),
];

/** No dep, and neither is what they import. */
const LEFT_OUT: readonly Exception[] = [
  { path: 'src/config/', because: 'says where the files lie, not what is in them' },
  { path: 'src/common/errors.ts', because: 'a stage that fails writes nothing' },
  { path: 'src/common/disk-refusal.ts', because: 'says why nothing can be written' },
  { path: 'src/common/start-thread.ts', because: 'what the threads run is a dep' },
  { path: 'src/common/deep-freeze.ts', because: 'changes no value' },
  { path: 'src/model/registry/', because: 'opened with every stage, used by register alone' },
  { path: 'ml/tracking/', because: 'opened with every stage, used by register alone' },
  { path: 'src/model/model-bundle.ts', because: 'a stage takes sha256 from it' },
  { path: 'src/model/bundle-schema.ts', because: 'says why a model is refused' },
  { path: 'ml/located-yaml.ts', because: 'DVC compares the values of params.yaml itself' },
  { path: 'ml/zod-expectation.ts', because: 'says what is wrong with params.yaml' },
  ...['ml/preprocessing/', 'ml/evaluation/metrics.ts', 'ml/evaluation/threshold-rule.ts'].map(
    (path) => ({ path, because: 'checks params that train reads', stages: BEFORE_TRAIN }),
  ),
  ...['ml/candidates.ts', 'ml/candidate-draws.ts', 'ml/explanation/'].map((path) => ({
    path,
    because: 'checks params that train reads',
    stages: [...BEFORE_TRAIN, 'evaluate'],
  })),
  {
    path: 'ml/onnx/',
    because: 'exports; evaluate loads what train exported',
    stages: ['evaluate'],
  },
];

/** Packages that compute nothing that is written. */
const SILENT_PACKAGES: readonly Exception[] = [
  { path: 'commander', because: 'reads the command line' },
  { path: 'yaml', because: 'DVC compares the values of params.yaml itself' },
  { path: 'zod', because: 'lets checked values through as they are' },
];

const covers = (path: string, file: string): boolean =>
  path === file || (path.endsWith('/') ? file.startsWith(path) : file.startsWith(`${path}/`));

const find = (exceptions: readonly Exception[], stage: string, file: string) =>
  exceptions.find(
    ({ path, stages: only }) => covers(path, file) && (only?.includes(stage) ?? true),
  );

/** Imports that are still there when the types are gone, and modules that are started as threads. */
const IMPORTS = [
  /^(?:import|export)(?!\s+type\b)[^'";]*?\bfrom\s+'([^']+)'/gm,
  /^import\s+'([^']+)'/gm,
  /\bimport\('(\.[^']+)'\)/g,
  /\bnew URL\('(\.[^']+)', import\.meta\.url\)/g,
];

const importsOf = (file: string): readonly string[] => {
  const source = readFileSync(file, 'utf8');
  return IMPORTS.flatMap((pattern) => [...source.matchAll(pattern)].map(([, name = '']) => name));
};

interface Reached {
  readonly files: ReadonlySet<string>;
  readonly packages: ReadonlySet<string>;
}

function reachedBy(stage: string): Reached {
  const entry = /dist\/(ml\/[\w-]+)\.js/.exec(stages[stage]?.cmd ?? '')?.[1];
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    if (find(LEFT_OUT, stage, file) !== undefined) return;
    for (const name of importsOf(file)) {
      if (name.startsWith('.')) visit(sourceOf(join(dirname(file), name)));
      else if (!name.startsWith('node:')) packages.add(packageOf(name));
    }
  };
  visit(`${entry}.ts`);
  return { files, packages };
}

/** Threads are started by a name without extension. */
const sourceOf = (path: string): string => (existsSync(path) ? path : `${path}.ts`);

const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

/** The data are read and checked anew by each stage. */
const OF_THE_DATA = [
  'data',
  'target',
  'weights',
  'protected',
  'features',
  'validation',
  'split',
  'seed',
];

const reached = new Map(names.map((stage) => [stage, reachedBy(stage)]));
const filesOf = (stage: string): readonly string[] => [...(reached.get(stage)?.files ?? [])];

describe.each(names)('stage %s', (stage) => {
  const { deps = [], params = [] } = stages[stage] ?? {};
  const keys = params.filter((each) => typeof each === 'string');
  const code = deps.filter((dep) => /^(?:ml|src)\//.test(dep));

  it('depends on every file of its imports that can change what it writes', () => {
    const missing = filesOf(stage).filter(
      (file) =>
        find([...PASSED_THROUGH, ...LEFT_OUT], stage, file) === undefined &&
        !code.some((dep) => covers(dep, file)),
    );
    expect(missing).toEqual([]);
  });

  it('depends on no code that it does not import', () => {
    const idle = code.filter((dep) => !filesOf(stage).some((file) => covers(dep, file)));
    expect(idle).toEqual([]);
  });

  it('depends on the versions of the packages that read its data and compute, and on no others', () => {
    const tracked = params.flatMap((each) =>
      typeof each === 'string' ? [] : (each['package-lock.json'] ?? []),
    );
    const used = [...(reached.get(stage)?.packages ?? [])].filter(
      (name) => find(SILENT_PACKAGES, stage, name) === undefined,
    );
    expect(tracked.toSorted()).toEqual(
      used.map((name) => `packages.node_modules/${name}.version`).toSorted(),
    );
  });

  it('names params that are in params.yaml, since DVC refuses others', () => {
    expect(keys.filter((key) => !(key in defaults))).toEqual([]);
  });

  it('names the params that decide what is read and which rows are whose', () => {
    expect(keys).toEqual(expect.arrayContaining([...OF_THE_DATA]));
  });
});

describe('when the stages run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dvc-stages-'));
  const read = new Map<string, ReadonlySet<string>>();

  beforeAll(async () => {
    const paramsFile = join(folder, 'params.yaml');
    const candidates = [{ learner: 'logistic_regression', grid: { C: [1] } }];
    const data = { path: resolve('data/wdbc.csv') };
    writeFileSync(paramsFile, stringify({ ...defaults, data, candidates }));
    const config = parseConfig({ VAR_DIR: folder });
    for (const [stage, run] of Object.entries({ validate, prepare, train, evaluate })) {
      const context = openStages({ paramsFile, config, reporter: silentReporter });
      const keys = new Set<string>();
      const get = (target: typeof context.params, key: string): unknown => {
        keys.add(key);
        return Reflect.get(target, key);
      };
      await run({ ...context, params: new Proxy(context.params, { get }) });
      read.set(stage, keys);
    }
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(names)('%s looks at no param that it does not name', (stage) => {
    const tracked = stages[stage]?.params ?? [];
    expect([...(read.get(stage) ?? [])].filter((key) => !tracked.includes(key))).toEqual([]);
  });

  it('the files that they leave are the outs, the metrics and the plots', () => {
    const declared = Object.values(stages).flatMap(({ outs = [], metrics = [], plots = [] }) =>
      [...outs, ...metrics, ...plots].map((out) =>
        (typeof out === 'string' ? out : (Object.keys(out)[0] ?? '')).replace('${dir}/', ''),
      ),
    );
    const pipeline = join(folder, 'pipeline/foretell');
    const left = readdirSync(pipeline, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(pipeline, join(parentPath, name)));
    expect(left.toSorted()).toEqual(declared.toSorted());
  });
});

it('leaves nothing out that no stage reaches', () => {
  const exceptions = [...PASSED_THROUGH, ...LEFT_OUT];
  const idle = exceptions.filter(
    ({ path, stages: only = names }) =>
      !only.some((stage) => filesOf(stage).some((file) => covers(path, file))),
  );
  expect(idle).toEqual([]);
});
