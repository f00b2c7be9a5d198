// npm run load as its user runs it, in short: a real server under a steady load and in a spike. What depends on how busy the machine is may be
// refused here; what must never happen is looked at.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

interface Found {
  readonly met: boolean;
  readonly criteria: readonly { readonly what: string; readonly value: number }[];
}

const SECONDS = '12';
/** Counts that do not depend on the machine. */
const NEVER: Readonly<Record<string, readonly string[]>> = {
  steady: ['requests that failed', 'of these missing in the log'],
  spike: [
    'requests before and after that failed',
    'in the spike: neither 200 nor 429 nor 503',
    'without Retry-After: 429 and 503',
    'of these missing in the log',
  ],
};
let output = '';
let status: number | null = null;
let summary: Readonly<Record<string, Found>> = {};

beforeAll(() => {
  const command = ['--import', 'tsx', 'test/load/run.ts', 'steady', 'spike', '--seconds', SECONDS];
  const ended = spawnSync(process.execPath, command, { encoding: 'utf8' });
  ({ stdout: output, status } = ended);
  process.stdout.write(`${output}${ended.stderr}`);
  summary = JSON.parse(readFileSync('coverage/load/summary.json', 'utf8')) as typeof summary;
}, 900_000);

it.each(Object.keys(NEVER))('keeps every promise to callers under load: %s', (scenario) => {
  const { criteria = [] } = summary[scenario] ?? {};
  const found = criteria.filter(({ what }) => NEVER[scenario]?.includes(what));
  expect(found.map(({ what }) => what)).toEqual(NEVER[scenario]);
  expect(found.map(({ value }) => value)).toEqual(found.map(() => 0));
  const acknowledged = criteria.find(({ what }) => what === 'predictions acknowledged');
  expect(acknowledged?.value).toBeGreaterThan(0);
});

it('fails with a line for each criterion that is broken, and only then', () => {
  const met = Object.keys(NEVER).every((scenario) => summary[scenario]?.met);
  expect(status).toBe(met ? 0 : 1);
  expect(output.includes('BROKEN')).toBe(!met);
});

it('reports tables, and a page with a chart of latency and one of throughput that needs nothing else', () => {
  for (const scenario of Object.keys(NEVER))
    expect(readFileSync(`coverage/load/${scenario}.md`, 'utf8')).toContain('| criterion |');
  const page = readFileSync('coverage/load/report.html', 'utf8');
  for (const title of ['Steady: latency', 'Steady: throughput', 'Spike: latency'])
    expect(page).toContain(`aria-label="${title}`);
  expect(page).not.toMatch(/(?:src|href)="(?!#)/);
});
