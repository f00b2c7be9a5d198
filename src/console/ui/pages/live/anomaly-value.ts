// The value of an anomaly in the unit of its kind.
import type { Formats } from '../../shell/formats.ts';
import type { Anomaly } from './live-data.ts';

export function valueText(
  { kind, evidence }: Anomaly,
  value: number | null,
  {
    milliseconds,
    percent,
    bytes,
    number,
  }: Pick<Formats, 'milliseconds' | 'percent' | 'bytes' | 'number'>,
): string {
  switch (kind) {
    case 'latency':
      return milliseconds(value);
    case 'cpu':
      return percent(value === null ? null : value / 100);
    case 'memory':
      return bytes(value);
    case 'error':
      return percent(value);
    case 'score':
      return number(value, 3);
    case 'input':
      return evidence.method === 'often_outside_range' ? percent(value) : number(value, 3);
  }
}
