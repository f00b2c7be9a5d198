// How a figure changed since the window before: which way, by how much, and whether that is better or worse.
import type { Tile } from './live-data.ts';

/** What of a figure is good news; `neither`: more requests are no news of either kind. */
export type Wanted = 'less' | 'more' | 'neither';

export interface TileChange {
  readonly way: 'up' | 'down' | 'same';
  /** Of the value before; null where it was 0. */
  readonly relative: number | null;
  readonly absolute: number;
  readonly tone: 'neutral' | 'good' | 'warn';
}

/** Less than this, of the value before, is noise to a reader. */
const SAME = 0.01;
/** From here on a change for the better or worse is toned. */
const TOLD = 0.1;

/** null where one of both is not known. */
export function changeOf({ value, before }: Tile, wanted: Wanted): TileChange | null {
  if (value === null || before === null) return null;
  const absolute = value - before;
  const relative = before === 0 ? null : absolute / Math.abs(before);
  const size = relative === null ? (absolute === 0 ? 0 : Infinity) : Math.abs(relative);
  if (size < SAME) return { way: 'same', relative, absolute, tone: 'neutral' };
  const way = absolute > 0 ? 'up' : 'down';
  return { way, relative, absolute, tone: size < TOLD ? 'neutral' : toneOf(way, wanted) };
}

function toneOf(way: 'up' | 'down', wanted: Wanted): TileChange['tone'] {
  if (wanted === 'neither') return 'neutral';
  return (way === 'up') === (wanted === 'more') ? 'good' : 'warn';
}
