// What can go wrong between a file and a model, with real processes and files of real size: malformed data, a full disk, interruptions,
// params that cannot be met.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { MeasuredCommand } from '../support/measured-command.ts';
import { SmallDisk } from './support/small-disk.ts';
import { Workbench } from './support/workbench.ts';

const LOGISTIC = [{ learner: 'logistic_regression', grid: { C: [0.3, 1] } }];

describe('a malformed file of 150,000 rows', () => {
  const ROWS = 150_000;
  const FAULTY_LINE = 149_999;
  const MOST_MEGABYTES = 300;
  const HEADER = 'size,age,colour,y';
  const workbench = new Workbench();
  let params: string;
  let good: MeasuredCommand;
  let goodBytes: number;

  const rowOf = (i: number): string => `${i % 10},${i % 90},${i % 3 ? 'red' : 'blue'},${i % 2}`;
  /** Lines of the file, the header first; the one at the faulty line is replaced. */
  function linesWith(faulty: string): string[] {
    const lines = [HEADER, ...Array.from({ length: ROWS }, (_, i) => rowOf(i))];
    lines[FAULTY_LINE - 1] = faulty;
    return lines;
  }

  async function validate(content: string | Uint8Array): Promise<MeasuredCommand> {
    workbench.write('data.csv', content);
    return workbench.run('validate', params);
  }

  beforeAll(async () => {
    params = workbench.params('params.yaml', {
      data: { path: 'data.csv' },
      target: { column: 'y', positive: 1, labels: { positive: 'yes', negative: 'no' } },
      features: [
        { name: 'size', kind: 'numeric', nullable: false, range: { min: 0, max: 10 } },
        { name: 'age', kind: 'numeric', nullable: true },
        {
          name: 'colour',
          kind: 'categorical',
          nullable: true,
          categories: ['red', 'blue', 'light\nblue'],
        },
      ],
      derived: {},
      preprocessing: {},
      candidates: LOGISTIC,
    });
    good = await validate(linesWith('1,,red,1').join('\n'));
    goodBytes = statSync(workbench.path('data.csv')).size;
  });
  afterAll(() => {
    workbench.remove();
  });

  /** In one pass: no slower by an order, nothing read twice, and in the memory that a good file takes. */
  function expectOnePass(found: MeasuredCommand): void {
    const { processorSeconds, peakMegabytes, readBytes } = found;
    expect(processorSeconds).toBeLessThan(3 * good.processorSeconds);
    expect(readBytes).toBeLessThan(good.readBytes + goodBytes / 2);
    expect(peakMegabytes).toBeLessThan(MOST_MEGABYTES);
  }

  it('is read once where it is good', async () => {
    expect(good).toMatchObject({ code: 0, stdout: '' });
    expect(good.stderr).toContain(`${ROWS} rows`);
    expect(good.peakMegabytes).toBeLessThan(MOST_MEGABYTES);
    const few = await validate(linesWith('').slice(0, 100).join('\n'));
    expect(few.code).toBe(0);
    expect(good.readBytes - few.readBytes).toBeLessThan(1.5 * goodBytes);
  });

  const SECRET = 'sesame';
  const FIELDS = 'expected 4 fields as in the header, got';
  const COLOURS = 'expected one of red, blue, light\nblue, got';
  const CLASSES = 'expected one of the two classes, got';
  it.each([
    ['a short row', `1,1,${SECRET}`, `${FIELDS} 3`],
    ['a long row', `1,1,red,1,${SECRET}`, `${FIELDS} 5`],
    ['text in a number', `1,${SECRET},red,1`, 'column "age": expected a number, got text'],
    ['a decimal comma', '1,"47,11",red,1', 'column "age": expected a number, got text'],
    ['NaN', '1,NaN,red,1', 'column "age": expected a number, got a number that is not finite'],
    ['-inf', '1,-inf,red,1', 'column "age": expected a number, got a number that is not finite'],
    [
      'a number beyond float32',
      '1,4.711e39,red,1',
      'column "age": expected a number, got a number too large for float32',
    ],
    [
      'nothing where something must be',
      ',1,red,1',
      'column "size": expected a number from 0 to 10, got nothing',
    ],
    [
      'a value out of its range',
      '4711,1,red,1',
      'column "size": expected a number from 0 to 10, got a larger one',
    ],
    ['an unknown category', `1,1,${SECRET},1`, `column "colour": ${COLOURS} another value`],
    ['a third class', `1,1,red,${SECRET}`, `column "y": ${CLASSES} a third value`],
    ['nothing in the target', '1,1,red,', `column "y": ${CLASSES} nothing`],
    [
      'a quote inside a field',
      `1,1,se"same,1`,
      'expected a field that is either quoted as a whole or without quotes',
    ],
    [
      'a quote that is never closed',
      `1,1,"${SECRET},1`,
      'expected a closing quote before the end of the file',
    ],
  ])('with %s is refused with line, column and expectation', async (_fault, line, message) => {
    const found = await validate(linesWith(line).join('\n'));
    expect(found.code).toBe(1);
    expect(found.stderr).toContain(`data.csv:${FAULTY_LINE}: ${message}\n`);
    expect(found.stderr).not.toMatch(/sesame|4711|4\.711|47,11/);
    expectOnePass(found);
  });

  it('with bytes of Windows-1252 is refused with their line', async () => {
    const found = await validate(Buffer.from(linesWith('1,1,rosé,1').join('\n'), 'latin1'));
    expect(found.code).toBe(1);
    expect(found.stderr).toContain(`data.csv:${FAULTY_LINE}: expected UTF-8, got other bytes`);
    expectOnePass(found);
  });

  it('with another delimiter is refused at its header', async () => {
    const found = await validate(linesWith('1,1,red,1').join('\n').replaceAll(',', ';'));
    expect(found.code).toBe(1);
    expect(found.stderr).toContain(
      'data.csv:1: column "size": missing from the header, which has 1 columns\n',
    );
    expectOnePass(found);
  });

  const LINE_ENDS = ['\n', '\r\n', '\r'];
  const mixed = (lines: readonly string[]): string =>
    lines.map((line, i) => `${line}${LINE_ENDS[i % 3] ?? ''}`).join('');

  it('with mixed line ends and quoted line breaks before is refused with the line of the file', async () => {
    const lines = linesWith(`1,${SECRET},red,1`);
    // Two lines that are one record.
    lines.splice(1, 2, '1,1,"light\nblue",0');
    const found = await validate(mixed(lines));
    expect(found.code).toBe(1);
    expect(found.stderr).toContain(`data.csv:${FAULTY_LINE}: column "age": expected a number`);
    expectOnePass(found);
  });

  it.each([
    ['a byte order mark', (lines: readonly string[]) => `\uFEFF${lines.join('\n')}`],
    ['CRLF', (lines: readonly string[]) => `${lines.join('\r\n')}\r\n`],
    ['mixed line ends', mixed],
  ])('with %s is none: it is read as it is', async (_what, joined) => {
    const found = await validate(joined(linesWith('1,,"light\nblue",1')));
    expect(found.code).toBe(0);
    expect(found.stderr).toContain(`${ROWS} rows`);
    expectOnePass(found);
  });
});

describe('a full disk', () => {
  let disk: SmallDisk;
  let workbench: Workbench;
  let first: string;
  let second: string;

  beforeAll(() => {
    disk = SmallDisk.mount(16);
    workbench = new Workbench(join(disk.dir, 'var'));
    first = workbench.params('first.yaml', { candidates: LOGISTIC });
    second = workbench.params('second.yaml', {
      candidates: [{ learner: 'logistic_regression', grid: { C: [0.5, 2] } }],
    });
  });
  afterAll(() => {
    disk.unmount();
    workbench.remove();
  });

  /** Half-written files of any kind, wherever they are. */
  const halfWritten = (): readonly string[] =>
    readdirSync(disk.dir, { recursive: true })
      .map(String)
      .filter((path) => /\.new$|\.tmp$|\.lock$|\.incoming-|\/bundle-/.test(path));

  it('is none while there is space: version 1 is registered', async () => {
    expect(await workbench.run('train', first)).toMatchObject({ code: 0 });
    expect(await workbench.provenVersions()).toEqual(['1']);
  });

  it('ends the next training in one line that says so, and leaves nothing half-written', async () => {
    disk.fill(0);
    const { code, stderr } = await workbench.run('train', second);
    expect(code).toBe(1);
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(
      `foretell: cannot write to ${workbench.pipelineDir}: no space is left on its disk; mend that or set VAR_DIR`,
    );
    expect(halfWritten()).toEqual([]);
    expect(await workbench.provenVersions()).toEqual(['1']);
  });

  it('at whatever write it comes, the champion is intact and every version listed is whole', async () => {
    disk.clear();
    for (const stage of ['validate', 'prepare', 'fit', 'evaluate'])
      expect(await workbench.run(stage, second)).toMatchObject({ code: 0 });
    const said = new Set<string>();
    for (let left = 0; left < 900_000; left += 60_000) {
      disk.fill(left);
      const { code, stderr } = await workbench.run('register', second);
      expect(halfWritten()).toEqual([]);
      expect(await workbench.provenVersions()).toContain('1');
      expect((await workbench.champion()).bundle.dir).toContain(join('versions', '1'));
      if (code === 0) break;
      const line = stderr.trimEnd().split('\n').at(-1) ?? '';
      expect(line).toMatch(/^foretell: .*no space (is )?left/);
      said.add(line);
    }
    const all = [...said].join('\n');
    expect(all).toContain(`cannot record the run in ${join(workbench.state, 'runs')}: no space is`);
    expect(all).toContain('The registry cannot be written: no space is left on its disk.');
  });

  it('is forgotten once there is space again', async () => {
    disk.clear();
    const before = (await workbench.provenVersions()).length;
    const { code, stdout } = await workbench.run('train', second);
    expect(code).toBe(0);
    expect(stdout).toContain(`version ${before + 1}, alias challenger`);
    expect(await workbench.provenVersions()).toHaveLength(before + 1);
  });
});

describe('a search that is stopped', () => {
  /** Enough for two threads and some seconds. */
  const ROWS = 20_000;
  const workbenches: Workbench[] = [];
  let whole: Workbench;
  let wholeDigest: string;

  function prepared(): { readonly workbench: Workbench; readonly params: string } {
    const workbench = new Workbench();
    workbenches.push(workbench);
    const generate = ['examples/credit/generate.mjs', '--rows', String(ROWS)];
    workbench.write('credit.csv', execFileSync('node', generate, { maxBuffer: 2 ** 26 }));
    const params = workbench.params(
      'params.yaml',
      {
        data: { path: 'credit.csv' },
        candidates: [
          {
            learner: 'gradient_boosting',
            grid: { num_leaves: [7, 31], learning_rate: [0.05, 0.1] },
          },
          { learner: 'random_forest', grid: { min_samples_leaf: [20, 50] } },
        ],
        selection: { folds: 5, metric: 'log_loss' },
      },
      'examples/credit/params.yaml',
    );
    return { workbench, params };
  }

  const digestOf = async (workbench: Workbench): Promise<string> =>
    (await workbench.champion()).bundle.onnxSha256;
  const goneOnFrom = (stderr: string): number =>
    Number(/going on from (\d+) folds that were done/.exec(stderr)?.[1]);

  beforeAll(async () => {
    const { workbench, params } = prepared();
    whole = workbench;
    expect(await whole.run('train', params)).toMatchObject({ code: 0 });
    wholeDigest = await digestOf(whole);
  });
  afterAll(() => {
    for (const workbench of workbenches) workbench.remove();
  });

  it('by one SIGINT keeps what is done, exits 130 and goes on from it to the same model', async () => {
    const { workbench, params } = prepared();
    const training = workbench.start('train', params);
    await training.until(() => workbench.foldsDone() >= 5);
    training.signal('SIGINT');
    expect(await training.end()).toBe(130);
    expect(training.stderr).toContain('the folds that were done are kept');
    await expect(workbench.provenVersions()).rejects.toThrow('no model of that name');
    const done = workbench.foldsDone();
    const again = await workbench.run('train', params);
    expect(again.code).toBe(0);
    expect(goneOnFrom(again.stderr)).toBe(done);
    expect(await digestOf(workbench)).toBe(wholeDigest);
  });

  it('by two SIGINTs ends at once, exit code 130', async () => {
    const { workbench, params } = prepared();
    const training = workbench.start('train', params);
    await training.until(() => workbench.foldsDone() >= 1);
    training.signal('SIGINT');
    await training.until(() => training.stderr.includes('once more stops at once')).catch(() => {});
    const began = performance.now();
    training.signal('SIGINT');
    expect(await training.end()).toBe(130);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('by SIGKILL loses only the folds under way and goes on to the same model', async () => {
    const { workbench, params } = prepared();
    const training = workbench.start('train', params);
    await training.until(() => workbench.foldsDone() >= 8);
    training.signal('SIGKILL');
    expect(await training.end()).toBe('SIGKILL');
    const done = workbench.foldsDone();
    const again = await workbench.run('train', params);
    expect(again.code).toBe(0);
    expect(goneOnFrom(again.stderr)).toBe(done);
    expect(await digestOf(workbench)).toBe(wholeDigest);
  });
});

describe('params and data that cannot be met', () => {
  const workbench = new Workbench();
  afterAll(() => {
    workbench.remove();
  });

  it('a grid with a combination that a rule between hyperparameters forbids is refused with its place', async () => {
    const params = workbench.params('grid.yaml', {
      candidates: [
        { learner: 'gradient_boosting', grid: { objective: ['auto', 'quantile'], alpha: [0.5] } },
      ],
    });
    const { code, stderr } = await workbench.run('validate', params);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /grid\.yaml:\d+:\d+: candidates\[0\]\.grid\.alpha.*: expected nothing where objective is not quantile/,
    );
  });

  it('a derived feature of a column that is not there is refused with its place', async () => {
    const params = workbench.params('derived.yaml', {
      derived: { ratio: '`mean texture` / `mean sesame`' },
    });
    const { code, stderr } = await workbench.run('train', params);
    expect(code).toBe(1);
    expect(stderr).toMatch(/derived\.yaml:\d+:\d+: derived\.ratio: /);
  });

  it('a target of three classes is refused before anything is fitted', async () => {
    const [header, row = '', ...rows] = readFileSync('data/wdbc.csv', 'utf8').split('\n');
    const last = row.split(',').at(-1) ?? '';
    workbench.write(
      'three.csv',
      [header, `${row.slice(0, -last.length)}sesame`, ...rows].join('\n'),
    );
    const params = workbench.params('three.yaml', { data: { path: 'three.csv' } });
    const { code, stderr } = await workbench.run('train', params);
    expect(code).toBe(1);
    expect(stderr).toMatch(/three\.csv:\d+: column "\w+": expected one of the two classes/);
    expect(stderr).not.toMatch(/sesame|fold/);
  });

  it.each(['logistic_regression', 'random_forest', 'gradient_boosting'])(
    'a derived feature that divides by zero is missing there: %s gives a probability, the same in ONNX',
    async (learner) => {
      const params = workbench.params('zero.yaml', {
        derived: { ratio: '`mean texture` / `mean concavity`' },
        candidates: [{ learner, grid: learner === 'random_forest' ? { n_estimators: [20] } : {} }],
      });
      const { code } = await workbench.run('train', params, '--name', learner);
      expect(code).toBe(0);
      const { onnx_max_difference: difference } = JSON.parse(
        readFileSync(join(workbench.state, 'pipeline', learner, 'training.json'), 'utf8'),
      ) as { readonly onnx_max_difference: number };
      expect(difference).toBeLessThan(1e-5);
      const model = await workbench.champion(learner);
      const rows = new Float32Array(model.encoder.width);
      const { features } = model.bundle.features;
      const cells = Object.fromEntries(features.map(({ name }) => [name, 0]));
      expect(model.encoder.encodeInto(cells, rows, 0).issues).toEqual([]);
      const { probability } = await model.scorer.score(rows, 1);
      await model.scorer.release();
      expect(probability[0]).toBeGreaterThan(0);
      expect(probability[0]).toBeLessThan(1);
    },
  );
});
