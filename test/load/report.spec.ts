// What a run of the load leaves behind, written as it is and read again.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chartsOfLoad } from './charts.ts';
import { counted, ratio } from './judge/criterion.ts';
import { kindsOf, type Outcome } from './outcome.ts';
import type { PhaseRecord } from './record.ts';
import { writeReport } from './report.ts';

const phase: PhaseRecord = {
  startedAt: 1_000_000,
  seconds: 3,
  perSecond: 1,
  answers: [0, 2000].map((plannedMs) => ({
    kind: 'by token',
    plannedMs,
    tookMs: 4,
    status: 200,
  })),
  ids: [],
  notSent: 0,
  withoutRetryAfter: 0,
  cpuUs: 1,
};
const outcome = (scenario: Outcome['scenario'], of: number): Outcome => ({
  scenario,
  seconds: 3,
  criteria: [
    ratio({ what: 'memory', of, to: 100, unit: 'MB', goal: 1.2 }),
    counted('requests that failed', 0, 0),
  ],
  kinds: kindsOf([phase]),
  charts: chartsOfLoad(scenario, { '': [phase] }),
});

let dir = '';
const read = (name: string): string => readFileSync(join(dir, name), 'utf8');
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'load-report-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

it('tells figure, baseline, ratio and bound of each criterion, and what each kind of request took', () => {
  expect(writeReport(outcome('soak', 110), dir)).toEqual([]);
  expect(read('soak.md')).toContain('| memory | 110 MB | 100 MB | 1.10 x | <= 1.20 | yes |');
  expect(read('soak.md')).toContain('| by token | 2 | 4.0 ms | 4.0 ms |');
});

it('answers a line for each broken criterion, also where there is no figure', () => {
  expect(writeReport(outcome('soak', 130), dir)).toEqual([
    'soak: memory is 1.30 x (130 MB of 100 MB), expected <= 1.20',
  ]);
  expect(writeReport(outcome('soak', Number.NaN), dir)).toHaveLength(1);
});

it('keeps the scenarios that ran before on one page, where nothing was measured too', () => {
  writeReport(outcome('steady', Number.NaN), dir);
  writeReport(outcome('soak', 100), dir);
  const page = read('report.html');
  for (const part of ['steady: latency', 'soak: throughput', 'A criterion is broken', 'NaN x'])
    expect(page).toContain(part);
  expect(Object.keys(JSON.parse(read('summary.json')) as object)).toEqual(['steady', 'soak']);
});

it('replaces a scenario that runs again', () => {
  writeReport(outcome('soak', 130), dir);
  writeReport(outcome('soak', 100), dir);
  expect(read('report.html')).not.toContain('A criterion is broken');
  expect(existsSync(join(dir, 'steady.md'))).toBe(false);
});
