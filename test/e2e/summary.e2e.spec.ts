// GET /monitoring/summary over real HTTP, beside the rows that it is about, and npm run analyse, which says the same from the rows.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Config } from '../../src/config/load-config.ts';
import type { Summary } from '../../src/monitoring/summary/summary.ts';
import { ChallengedServer, mean } from '../support/challenged-server.ts';
import type { Problem } from '../support/prediction-server.ts';
import { cleanEnvironment } from '../support/started-server.ts';
import { databaseSettings } from '../support/test-database.ts';

interface Row {
  readonly probability: number;
  readonly label: string;
  readonly duration_ms: number;
  readonly memory_bytes: number;
  readonly model: { readonly version: string };
}

const ROWS = 60;
const REFUSED = 5;

let served: ChallengedServer;
let rows: readonly Row[];

beforeAll(async () => {
  served = await ChallengedServer.startWith();
  await served.setMode('canary', 0.5);
  // Whose answer a caller gets depends on the key.
  for (let i = 0; i < ROWS; i += 1) await served.predict(i % 30, `caller ${i}`);
  for (let i = 0; i < REFUSED; i += 1)
    await served.server.post('/predict', '{"features":{}}', { ...served.headers });
  rows = (await served.get<{ readonly items: readonly Row[] }>('/predictions?limit=100')).body
    .items;
});
afterAll(() => served.stop());

const summary = async (query = ''): Promise<Summary> => {
  const { status, body } = await served.get<Summary>(`/monitoring/summary${query}`);
  expect(status).toBe(200);
  return body;
};

const close = (value: number): unknown => expect.closeTo(value, 9);

const figuresOf = (of: readonly Row[]) => ({
  rows: of.length,
  high_risk_rate: close(of.filter(({ label }) => label === 'malignant').length / of.length),
  scores: { mean: close(mean(of.map(({ probability }) => probability))) },
  row_latency_ms: {
    mean: close(mean(of.map((row) => row.duration_ms))),
    max: Math.max(...of.map((row) => row.duration_ms)),
  },
  memory_bytes: { max: Math.max(...of.map((row) => row.memory_bytes)) },
});

const ofVersion = (version: string): readonly Row[] =>
  rows.filter(({ model }) => model.version === version);

describe('GET /monitoring/summary', () => {
  it.each(['15m', '1h', '24h', '7d', 'all'])('says of %s what the rows say', async (window) => {
    const answer = await summary(`?window=${window}`);
    expect(rows).toHaveLength(ROWS);
    expect(answer).toMatchObject(figuresOf(rows));
    const { series } = answer;
    expect(series.reduce((sum, point) => sum + point.rows, 0)).toBe(ROWS);
    expect(series.length).toBeLessThanOrEqual(300);
  });

  it('counts requests and refusals, and times requests and their stages', async () => {
    const { requests, errors, latency_ms: latency, percentiles } = await summary();
    expect([requests, errors?.total, errors?.by_kind.invalid_input]).toEqual([
      ROWS + REFUSED,
      REFUSED,
      REFUSED,
    ]);
    expect(errors?.rate).toBeCloseTo(REFUSED / (ROWS + REFUSED), 9);
    expect(latency?.stages.infer.mean).toBeGreaterThan(0);
    expect(latency?.mean).toBeGreaterThan(latency?.stages.infer.mean ?? Infinity);
    expect(latency?.stages.explain).toMatchObject({ mean: null, p99: null });
    expect(percentiles).toBe('sketched within 1 %');
  });

  it('shows champion and challenger side by side', async () => {
    const { versions } = await summary('?window=1h');
    expect(versions).toMatchObject([
      { model: 'foretell', version: '1', role: 'champion', ...figuresOf(ofVersion('1')) },
      { model: 'foretell', version: '2', role: 'challenger', ...figuresOf(ofVersion('2')) },
    ]);
  });

  it("compares the scores with those of the champion's training rows", async () => {
    const { edges, counts, reference } = (await summary()).scores;
    expect([edges.length, counts.length, reference?.length]).toEqual([21, 20, 20]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(ROWS);
  });

  it('is about one version where one is asked for, whose requests are not known', async () => {
    const answer = await summary('?version=2');
    expect(answer).toMatchObject({ version: '2', requests: null, errors: null, latency_ms: null });
    expect(answer).toMatchObject(figuresOf(ofVersion('2')));
    expect(answer.versions.map(({ version }) => version)).toEqual(['2']);
  });

  it('does not know a version that never answered', async () => {
    const { status, body } = await served.get<Problem>('/monitoring/summary?version=77');
    expect([status, body.code]).toEqual([404, 'MODEL_NOT_FOUND']);
  });

  it.each(['?window=2h', '?version=a%20b', '?since=1'])('refuses %s', async (query) => {
    const { status } = await served.get<Problem>(`/monitoring/summary${query}`);
    expect(status).toBe(422);
  });

  it('is closed without credentials', async () => {
    const { status } = await served.server.send('/monitoring/summary');
    expect(status).toBe(401);
  });
});

describe('npm run analyse', () => {
  const dir = mkdtempSync(join(tmpdir(), 'analyse-'));
  afterAll(() => {
    rmSync(dir, { recursive: true });
  });

  interface Ended {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
  }
  async function analyse(...args: readonly string[]): Promise<Ended> {
    const { varDir } = served.server.app.get(Config, { strict: false });
    const env = { VAR_DIR: varDir, CHALLENGER: 'shadow', ...(await databaseSettings(varDir)) };
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        ['--import', 'tsx', 'src/analyse.ts', ...args],
        { env: cleanEnvironment(env), maxBuffer: 1e8 },
        (error, stdout, stderr) => {
          resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
        },
      );
    });
  }

  const LOG = join(dir, 'log.jsonl');
  beforeAll(async () => {
    const { server, headers } = served;
    const response = await fetch(`${server.url}/predictions/export?format=jsonl`, { headers });
    writeFileSync(LOG, await response.text());
  });

  it('says of the database what the route says of its rows', async () => {
    const { code, stdout } = await analyse('--window', '1h', '--json');
    const said = JSON.parse(stdout) as Summary;
    const { rows: counted, scores, labels, row_latency_ms, versions } = await summary('?window=1h');
    expect(code).toBe(0);
    expect(said).toMatchObject({ rows: counted, scores, labels, row_latency_ms });
    expect(said.versions.map(({ version, role, rows: of }) => [version, role, of])).toEqual(
      versions.map(({ version, role, rows: of }) => [version, role, of]),
    );
    expect(said.requests).toBeNull();
  });

  it('prints the same of an exported file as a table, and writes a page that needs nothing but itself', async () => {
    const report = join(dir, 'report.html');
    const { code, stdout, stderr } = await analyse(LOG, '--report', report);
    expect(code).toBe(0);
    expect(stderr).toContain(`${ROWS} rows read from ${LOG}\n`);
    expect(stdout).toMatch(new RegExp(`^rows +${ROWS}$`, 'm'));
    expect(stdout).toMatch(/^foretell 1 +champion +\d+ /m);
    const html = readFileSync(report, 'utf8');
    expect(stderr).toContain(`${report} written\n`);
    expect(html).not.toMatch(/<script|<link|src=|href="(?!#)|url\(|NaN|undefined/);
    expect(html.match(/<svg /g)?.length).toBeGreaterThanOrEqual(10);
  });

  it('tells broken lines by file, line and column, counts them, and analyses the rest', async () => {
    const lines = readFileSync(LOG, 'utf8').trimEnd().split('\n');
    const [first = '', second = ''] = lines;
    lines[0] = first.slice(0, -10);
    lines[1] = second.replace(/"probability":[^,]+/, '"probability":"a secret"');
    const broken = join(dir, 'broken.jsonl');
    writeFileSync(broken, `${lines.join('\n')}\n`);
    const { code, stdout, stderr } = await analyse(broken, '--version', '2');
    const column = second.indexOf('"probability":') + '"probability":'.length + 1;
    expect(code).toBe(0);
    expect(stderr).toMatch(new RegExp(`^${broken}:1:\\d+: expected a JSON object; found `, 'm'));
    expect(stderr).toContain(
      `${broken}:2:${column}: expected probability: a number from 0 to 1; found a string\n`,
    );
    expect(stderr).toContain(`${ROWS - 2} rows, 2 broken lines left out read from ${broken}`);
    expect(stderr + stdout).not.toContain('secret');
    expect(stdout).toMatch(/^model version +2$/m);
  });

  it('fails in one line where there is nothing to analyse', async () => {
    const empty = join(dir, 'empty.jsonl');
    const report = join(dir, 'none.html');
    writeFileSync(empty, '\n');
    const { code, stdout, stderr } = await analyse(empty, '--report', report);
    expect([code, stdout, existsSync(report)]).toEqual([1, '', false]);
    expect(stderr).toContain('foretell: there is no prediction in the window');
  });

  it('describes its options', async () => {
    const { code, stdout } = await analyse('--help');
    expect(code).toBe(0);
    for (const option of ['--window', '--version', '--report', '--json', 'log.jsonl'])
      expect(stdout).toContain(option);
  });
});
