// npm run score as a process: files and pipes in and out, refused rows, faults, Ctrl-C.
import { spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { buffer, text } from 'node:stream/consumers';
import type { Readable, Writable } from 'node:stream';
import type { RawRow } from '../../src/features/feature-spec.ts';
import { readResults, writeRows, type Result } from '../support/batch-formats.ts';
import { publish } from '../support/prediction-server.ts';
import { cleanEnvironment } from '../support/started-server.ts';
import { TINY_FEATURES, tinyProbability } from '../support/tiny-bundle.ts';

const ROWS: readonly RawRow[] = Array.from({ length: 1300 }, (_, i) => ({
  'mean radius': i === 700 ? 99 : 6 + (i % 90) / 4,
  'mean texture': 9 + (i % 31),
  side: i % 3 === 0 ? 'left' : 'right',
}));

let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'score-'));
  await publish(dir);
});
afterAll(() => {
  rmSync(dir, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

const PIPES: StdioOptions = ['pipe', 'pipe', 'pipe'];

class Run {
  readonly ended: Promise<Ended>;
  readonly #child: ReturnType<typeof spawn>;

  constructor(args: readonly string[], stdio: StdioOptions = PIPES) {
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/score.ts', ...args], {
      env: cleanEnvironment({ VAR_DIR: dir }),
      stdio,
    });
    this.#child = child;
    this.ended = Promise.all([
      once(child, 'close') as Promise<[number | null]>,
      child.stdout === null ? Promise.resolve(Buffer.alloc(0)) : buffer(child.stdout),
      text(child.stderr as Readable),
    ]).then(([[code], stdout, stderr]) => ({ code, stdout, stderr }));
  }

  get stdin(): Writable {
    return this.#child.stdin as Writable;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

const score = (...args: string[]): Promise<Ended> => new Run(args).ended;

const written = (name: string, content: Buffer | string): string => {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
};

const leftovers = (): string[] => readdirSync(dir).filter((name) => name.endsWith('.tmp'));

function expectScored(results: readonly Result[]): void {
  expect(results).toHaveLength(ROWS.length);
  for (const [i, row] of ROWS.entries()) {
    const result = results[i];
    if (i === 700) expect(result?.errors).toMatchObject([{ field: 'mean radius', code: 'range' }]);
    else expect(result?.probability).toBeCloseTo(tinyProbability(TINY_FEATURES, 0, row), 6);
  }
}

describe('npm run score', () => {
  it('scores a file into another format, and counts what it refused', async () => {
    const input = written('in.csv', writeRows('csv', ROWS));
    const output = join(dir, 'out.parquet');
    const { code, stderr } = await score(input, output);
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(
        /foretell, version 1\n(.*\n)*1,300 rows, .* rows\/s, 1 refused, to .*out\.parquet in .* s\n$/,
      ),
    ]);
    expectScored(await readResults('parquet', readFileSync(output)));
  });

  it('reads standard input and writes standard output', async () => {
    const run = new Run([
      '-',
      '-',
      '--input-format',
      'ndjson',
      '--output-format',
      'csv',
      '--strict',
    ]);
    run.stdin.end(writeRows('ndjson', ROWS));
    const { code, stdout } = await run.ended;
    // Because of --strict.
    expect(code).toBe(1);
    expectScored(await readResults('csv', stdout));
  });

  it('keeps the file that was there where the input goes wrong half way', async () => {
    const rows = writeRows('json', ROWS);
    const input = written(
      'broken.json',
      Buffer.concat([rows.subarray(0, -1), Buffer.from(', oops]')]),
    );
    const output = written('kept.csv', 'what was there');
    const { code, stderr } = await score(input, output);
    expect(code).toBe(1);
    expect(stderr).toMatch(/foretell: .*stops being JSON.*\n$/);
    expect(readFileSync(output, 'utf8')).toBe('what was there');
    expect(leftovers()).toEqual([]);
  });

  it.each(['SIGINT', 'SIGKILL'] as const)('keeps it where the process gets %s', async (signal) => {
    const output = written('kept.ndjson', 'what was there');
    const run = new Run(['-', output, '--input-format', 'ndjson']);
    run.stdin.on('error', () => undefined);
    run.stdin.write(Buffer.concat(Array.from({ length: 4 }, () => writeRows('ndjson', ROWS))));
    for (let i = 0; i < 3000 && leftovers().length === 0; i += 1) await pause(10);
    run.kill(signal);
    const { code, stderr } = await run.ended;
    expect(readFileSync(output, 'utf8')).toBe('what was there');
    if (signal === 'SIGKILL') return;
    expect(code).toBe(130);
    expect(stderr).toMatch(/foretell: interrupted\n$/);
    expect(leftovers()).toEqual([]);
  });

  it('says so where the disk is full', async () => {
    const full = existsSync('/dev/full') ? openSync('/dev/full', 'w') : null;
    if (full === null) return;
    const input = written('in.csv', writeRows('csv', ROWS));
    const { code, stderr } = await new Run([input, '-'], ['ignore', full, 'pipe']).ended;
    closeSync(full);
    expect(code).toBe(1);
    expect(stderr).toMatch(/foretell: the file cannot be written: no space is left on its disk\n$/);
  });

  it.each([
    [['rows.txt', 'out.csv'], /--input-format/],
    [['no-such-file.csv', 'out.csv'], /no-such-file\.csv/],
    [['in.csv', '/dev/null'], /no plain file/],
    [['in.csv', 'out.csv', '--model', 'models:/other@champion'], /foretell: /],
  ])('says in one line what it cannot do: %j', async (args, said) => {
    const { code, stdout, stderr } = await score(...args);
    expect([code, stdout.toString()]).toEqual([1, '']);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(said);
    expect(stderr).not.toMatch(/ {4}at /);
  });
});
