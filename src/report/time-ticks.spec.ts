// A time axis is marked at round instants, few enough to stand beside each other.
import { timeTicks } from './time-ticks.ts';

const AT = Date.parse('2026-11-21T19:17:43.210Z');
const HOUR_MS = 3_600_000;
const labelsOf = (spanMs: number): readonly string[] =>
  timeTicks([AT - spanMs, AT]).map(({ label }) => label);

it.each([
  ['15 minutes', HOUR_MS / 4, ['19:05', '19:10', '19:15']],
  ['an hour', HOUR_MS, ['18:20', '18:30', '18:40', '18:50', '19:00', '19:10']],
  ['a day', 24 * HOUR_MS, ['Nov 21', '06:00', '12:00', '18:00']],
  ['two years', 730 * 24 * HOUR_MS, ['Apr 2025', 'Nov 2025', 'May 2026']],
])('over %s', (_, span, labels) => {
  expect(labelsOf(span)).toEqual(labels);
});

it.each([1, 1e3, 1e6, 1e8, 1e10, 1e11, 1e12, 1e14])('has at most six marks over %d ms', (span) => {
  const ticks = timeTicks([AT - span, AT]);
  expect(ticks.length).toBeLessThanOrEqual(6);
  for (const { at } of ticks) expect(at >= AT - span && at <= AT).toBe(true);
});
