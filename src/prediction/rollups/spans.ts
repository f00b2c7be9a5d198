// The stretches of time that roll-ups are kept for, and which of them together make up a window.

export const MINUTE_MS = 60_000;
/** A day has 288 of them: a chart's worth of points. */
export const FIVE_MINUTES_MS = 5 * MINUTE_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Longest first; each is a multiple of the next. Days begin at midnight UTC. */
export const SPANS_MS = [DAY_MS, HOUR_MS, FIVE_MINUTES_MS, MINUTE_MS] as const;

/** Those that minutes are folded into. */
export const LONGER_SPANS_MS: readonly number[] = SPANS_MS.filter((spanMs) => spanMs > MINUTE_MS);

/** Minutes, alone or by five, are kept for a day more than the longest window that is cut by them; the others as long as the rows. */
export const MINUTES_KEPT_MS = 2 * DAY_MS;

/** Epoch milliseconds; `from` inclusive, `to` exclusive. */
export interface Bounds {
  readonly from: number;
  readonly to: number;
}

/** Buckets of one length, one after the other. */
export interface Stretch extends Bounds {
  readonly spanMs: number;
}

export const startOf = (at: number, spanMs: number): number => Math.floor(at / spanMs) * spanMs;

const endOf = (at: number, spanMs: number): number => Math.ceil(at / spanMs) * spanMs;

/**
 * The bounds that figures from roll-ups are exact for: whole minutes around those asked, and whole hours beyond 24 hours. An end that is
 * still to come excludes nothing.
 */
export function alignBounds({ from, to }: Bounds): Bounds {
  const unit = to - from > DAY_MS ? HOUR_MS : MINUTE_MS;
  return { from: startOf(from, unit), to: endOf(to, unit) };
}

/** Aligned bounds as few buckets, none longer than `longestMs`, in the order of time. */
export function stretchesOf(bounds: Bounds, longestMs: number = DAY_MS): readonly Stretch[] {
  return cover(
    bounds,
    SPANS_MS.filter((spanMs) => spanMs <= longestMs),
  );
}

/**
 * When the first bucket begins, as narrow as it is kept; null where there is none. `firstOf`: the first of one length that does not begin
 * before an instant.
 */
export async function narrowestFirst(
  firstOf: (spanMs: number, from: number) => Promise<number | null>,
): Promise<number | null> {
  let within: Bounds | null = null;
  for (const spanMs of SPANS_MS) {
    const first: number | null = await firstOf(spanMs, within?.from ?? 0);
    // Minutes of long ago are not kept.
    if (first === null || (within !== null && first >= within.to)) break;
    within = { from: first, to: first + spanMs };
  }
  return within?.from ?? null;
}

function cover({ from, to }: Bounds, [spanMs, ...shorter]: readonly number[]): Stretch[] {
  if (spanMs === undefined || from >= to) return [];
  const first = endOf(from, spanMs);
  const last = startOf(to, spanMs);
  if (first >= last) return cover({ from, to }, shorter);
  return [
    ...cover({ from, to: first }, shorter),
    { spanMs, from: first, to: last },
    ...cover({ from: last, to }, shorter),
  ];
}
