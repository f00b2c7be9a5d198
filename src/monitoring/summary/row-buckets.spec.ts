// Rows in any order give the figures of the rows in the window, in a bounded number of buckets.
import type { RollupRow } from '../../prediction/rollups/rollup.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../prediction/rollups/spans.ts';
import { Random } from '../../statistics/random.ts';
import type { WindowName } from '../window.ts';
import { RowBuckets } from './row-buckets.ts';
import { summarise, type Summary } from './summary.ts';

const NEWEST = Date.parse('2026-11-21T10:20:30.500Z');

const rowAt = (createdAt: number, modelVersion = '1'): RollupRow => ({
  createdAt,
  modelName: 'foretell',
  modelVersion,
  probability: 0.25,
  label: 'benign',
  threshold: 0.5,
  warnings: '[]',
  durationMs: 1,
  cpuPercent: 10,
  memoryBytes: 1000,
});

function summaryOf(rows: readonly RollupRow[], window: WindowName, until: number | null): Summary {
  const buckets = new RowBuckets(window, until);
  for (const row of rows) buckets.add(row);
  const sums = buckets.sums();
  if (sums === null) throw new Error('no row lies in the window');
  return summarise(sums, { served: [], version: null, hasActivity: false });
}

const random = Random.of(3);
const uniform = (): number => random.next() / 2 ** 32;
const SPREAD = Array.from({ length: 4000 }, () =>
  rowAt(NEWEST - Math.floor(uniform() ** 4 * 20 * DAY_MS)),
);
const ROWS = [...SPREAD, rowAt(NEWEST)];

describe.each([
  ['15m', '2026-11-21T10:05:00.000Z'],
  ['1h', '2026-11-21T09:20:00.000Z'],
  ['24h', '2026-11-20T10:20:00.000Z'],
  ['7d', '2026-11-14T10:00:00.000Z'],
] as const)('the window %s', (window, from) => {
  const expected = ROWS.filter(({ createdAt }) => createdAt >= Date.parse(from)).length;

  it.each([
    ['oldest first', [...ROWS].sort((a, b) => a.createdAt - b.createdAt)],
    ['newest first', [...ROWS].sort((a, b) => b.createdAt - a.createdAt)],
    ['mixed', ROWS],
  ])('holds the rows since its rounded beginning: %s', (_, rows) => {
    const { rows: counted, window: bounds, series } = summaryOf(rows, window, null);
    expect([counted, bounds.from]).toEqual([expected, from]);
    expect(series.reduce((sum, point) => sum + point.rows, 0)).toBe(expected);
  });
});

it('ends where it is told to, and with the newest row where it is not', () => {
  const until = NEWEST - HOUR_MS;
  const before = ROWS.filter(({ createdAt }) => createdAt < until);
  const told = summaryOf(ROWS, 'all', until);
  expect([told.rows, told.window.to]).toEqual([before.length, '2026-11-21T09:20:30.500Z']);
  expect(summaryOf(ROWS, 'all', null).window.to).toBe('2026-11-21T10:20:30.501Z');
});

it('keeps every row of a log that is longer than its minutes can be kept', () => {
  const rows = Array.from({ length: 5000 }, (_, i) =>
    rowAt(NEWEST - i * 7 * HOUR_MS, String(i % 2)),
  );
  const { rows: counted, series, versions } = summaryOf(rows, 'all', null);
  expect(counted).toBe(5000);
  expect(versions.map((version) => version.rows)).toEqual([2500, 2500]);
  expect(series.length).toBeLessThanOrEqual(300);
});

it('loses no row of the bucket that it was filling when buckets got longer', () => {
  const rows = Array.from({ length: 3000 }, (_, i) => rowAt(i * (HOUR_MS / 2)));
  const { rows: counted, series } = summaryOf(rows, 'all', null);
  expect([counted, series.reduce((sum, point) => sum + point.rows, 0)]).toEqual([3000, 3000]);
});

it('shows a short log in short steps though nothing bounds the window', () => {
  const rows = Array.from({ length: 100 }, (_, i) => rowAt(NEWEST - i * MINUTE_MS));
  expect(summaryOf(rows, 'all', null).step_seconds).toBe(60);
});

it('has nothing to sum where no row lies in the window', () => {
  const buckets = new RowBuckets('15m', NEWEST + DAY_MS);
  buckets.add(rowAt(NEWEST));
  expect(buckets.sums()).toBeNull();
  expect(new RowBuckets('all', null).sums()).toBeNull();
});
