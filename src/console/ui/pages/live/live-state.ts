// The state of the page Live from the events of its stream: a snapshot replaces it, a change patches it. Nothing gathers over hours: what left
// the window goes.
import type { StreamEvent } from '../../api/event-stream.ts';
import type { LiveChange, LivePoint, LiveState } from './live-data.ts';

/** What a screen can show, and the most that the server sends. */
export const MOST_POINTS = 300;

/** A change without the snapshot that it changes tells nothing. */
export function afterEvent(state: LiveState | null, { name, data }: StreamEvent): LiveState | null {
  switch (name) {
    case 'snapshot':
      return whole(JSON.parse(data) as LiveState);
    case 'change':
      return state === null ? null : patched(state, JSON.parse(data) as LiveChange);
    default:
      return state;
  }
}

const whole = (state: LiveState): LiveState => ({
  ...state,
  series: state.series.slice(-MOST_POINTS),
});

function patched(state: LiveState, { series, ...changed }: LiveChange): LiveState {
  const next = { ...state, ...changed };
  return series === undefined
    ? next
    : { ...next, series: patchedSeries(state.series, series.from, series.points) };
}

/** Instants of the server are all of one form, in UTC: their text is in their order. */
function patchedSeries(
  before: readonly LivePoint[],
  from: string,
  points: readonly LivePoint[],
): readonly LivePoint[] {
  const byInstant = new Map<string, LivePoint>();
  for (const point of before) byInstant.set(point.at, point);
  for (const point of points) byInstant.set(point.at, point);
  return [...byInstant.values()]
    .filter(({ at }) => at >= from)
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .slice(-MOST_POINTS);
}
