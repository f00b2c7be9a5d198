// docs/own-data.md as a newcomer walks it: every command of the page as it is written, in order, in a copy of the project with a file of
// loans beside it, to a prediction by the printed commands.
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { cleanEnvironment, startServer, type StartedServer } from '../support/started-server.ts';

const run = promisify(execFile);

/** What a checkout has that was installed and built. */
const CHECKOUT = [
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'params.yaml',
  'data',
  'dist',
  'examples',
  'ml',
  'src',
];
/** The page says ten minutes, most of them to read what was drafted. */
const COMMAND_SECONDS = 540;

/** What stands in the shell blocks of the page, from its first to its last. */
const blocksOf = (page: string): readonly string[] =>
  [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = '']) => text.trim());

describe('the way of docs/own-data.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'own-data-'));
  // Others show what can be asked of a server.
  const blocks = blocksOf(readFileSync('docs/own-data.md', 'utf8')).filter((block) =>
    block.includes('npm '),
  );
  let server: StartedServer | undefined;
  let seconds = 0;

  beforeAll(() => {
    for (const name of CHECKOUT)
      cpSync(name, join(folder, name), { recursive: true, preserveTimestamps: true });
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    writeLoans('loans.csv', '7');
    writeLoans('next-quarter.csv', '8');
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
    process.stderr.write(`docs/own-data.md, all of its commands: ${seconds.toFixed(1)} s\n`);
  });

  /** The loans of examples/credit under the name of the page for their outcome. */
  function writeLoans(file: string, seed: string): void {
    const csv = execFileSync('node', ['examples/credit/generate.mjs', '--seed', seed], {
      encoding: 'utf8',
    });
    writeFileSync(join(folder, file), csv.replace('defaulted', 'default'));
  }

  async function timed<T>(work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const result = await work();
    seconds += (performance.now() - began) / 1000;
    return result;
  }

  /** Runs the block that has these words; rejects where it exits with anything but 0. */
  const walk = (words: string): Promise<{ readonly stdout: string; readonly stderr: string }> =>
    timed(() => run('bash', ['-c', blockWith(words)], { cwd: folder, env: cleanEnvironment({}) }));

  function blockWith(words: string): string {
    const found = blocks.filter((block) => block.includes(words));
    expect(found).toHaveLength(1);
    return found[0] ?? '';
  }

  it('has five commands', () => {
    expect(blocks.map((block) => /npm (run \w+|start)/.exec(block)?.[1])).toEqual([
      'run init',
      'run validate',
      'run train',
      'run evaluate',
      'start',
    ]);
  });

  it('drafts params and names the command that comes next', async () => {
    const { stdout } = await walk('npm run init');
    expect(stdout).toContain('loans.yaml: 5000 rows, 11 features.');
    for (const words of ['npm run validate', 'npm run train'])
      expect(stdout).toContain(blockWith(words));
  });

  it('accepts the draft as it is', async () => {
    const { stderr } = await walk('npm run validate');
    expect(stderr).toMatch(/5000 rows, \d+ default, \d+ no default/);
  });

  it('trains and registers version 1, which is to be served next as the page says', async () => {
    const { stdout } = await walk('npm run train');
    expect(stdout).toContain('Registered loans, version 1, alias champion');
    expect(stdout).toContain(`Next: ${blockWith('npm start')}`);
    const [, page = ''] = /^Report: (.*)$/m.exec(stdout) ?? [];
    expect(readFileSync(resolve(folder, page), 'utf8')).toMatch(/^<!doctype html>/i);
  });

  it('measures the version on the loans of the next quarter, beside what its report says', async () => {
    const { stdout } = await walk('npm run evaluate');
    expect(stdout).toMatch(/^loans, version 1, on 5000 rows$/m);
    expect(stdout).toMatch(/^ +here +reported$/m);
    for (const metric of ['roc_auc', 'log_loss', 'brier'])
      expect(stdout).toMatch(new RegExp(`^ +${metric} +0\\.\\d{4} +0\\.\\d{4}$`, 'm'));
  });

  it('serves it, and the printed commands give a token and a prediction about a loan', async () => {
    const command = ['bash', '-c', blockWith('npm start')] as const;
    server = await timed(() => startServer({ env: {}, command, cwd: folder }));
    const printed = server
      .output()
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => /^(TOKEN=\$\(curl|curl) /.test(line));
    expect(printed).toHaveLength(2);
    const { stdout } = await timed(() => run('bash', ['-c', printed.join('\n')]));
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
      label: expect.stringMatching(/^(no )?default$/) as string,
      probability: expect.any(Number) as number,
      model: { name: 'loans', version: '1' },
    });
    const documentation = await (await fetch(`${server.url}/docs-json`)).text();
    expect(documentation).toContain('debt_consolidation');
  });

  it(`takes less than ${COMMAND_SECONDS} s of the ten minutes that the page promises`, () => {
    expect(seconds).toBeLessThan(COMMAND_SECONDS);
  });
});
