// What the product is made of, under which licences, and that no secret is in it: .ci/supply-chain as it runs everywhere, and that each of its checks can fail.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { requireTool, TOOLS } from './support/process.ts';

const run = promisify(execFile);
const SBOM = 'coverage/ci/sbom.cdx.json';
/** Made of parts, so that the secret scan does not find it here. */
const PLANTED = ['AKIA', 'QYLPMN5HHHFPZAM2'].join('');
const COMMITTER = ['-c', 'user.name=stack', '-c', 'user.email=stack@localhost'];

interface Part {
  readonly name: string;
  readonly 'bom-ref': string;
  readonly licenses?: readonly { readonly license: { readonly id: string } }[];
}

interface Sbom {
  readonly specVersion: string;
  readonly metadata: { readonly component: { readonly name: string } };
  readonly components: readonly Part[];
}

let dir: string;
beforeAll(async () => {
  requireTool('gitleaks', [join(TOOLS, 'bin/gitleaks')]);
  dir = await mkdtemp(join(tmpdir(), 'stack-supply-chain-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

it('is made of parts that may be shipped, and has no secret in its tree or history', async () => {
  const { stdout } = await run('.ci/supply-chain');
  process.stdout.write(stdout);
  expect(stdout).toMatch(/no secret in the tree, nor in any of \d+ commits/);
});

describe('the list of parts', () => {
  let sbom: Sbom;
  beforeAll(async () => {
    sbom = JSON.parse(await readFile(SBOM, 'utf8')) as Sbom;
  });

  it('has everything that production installs, by name and version', async () => {
    const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
      readonly packages: Readonly<Record<string, { readonly version: string; dev?: boolean }>>;
    };
    const installed = Object.entries(packages)
      .filter(([path, { dev }]) => path !== '' && dev !== true)
      .map(([path, { version }]) => `${path.replace(/.*node_modules\//, '')}@${version}`);
    const listed = new Set(sbom.components.map((part) => part['bom-ref']));
    expect(sbom).toMatchObject({
      specVersion: '1.5',
      metadata: { component: { name: 'foretell' } },
    });
    expect(installed.length).toBeGreaterThan(100);
    expect(installed.filter((part) => !listed.has(part))).toEqual([]);
  });

  it('has what is compiled into the console, and nothing that development alone needs', () => {
    const names = sbom.components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['react', 'react-dom', 'echarts', 'zrender']));
    for (const tool of ['jest', 'eslint', 'vite', 'playwright-core'])
      expect(names).not.toContain(tool);
  });

  it.each([
    ['a copyleft licence', [{ license: { id: 'GPL-3.0-only' } }], /^ {2}zod@.*: GPL-3\.0-only$/m],
    ['one of two that must both be kept', [{ expression: 'MIT AND SSPL-1.0' }], /: MIT AND SSPL/],
    ['no licence', undefined, /^ {2}zod@.*: none that its package\.json tells$/m],
  ])('is refused for %s, by name', async (_, licenses, told) => {
    const components = sbom.components.map((part) =>
      part.name === 'zod' ? { ...part, licenses } : part,
    );
    const file = join(dir, 'sbom.json');
    await writeFile(file, JSON.stringify({ ...sbom, components }));
    await expect(run('node', ['.ci/licences.mjs', file])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(told) as unknown,
    });
  });

  it('takes a licence of which one may be chosen', async () => {
    const licenses = [{ expression: '(GPL-2.0-only OR MIT)' }];
    const file = join(dir, 'choice.json');
    const components = [{ name: 'either', 'bom-ref': 'either@1.0.0', licenses }];
    await writeFile(file, JSON.stringify({ components }));
    await expect(run('node', ['.ci/licences.mjs', file])).resolves.toMatchObject({ stderr: '' });
  });
});

describe('the scan for secrets', () => {
  let project: string;
  const git = (...args: readonly string[]) => run('git', [...COMMITTER, ...args], { cwd: project });
  const scan = () => run('.ci/supply-chain', { cwd: project });
  const found = (file: string) => ({
    code: 1,
    stdout: expect.stringMatching(new RegExp(`aws-access-token[^]*File: +${file}`)) as unknown,
  });

  /** What the script needs of the project, with one commit. */
  beforeEach(async () => {
    project = await mkdtemp(join(dir, 'project-'));
    for (const path of ['.ci', '.gitignore', '.gitleaks.toml', 'package.json', 'package-lock.json'])
      await cp(path, join(project, path), { recursive: true });
    await mkdir(join(project, '.tools'));
    await symlink(join(TOOLS, 'bin'), join(project, '.tools/bin'));
    await cp('src/console/ui', join(project, 'src/console/ui'), { recursive: true });
    await git('init', '--quiet');
    await git('add', '--all');
    await git('commit', '--quiet', '--message', 'begin');
  });

  it('passes what is clean, and what only git ignores', async () => {
    await writeFile(join(project, '.env'), `AWS_ACCESS_KEY_ID=${PLANTED}\n`);
    await rm(join(project, 'src/console/ui/favicon.svg'));
    await expect(scan()).resolves.toMatchObject({ stderr: '' });
  });

  it('finds a secret in a file that is not committed yet, and does not repeat it', async () => {
    await writeFile(join(project, 'deploy.sh'), `export AWS_ACCESS_KEY_ID=${PLANTED}\n`);
    await expect(scan()).rejects.toMatchObject(found('deploy.sh'));
    await expect(scan()).rejects.not.toMatchObject({
      stdout: expect.stringContaining(PLANTED) as unknown,
    });
  });

  it('finds a secret that was committed and taken out again', async () => {
    await writeFile(join(project, 'deploy.sh'), `export AWS_ACCESS_KEY_ID=${PLANTED}\n`);
    await git('add', '--all');
    await git('commit', '--quiet', '--message', 'key');
    await git('rm', '--quiet', 'deploy.sh');
    await git('commit', '--quiet', '--message', 'no key');
    await expect(scan()).rejects.toMatchObject(found('deploy.sh'));
  });

  it('says where only a part of the history is here', async () => {
    await git('commit', '--quiet', '--allow-empty', '--message', 'more');
    const shallow = join(dir, 'shallow');
    await run('git', ['clone', '--quiet', '--depth', '1', `file://${project}`, shallow]);
    await mkdir(join(shallow, '.tools'), { recursive: true });
    await symlink(resolve(TOOLS, 'bin'), join(shallow, '.tools/bin'));
    await expect(run('.ci/supply-chain', { cwd: shallow })).resolves.toMatchObject({
      stdout: expect.stringContaining('nor in any of 1 commits') as unknown,
      stderr: expect.stringContaining('git fetch --unshallow') as unknown,
    });
  });
});
