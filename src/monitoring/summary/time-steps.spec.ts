// A window of any length has a series of few enough points, none of which a bucket reaches over.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../prediction/rollups/spans.ts';
import { longestWithin, MOST_POINTS, stepOf } from './time-steps.ts';

const TO = Date.parse('2026-11-21T19:17:43.210Z');

it.each([
  ['15 minutes', 15 * MINUTE_MS, MINUTE_MS],
  ['an hour', HOUR_MS, MINUTE_MS],
  ['a day', DAY_MS, 5 * MINUTE_MS],
  ['a week', 7 * DAY_MS, HOUR_MS],
  ['two days, of which no minutes are kept', 2 * DAY_MS, HOUR_MS],
  ['half a year', 180 * DAY_MS, DAY_MS],
])('%s is cut into round steps', (_, length, step) => {
  expect(stepOf({ from: TO - length, to: TO })).toBe(step);
});

it.each([0, 1, 1e6, 1e9, 1e10, 1e11, 1e12, TO])('%d ms are at most 300 points', (length) => {
  const from = TO - length;
  const step = stepOf({ from, to: TO });
  expect(Math.floor(TO / step) - Math.floor(from / step) + 1).toBeLessThanOrEqual(MOST_POINTS);
});

it.each([
  [MINUTE_MS, MINUTE_MS],
  [2 * MINUTE_MS, MINUTE_MS],
  [30 * MINUTE_MS, 5 * MINUTE_MS],
  [HOUR_MS, HOUR_MS],
  [12 * HOUR_MS, HOUR_MS],
  [DAY_MS, DAY_MS],
  [28 * DAY_MS, DAY_MS],
])('a step of %d ms is made of buckets of %d ms', (step, span) => {
  expect(longestWithin(step)).toBe(span);
});
