// Figures as people read them, on the terminal and on the report page. What is not known is a dash.
const UNKNOWN = '-';
const MIB = 2 ** 20;
const SMALLEST_WRITTEN_OUT = 1e-4;

export const grouped = (count: number | null): string =>
  count === null ? UNKNOWN : count.toLocaleString('en');

/** Four digits are more than any decision needs. */
export function number(value: number | null): string {
  if (value === null) return UNKNOWN;
  const isTiny = value !== 0 && Math.abs(value) < SMALLEST_WRITTEN_OUT;
  return isTiny
    ? value.toExponential(2)
    : value.toLocaleString('en', { maximumSignificantDigits: 4 });
}

export const fixed = (value: number | null, digits: number): string =>
  value === null ? UNKNOWN : value.toFixed(digits);

export const share = (value: number | null): string =>
  value === null ? UNKNOWN : `${(100 * value).toFixed(1)} %`;

export const mebibytes = (bytes: number | null): number | null =>
  bytes === null ? null : bytes / MIB;

/** "2026-11-21 19:15 UTC" */
export const instant = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')} UTC`;

export function duration(seconds: number): string {
  if (seconds < 3600) return `${seconds / 60} min`;
  return seconds < 86_400 ? `${seconds / 3600} h` : `${seconds / 86_400} d`;
}
