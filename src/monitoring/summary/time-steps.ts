// How a stretch of time is cut for a chart: into steps that people count in, on their round instants (UTC), and no more than can be drawn.
import {
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  MINUTES_KEPT_MS,
  SPANS_MS,
  startOf,
  type Bounds,
} from '../../prediction/rollups/spans.ts';

export const MOST_POINTS = 300;

const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7, 14, 28].map((days) => days * DAY_MS),
];

/** The shortest step in which the window has at most MOST_POINTS, and of which the roll-ups of the whole window are kept. */
export function stepOf({ from, to }: Bounds): number {
  const points = (step: number): number => (startOf(to, step) - startOf(from, step)) / step + 1;
  // What begins the window must still be there when it is read.
  const shortest = to - from > MINUTES_KEPT_MS - HOUR_MS ? HOUR_MS : MINUTE_MS;
  return (
    STEPS.find((step) => step >= shortest && points(step) <= MOST_POINTS) ??
    Math.ceil((to - from) / (MOST_POINTS - 1) / DAY_MS) * DAY_MS
  );
}

/** The longest bucket of which none reaches over a step. */
export const longestWithin = (stepMs: number): number =>
  SPANS_MS.find((spanMs) => spanMs <= stepMs) ?? MINUTE_MS;
