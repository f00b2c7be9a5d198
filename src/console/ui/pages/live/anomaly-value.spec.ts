import { anomalyAt } from './recorded-stream.ts';
import { valueText } from './anomaly-value.ts';

const told =
  (unit: string) =>
  (value: number | null | undefined): string =>
    `${value ?? 0} ${unit}`;
const formats = {
  milliseconds: told('ms'),
  percent: told('share'),
  bytes: told('bytes'),
  number: told('as it is'),
};

describe('the value of an anomaly', () => {
  it.each([
    ['latency', 'adwin', 12.5, '12.5 ms'],
    ['cpu', 'robust_z', 150, '1.5 share'],
    ['memory', 'robust_z', 2e9, '2000000000 bytes'],
    ['error', 'page_hinkley', 0.25, '0.25 share'],
    ['score', 'adwin', 0.75, '0.75 as it is'],
    ['input', 'often_outside_range', 0.1, '0.1 share'],
    ['input', 'outside_range', 3.5, '3.5 as it is'],
  ] as const)('of kind %s by %s is in its unit', (kind, method, value, text) => {
    const anomaly = anomalyAt(1, { kind, evidence: { method, score: 1, threshold: 1, rows: 1 } });
    expect(valueText(anomaly, value, formats)).toBe(text);
  });
});
