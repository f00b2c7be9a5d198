// Numbers, shares, sizes and times as the reader writes them.
import { useMemo } from 'react';
import { usePreferences, type Zone } from './preferences.tsx';

export interface Formats {
  /** Up to `digits` significant digits; a dash for what is not known. */
  readonly number: (value: number | null | undefined, digits?: number) => string;
  /** 0.1234 as 12.3 %. */
  readonly percent: (value: number | null | undefined, digits?: number) => string;
  readonly integer: (value: number | null | undefined) => string;
  readonly milliseconds: (value: number | null | undefined) => string;
  readonly bytes: (value: number | null | undefined) => string;
  /** With its sign, for what can go both ways. */
  readonly signed: (value: number | null | undefined, digits?: number) => string;
  /** Date and time, to the second, in the zone the reader chose. */
  readonly instant: (iso: string | number, zone?: Zone) => string;
  /** The time of day alone. */
  readonly clock: (iso: string | number) => string;
  /** A mark on an axis of time that is this long, milliseconds: the time of day, or the day. */
  readonly mark: (at: number, spanMs: number) => string;
}

export const UNKNOWN = '–';

const DAY_MS = 86_400_000;
const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

export function formatsOf(locale: string, chosen: Zone): Formats {
  const known =
    (format: (value: number) => string) =>
    (value: number | null | undefined): string =>
      value === null || value === undefined || !Number.isFinite(value) ? UNKNOWN : format(value);
  const cached = new Map<string, Intl.NumberFormat>();
  const numbers = (options: Intl.NumberFormatOptions): Intl.NumberFormat => {
    const key = JSON.stringify(options);
    let format = cached.get(key);
    if (format === undefined) cached.set(key, (format = new Intl.NumberFormat(locale, options)));
    return format;
  };
  // Made once: a page that shows many times anew each second would spend most of its time on making formats.
  const cachedTimes = new Map<string, Intl.DateTimeFormat>();
  const times = (options: Intl.DateTimeFormatOptions, zone: Zone): Intl.DateTimeFormat => {
    const key = zone + JSON.stringify(options);
    let format = cachedTimes.get(key);
    if (format === undefined) {
      format = new Intl.DateTimeFormat(locale, { ...options, ...zoneOf(zone) });
      cachedTimes.set(key, format);
    }
    return format;
  };
  const zoneOf = (zone: Zone): { timeZone?: string } => (zone === 'utc' ? { timeZone: 'UTC' } : {});
  return {
    number: (value, digits = 4) =>
      known((it) => numbers({ maximumSignificantDigits: digits }).format(it))(value),
    percent: (value, digits = 1) =>
      known((it) => numbers({ style: 'percent', maximumFractionDigits: digits }).format(it))(value),
    integer: known((it) => numbers({ maximumFractionDigits: 0 }).format(it)),
    milliseconds: known((it) =>
      numbers({
        style: 'unit',
        unit: it >= 1000 ? 'second' : 'millisecond',
        maximumSignificantDigits: 3,
      }).format(it >= 1000 ? it / 1000 : it),
    ),
    bytes: known((it) => {
      const power = it < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(it) / 3));
      return numbers({
        style: 'unit',
        unit: UNITS[power] ?? 'byte',
        maximumSignificantDigits: 3,
      }).format(it / 1000 ** power);
    }),
    signed: (value, digits = 3) =>
      known((it) =>
        numbers({ maximumSignificantDigits: digits, signDisplay: 'exceptZero' }).format(it),
      )(value),
    instant: (iso, zone = chosen) =>
      times({ dateStyle: 'medium', timeStyle: 'medium' }, zone).format(new Date(iso)),
    clock: (iso) => times({ timeStyle: 'medium' }, chosen).format(new Date(iso)),
    mark: (at, spanMs) =>
      times(
        spanMs > 2 * DAY_MS ? { day: 'numeric', month: 'short' } : { timeStyle: 'short' },
        chosen,
      ).format(at),
  };
}

export function useFormats(): Formats {
  const { locale, zone } = usePreferences();
  return useMemo(() => formatsOf(locale, zone), [locale, zone]);
}
