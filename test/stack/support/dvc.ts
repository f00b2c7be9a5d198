// DVC as a user has it: the project as a fresh clone would be, uncommitted work included, and the dvc command in it.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { cleanEnvironment } from '../../support/started-server.ts';
import { requireTool, TOOLS } from './process.ts';

const run = promisify(execFile);
const ROOT = resolve(__dirname, '../../..');

export interface CommandResult {
  readonly exitCode: number;
  /** What it wrote to both streams. */
  readonly output: string;
}

export interface DvcProject {
  readonly dir: string;
  /** Never rejects for an exit code: a refusal is a result. */
  dvc(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<CommandResult>;
  /** Any other program, from the project's folder and without DVC. */
  run(command: string, args: readonly string[]): Promise<CommandResult>;
  read(file: string): Promise<Buffer>;
  remove(): Promise<void>;
}

/** The tracked and the new files in a git repository of their own, with one commit; node_modules and what was built are the project's. */
export async function cloneProject(): Promise<DvcProject> {
  const command = requireTool('dvc', [join(TOOLS, 'dvc/bin/dvc')]);
  const home = await mkdtemp(join(tmpdir(), 'stack-dvc-'));
  const dir = join(home, 'foretell');
  for (const file of await projectFiles())
    await cp(join(ROOT, file), join(dir, file), { verbatimSymlinks: true });
  const start = (
    program: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<CommandResult> =>
    collect(program, args, dir, cleanEnvironment({ HOME: home, ...env }));
  const git = async (...args: readonly string[]): Promise<void> => {
    const { exitCode, output } = await start('git', [...IDENTITY, ...args]);
    if (exitCode !== 0) throw new Error(`git ${args[0]}: ${output}`);
  };
  await git('init', '--quiet');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'clone');
  for (const folder of ['node_modules', 'dist'])
    await symlink(join(ROOT, folder), join(dir, folder));
  return {
    dir,
    dvc: (args, env = {}) =>
      start(command, args, { DVC_SITE_CACHE_DIR: join(home, 'site-cache'), ...env }),
    run: start,
    read: (file) => readFile(join(dir, file)),
    remove: () => rm(home, { recursive: true, force: true }),
  };
}

const IDENTITY = ['-c', 'user.name=stack', '-c', 'user.email=stack@localhost'];

async function projectFiles(): Promise<readonly string[]> {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { stdout } = await run('git', args, { cwd: ROOT, maxBuffer: 2 ** 24 });
  const files = new Set(stdout.split('\0').filter((file) => file !== ''));
  // Git still lists what was deleted and not yet committed.
  return [...files].filter((file) => existsSync(join(ROOT, file)));
}

const collect = (
  program: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<CommandResult> =>
  new Promise((done) => {
    execFile(program, args, { cwd, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      done({ exitCode: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr });
    });
  });
