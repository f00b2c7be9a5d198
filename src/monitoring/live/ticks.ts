// How often each window is looked at while somebody watches: the longer, the less of it changes and the more there is to add up.
import type { WindowName } from '../window.ts';

const TICK_SECONDS: Readonly<Record<WindowName, number>> = {
  '15m': 2,
  '1h': 2,
  '24h': 5,
  '7d': 10,
  all: 10,
};

export const tickSecondsOf = (window: WindowName): number => TICK_SECONDS[window];
