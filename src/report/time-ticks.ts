// Where a time axis is marked, and what stands there: round instants, UTC.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].map((days) => days * DAY_MS),
];
const MOST_TICKS = 6;
const YEAR_DAYS = 366;

const DAY = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' });
const MONTH = new Intl.DateTimeFormat('en', { month: 'short', year: 'numeric', timeZone: 'UTC' });

export interface TimeTick {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly label: string;
}

export function timeTicks([low, high]: readonly [number, number]): readonly TimeTick[] {
  const count = (step: number): number => Math.floor(high / step) - Math.ceil(low / step) + 1;
  const step =
    STEPS.find((each) => count(each) <= MOST_TICKS) ??
    Math.ceil((high - low) / MOST_TICKS / DAY_MS) * DAY_MS;
  const first = Math.ceil(low / step) * step;
  return Array.from({ length: Math.max(0, count(step)) }, (_, i) => {
    const at = first + i * step;
    return { at, label: labelOf(at, high - low) };
  });
}

/** "19:15", "Nov 21" at midnight and over days, "Nov 2026" over years. */
function labelOf(at: number, spanMs: number): string {
  if (spanMs > YEAR_DAYS * DAY_MS) return MONTH.format(at);
  return at % DAY_MS === 0 ? DAY.format(at) : new Date(at).toISOString().slice(11, 16);
}
