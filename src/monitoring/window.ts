// The stretches of time that monitoring looks back over.

const MINUTE_MS = 60_000;

const LENGTHS_MS = {
  '15m': 15 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
  '24h': 24 * 60 * MINUTE_MS,
  '7d': 7 * 24 * 60 * MINUTE_MS,
  all: Infinity,
} as const;

export type WindowName = keyof typeof LENGTHS_MS;
export const WINDOW_NAMES = Object.keys(LENGTHS_MS) as readonly WindowName[];

/** Epoch milliseconds; `from` inclusive, 0 where the window is everything. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

export const windowUntil = (to: number, name: WindowName): Window => ({
  from: Math.max(0, to - LENGTHS_MS[name]),
  to,
});
