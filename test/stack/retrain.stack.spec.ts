// deploy/release/retrain.sh as the weekly workflow runs it: in a clean clone with DVC, against a real S3 server, the gate and the registry.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { FileModelRegistry } from '../../src/model/registry/file-model-registry.ts';
import { cloneProject, type CommandResult, type DvcProject } from './support/dvc.ts';
import { requireTool, TOOLS } from './support/process.ts';
import { startS3, type S3Server } from './support/s3.ts';

let s3: S3Server;
let project: DvcProject;
let registry: FileModelRegistry;
beforeAll(async () => {
  project = await cloneProject();
  s3 = await startS3();
  await mkdir(join(s3.objectDir, '../foretell'));
  registry = new FileModelRegistry(join(project.dir, 'var/registry'));
});
afterAll(async () => {
  await s3.stop();
  await project.remove();
});

interface Retrained extends CommandResult {
  /** What the workflow reads into its environment: the standard output alone. */
  readonly told: string;
}

async function retrain(settings: Readonly<Record<string, string>> = {}): Promise<Retrained> {
  const environment = {
    DVC: requireTool('dvc', [join(TOOLS, 'dvc/bin/dvc')]),
    AWS_ENDPOINT_URL: s3.url,
    AWS_ACCESS_KEY_ID: s3.accessKey,
    AWS_SECRET_ACCESS_KEY: s3.secretKey,
    AWS_DEFAULT_REGION: 'us-east-1',
    DVC_SITE_CACHE_DIR: join(project.dir, '../site-cache'),
    ...settings,
  };
  const told = join(project.dir, '../told');
  const result = await project.run('env', [
    ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    ...['bash', '-c', 'deploy/release/retrain.sh >"$0"', told],
  ]);
  return { ...result, told: await readFile(told, 'utf8') };
}

async function changeParams(changes: Readonly<Record<string, unknown>>): Promise<void> {
  const params = parse((await project.read('params.yaml')).toString()) as object;
  await writeFile(join(project.dir, 'params.yaml'), stringify({ ...params, ...changes }));
}

const championVersion = async (): Promise<string> =>
  (await registry.resolve('models:/foretell@champion')).version;

it('trains nothing where nothing has changed, though nobody has pushed yet', async () => {
  const { exitCode, output, told } = await retrain();
  expect([exitCode, told, output]).toEqual([0, '', expect.stringContaining('nothing to train')]);
  expect(await registry.listModels()).toEqual([]);
});

it('trains what has changed, promotes it where the gate passes, shares it, and tells its version and nothing else', async () => {
  await changeParams({ candidates: [{ learner: 'logistic_regression', grid: { C: [1] } }] });
  const { exitCode, output, told } = await retrain({ REASON: 'of the test' });
  if (exitCode !== 0) throw new Error(output);
  expect(told).toBe('MODEL_URI=models:/foretell/1\n');
  expect(await championVersion()).toBe('1');
  const shared = await project.run('du', ['-s', join(s3.objectDir, '../foretell')]);
  expect(Number.parseInt(shared.output, 10)).toBeGreaterThan(100);
});

it('trains again where it is told to', async () => {
  const { told } = await retrain({ FORCE: '1' });
  expect(told).toBe('MODEL_URI=models:/foretell/2\n');
  expect(await championVersion()).toBe('2');
});

it('leaves what serves where the gate refuses, says so, and tells no version', async () => {
  await changeParams({ gate: { thresholds: { roc_auc: 0.9999 } } });
  const { exitCode, output, told } = await retrain({ FORCE: '1' });
  expect([exitCode, told, output]).toEqual([1, '', expect.stringContaining('roc_auc')]);
  expect(await championVersion()).toBe('2');
  expect(await registry.listVersions('foretell')).toHaveLength(3);
});
