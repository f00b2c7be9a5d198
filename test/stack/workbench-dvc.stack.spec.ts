// `dvc repro`, push and pull as docs/reproduce.md tells them, in a clean clone and against a real S3 server: the committed dvc.lock is what the
// code makes, nothing runs twice, and nothing is lost when the server is down or the key is wrong.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { sha256 } from '../../src/model/model-bundle.ts';
import { cloneProject, type CommandResult, type DvcProject } from './support/dvc.ts';
import { startS3, type S3Server } from './support/s3.ts';

const PIPELINE = 'var/pipeline/foretell';
const UP_TO_DATE = 'Data and pipelines are up to date.';
const RENEW =
  'dvc.lock is not what the code makes: run `npm run build && .tools/dvc/bin/dvc repro` and commit dvc.lock';

let s3: S3Server;
let project: DvcProject;
beforeAll(async () => {
  project = await cloneProject();
  s3 = await startS3();
  // The bucket of .dvc/config, which must be there before the first push.
  await mkdir(join(s3.objectDir, '../foretell'));
});
afterAll(async () => {
  await s3.stop();
  await project.remove();
});

/** The output of a command that must succeed. */
async function dvc(...args: readonly string[]): Promise<string> {
  const { exitCode, output } = await project.dvc(args, remoteSettings());
  if (exitCode !== 0) throw new Error(`dvc ${args.join(' ')}: ${output}`);
  return output;
}

const remoteSettings = (): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL: s3.url,
  AWS_ACCESS_KEY_ID: s3.accessKey,
  AWS_SECRET_ACCESS_KEY: s3.secretKey,
  AWS_DEFAULT_REGION: 'us-east-1',
});

/** Changes one key of params.yaml; answers how to change it back. */
async function changeParam(key: string, value: unknown): Promise<() => Promise<void>> {
  const file = join(project.dir, 'params.yaml');
  const before = await readFile(file, 'utf8');
  const params = parse(before) as object;
  if (!(key in params)) throw new Error(`params.yaml has no ${key}`);
  await writeFile(file, stringify({ ...params, [key]: value }));
  return () => writeFile(file, before);
}

const stagesRun = (output: string): readonly string[] =>
  [...output.matchAll(/Running stage '(\w+)'/g)].map(([, stage = '']) => stage);

async function digests(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(join(project.dir, folder), {
    recursive: true,
    withFileTypes: true,
  });
  const files = entries.filter((entry) => entry.isFile());
  const pairs = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [path, sha256(await readFile(path))] as const;
  });
  return Object.fromEntries(await Promise.all(pairs));
}

const cached = () => digests('.dvc/cache/files');

describe('dvc repro', () => {
  it('leaves the committed dvc.lock as it is, in a clean clone', async () => {
    const committed = (await project.read('dvc.lock').catch(() => Buffer.of())).toString();
    const output = await dvc('repro');
    if ((await project.read('dvc.lock')).toString() !== committed) throw new Error(RENEW);
    expect(stagesRun(output)).toEqual(['validate', 'prepare', 'train', 'evaluate']);
    expect(await dvc('status')).toContain(UP_TO_DATE);
  });

  it('runs nothing the second time', async () => {
    expect(stagesRun(await dvc('repro'))).toEqual([]);
  });

  it('is not needed: training without DVC writes the very files of dvc.lock', async () => {
    const { exitCode, output } = await project.run('node', ['dist/ml/train.js']);
    expect([exitCode, output]).toEqual([0, expect.stringContaining('version 1')]);
    expect(await dvc('status')).toContain(UP_TO_DATE);
    expect(stagesRun(await dvc('repro'))).toEqual([]);
  });

  it('runs only what depends on a changed param: nothing for the gate, train and evaluate for the threshold', async () => {
    const restoreGate = await changeParam('gate', { thresholds: { roc_auc: 0.5 } });
    expect(stagesRun(await dvc('repro'))).toEqual([]);
    await restoreGate();
    const restoreThreshold = await changeParam('threshold', 0.25);
    expect(stagesRun(await dvc('repro'))).toEqual(['train', 'evaluate']);
    await restoreThreshold();
    // The cache still has what these params made.
    expect(stagesRun(await dvc('repro'))).toEqual([]);
    expect(await dvc('status')).toContain(UP_TO_DATE);
  });

  it('shows in metrics diff and plots diff what a change does', async () => {
    const restore = await changeParam('candidates', [
      { learner: 'logistic_regression', grid: { C: 1e-4 } },
    ]);
    await dvc('repro');
    const metrics = JSON.parse(await dvc('metrics', 'diff', '--json')) as Record<
      string,
      Record<string, { readonly old: number; readonly new: number }>
    >;
    const { log_loss: loss } = metrics[`${PIPELINE}/metrics.json`] ?? {};
    expect(loss?.new).toBeGreaterThan(loss?.old ?? Infinity);
    const { data } = JSON.parse(await dvc('plots', 'diff', '--json')) as {
      data: Record<string, readonly { readonly revisions: readonly string[] }[]>;
    };
    for (const curve of ['roc', 'precision_recall', 'calibration'])
      expect(data[`${PIPELINE}/plots/${curve}.json`]?.[0]?.revisions).toEqual([
        'workspace',
        'HEAD',
      ]);
    expect(await dvc('plots', 'diff')).toContain('dvc_plots/index.html');
    await restore();
    await dvc('repro');
  });
});

describe('dvc push', () => {
  it('keeps model and data: after pull into an empty cache they are the same bytes', async () => {
    const rows = await project.read('data/wdbc.csv');
    await writeFile(join(project.dir, 'data/own.csv'), Buffer.concat([rows, rows]));
    await dvc('add', 'data/own.csv');
    const [own, before] = [await project.read('data/own.csv'), await digests(PIPELINE)];
    expect(await dvc('push')).toMatch(/\d+ files pushed/);
    for (const path of ['.dvc/cache', PIPELINE, 'data/own.csv'])
      await rm(join(project.dir, path), { recursive: true });
    await dvc('pull');
    const after = await digests(PIPELINE);
    expect(after[join(project.dir, PIPELINE, 'model.onnx')]).toBeDefined();
    // What training leaves beside the files of the stages is not DVC's.
    expect(before).toMatchObject(after);
    expect((await project.read('data/own.csv')).equals(own)).toBe(true);
    expect(await dvc('status')).toContain(UP_TO_DATE);
  });

  const addRow = async (row: string): Promise<void> => {
    await writeFile(join(project.dir, 'data/own.csv'), row, { flag: 'a' });
    await dvc('add', 'data/own.csv');
  };

  async function expectRefused(result: Promise<CommandResult>, words: RegExp): Promise<void> {
    const before = await cached();
    const { exitCode, output } = await result;
    expect([exitCode === 0, output]).toEqual([false, expect.stringMatching(words)]);
    expect(await cached()).toEqual(before);
    expect(await dvc('status')).toContain(UP_TO_DATE);
  }

  it('says that the server is not there, keeps the cache, and pushes when it is back', async () => {
    await addRow('first\n');
    await s3.down();
    await expectRefused(
      project.dvc(['push'], remoteSettings()),
      /Could not connect to the endpoint URL: "http:/,
    );
    await s3.up();
    expect(await dvc('push')).toContain('1 file pushed');
  });

  it.each([
    ['the secret is wrong', 'AWS_SECRET_ACCESS_KEY', /SignatureDoesNotMatch.*Check your key/s],
    ['the key is unknown', 'AWS_ACCESS_KEY_ID', /No user exists with the provided access key ID/],
  ])('says that %s, keeps the cache, and pushes with the right one', async (_, name, words) => {
    await addRow(`${name}\n`);
    await expectRefused(
      project.dvc(['push'], { ...remoteSettings(), [name]: 'not-this-one' }),
      words,
    );
    expect(await dvc('push')).toContain('1 file pushed');
  });

  it('says that no key is given', async () => {
    await addRow('last\n');
    await expectRefused(
      project.dvc(['push'], { AWS_ENDPOINT_URL: s3.url, AWS_EC2_METADATA_DISABLED: 'true' }),
      /Unable to locate credentials/,
    );
  });
});
