// The README's first command as a newcomer types it: real processes, the printed curl lines, a second start, signals, and what can go wrong.
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cleanEnvironment, startServer, type StartedServer } from '../support/started-server.ts';
import { untilInFlight } from './support/in-flight.ts';

const run = promisify(execFile);

/** The last lines that begin with `  curl` or `  TOKEN=`: what the greeting tells the user to paste. */
function printedCommands(output: string): string[] {
  return output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^(TOKEN=\$\(curl|curl) /.test(line));
}

describe('npm start', () => {
  const varDir = mkdtempSync(join(tmpdir(), 'foretell-start-'));
  let server: StartedServer;

  beforeAll(async () => {
    server = await startServer({ env: { VAR_DIR: varDir } });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(varDir, { recursive: true, force: true });
  });

  it('trains, registers, serves, and prints two commands that give a token and a prediction', async () => {
    const commands = printedCommands(server.output());
    expect(commands).toHaveLength(2);
    const { stdout } = await run('bash', ['-c', commands.join('\n')]);
    const lines = stdout.trim().split('\n');
    expect(lines[0]).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({
      label: expect.stringMatching(/^(malignant|benign)$/) as string,
      probability: expect.any(Number) as number,
      model: { name: 'foretell', version: '1' },
    });
  });

  it('starts again without training, knows the same users, and exits 0 on SIGTERM', async () => {
    expect(await server.stop('SIGTERM')).toBe(0);
    server = await startServer({ env: { VAR_DIR: varDir } });
    expect(server.output()).not.toMatch(/fold|candidate/i);
    const ready = await fetch(`${server.url}/health/ready`);
    expect(ready.status).toBe(200);
  });

  it('drains: a request in flight when SIGTERM comes is answered', async () => {
    const secret = 'drain-test-password';
    const drainDir = mkdtempSync(join(tmpdir(), 'foretell-drain-'));
    const one = await startServer({
      env: {
        VAR_DIR: drainDir,
        REGISTRY_DIR: join(varDir, 'registry'),
        ADMIN_PASSWORD: secret,
        BCRYPT_COST: '13',
      },
      command: ['node', 'dist/src/main.js'],
    });
    // A login at cost 13 takes about half a second: long enough to be seen in flight.
    let answered = 0;
    const answer = fetch(`${one.url}/token`, {
      method: 'POST',
      body: new URLSearchParams({ username: 'admin', password: secret }),
    }).finally(() => {
      answered += 1;
    });
    await untilInFlight(one.url, () => 1 - answered);
    const exit = one.stop('SIGTERM');
    expect((await answer).status).toBe(200);
    expect(await exit).toBe(0);
    rmSync(drainDir, { recursive: true, force: true });
  });
});

describe('a start that cannot succeed says what to do in one line and exits 1', () => {
  const start = (env: Record<string, string>): { code: number | null; stderr: string } => {
    const varDir = mkdtempSync(join(tmpdir(), 'foretell-fail-'));
    const { status, stderr } = spawnSync('node', ['dist/src/main.js'], {
      env: cleanEnvironment({ VAR_DIR: varDir, ...env }),
      encoding: 'utf8',
      timeout: 300_000,
    });
    rmSync(varDir, { recursive: true, force: true });
    return { code: status, stderr };
  };
  const expectOneLine = (result: { code: number | null; stderr: string }, words: RegExp): void => {
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
    expect(result.stderr).toMatch(words);
    expect(result.code).toBe(1);
  };

  it('a port in use', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as AddressInfo;
    expectOneLine(start({ PORT: String(port) }), new RegExp(`port ${port} is in use`));
    blocker.close();
  });

  it('a var/ that cannot be written', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'foretell-')), 'file');
    writeFileSync(file, '');
    expectOneLine(start({ VAR_DIR: join(file, 'var') }), /VAR_DIR/);
  });

  it('a bad value in the environment, which is not echoed', () => {
    const result = start({ PORT: 'http', LOG_LEVEL: 'loud' });
    expectOneLine(result, /PORT must be .*LOG_LEVEL must be /);
    expect(result.stderr).not.toMatch(/loud/);
  });

  it('production without secrets', () => {
    expectOneLine(start({ NODE_ENV: 'production' }), /JWT_SECRET.*ADMIN_PASSWORD/);
  });
});

it('training killed half-way registers nothing, and the next start trains again', async () => {
  const varDir = mkdtempSync(join(tmpdir(), 'foretell-kill-'));
  const env = cleanEnvironment({ VAR_DIR: varDir });
  const training = spawnSync('node', ['dist/ml/train.js'], {
    env,
    timeout: 900,
    killSignal: 'SIGKILL',
    encoding: 'utf8',
  });
  expect(training.signal).toBe('SIGKILL');
  const server = await startServer({ env: { VAR_DIR: varDir } });
  expect(server.output()).toMatch(/version 1\b/);
  await server.stop();
  rmSync(varDir, { recursive: true, force: true });
});

it('the documented commands all answer --help', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    scripts: Record<string, string>;
  };
  const commands = Object.entries(scripts).flatMap(
    ([, script]) => /node (dist\/ml\/\S+\.js)$/.exec(script)?.[1] ?? [],
  );
  expect(commands.length).toBeGreaterThan(1);
  for (const command of commands) {
    const { status, stdout } = spawnSync('node', [command, '--help'], { encoding: 'utf8' });
    expect({ command, status }).toEqual({ command, status: 0 });
    expect(stdout).toMatch(/Usage:/);
  }
});
