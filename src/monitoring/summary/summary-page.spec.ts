// The page of an analysis needs nothing but itself, and trusts nothing that comes from the log; the text says the same.
import { Rollup, type RollupRow } from '../../prediction/rollups/rollup.ts';
import { MINUTE_MS } from '../../prediction/rollups/spans.ts';
import { summaryPage } from './summary-page.ts';
import { SummarySums } from './summary-sums.ts';
import { summaryText } from './summary-text.ts';
import { summarise, type Summary } from './summary.ts';

const FROM = Date.parse('2026-11-21T10:00:00Z');
const EVIL = '<img src=x onerror=alert(1)>';
const SOURCE = { source: '<log>.jsonl', rows: 4, brokenLines: 2 };

const rowAt = (minute: number, probability: number): RollupRow => ({
  createdAt: FROM + minute * MINUTE_MS,
  modelName: 'foretell',
  modelVersion: EVIL,
  probability,
  label: EVIL,
  threshold: 0.5,
  warnings: '[]',
  durationMs: 0.25,
  cpuPercent: 12,
  memoryBytes: 200 * 2 ** 20,
});

function summaryOf(rows: readonly RollupRow[], referenceScores: readonly number[] | null): Summary {
  const sums = new SummarySums({ from: FROM, to: FROM + 15 * MINUTE_MS }, MINUTE_MS);
  for (const row of rows) {
    const rollup = new Rollup();
    rollup.add(row);
    const { createdAt: startsAt, modelName, modelVersion } = row;
    sums.add({ startsAt, spanMs: MINUTE_MS, modelName, modelVersion, rollup });
  }
  const id = { modelName: 'foretell', modelVersion: EVIL };
  const served = [{ role: 'champion' as const, ...id, referenceScores }];
  return summarise(sums, { served, version: null, hasActivity: false });
}

const ROWS = [rowAt(0, 0.1), rowAt(1, 0.9), rowAt(7, 0.9), rowAt(7, 0.7)];
const REFERENCE = Array.from({ length: 20 }, () => 5);

it('escapes what comes from the log, and loads nothing', () => {
  const html = summaryPage(summaryOf(ROWS, REFERENCE), SOURCE);
  expect(html).not.toContain('<img');
  expect(html).toContain('&lt;img src=x');
  expect(html).toContain('from &lt;log&gt;.jsonl');
  expect(html).not.toMatch(/<script|<link|@import|url\(|https?:/);
});

it('has figures of scores beside training, of time, of versions, and says what was left out', () => {
  const html = summaryPage(summaryOf(ROWS, REFERENCE), SOURCE);
  for (const title of ['Scores', 'Classes', 'Throughput', 'Memory', 'High-risk rate by version'])
    expect(html).toContain(`aria-label="${title}"`);
  expect(html).toContain('>training</text>');
  expect(html).toMatch(/broken lines left out<\/td><td class="number">2</);
  expect(html).toMatch(/high-risk rate<\/td><td class="number">75\.0 %</);
  expect(html).not.toMatch(/NaN|undefined|Infinity/);
});

it('says so where there are no training scores to compare with', () => {
  const html = summaryPage(summaryOf(ROWS, null), SOURCE);
  expect(html).not.toContain('>training</text>');
  expect(html).toContain('not at hand');
});

it('is a page also without a row', () => {
  const html = summaryPage(summaryOf([], REFERENCE), SOURCE);
  expect(html).not.toMatch(/NaN|undefined|Infinity/);
});

it('prints the same figures as text, unknown ones as a dash', () => {
  const text = summaryText(summaryOf(ROWS, REFERENCE));
  expect(text).toMatch(/^high-risk rate {2,}75\.0 %$/m);
  expect(text).toMatch(/^0\.90 to 0\.95 +2 +50\.0 % +5\.0 % +#{30}$/m);
  expect(text).toMatch(/^encode and score a row +0\.25 +0\.25 /m);
  expect(text).toMatch(/10:14 UTC +0 +0 +- +- \(-\) /);
  expect(text).not.toMatch(/NaN|undefined|null/);
});
