import { firstOf, SLACK_MS } from './sequence.ts';

const anomaly = (id: string, at: number, endedAt: number) => ({
  id,
  kind: 'latency' as const,
  at: at * SLACK_MS,
  endedAt: endedAt * SLACK_MS,
});

const idsOf = (anomalies: readonly ReturnType<typeof anomaly>[]) =>
  Object.fromEntries([...firstOf(anomalies)].map(([id, first]) => [id, first.id]));

describe('what came first', () => {
  it('is the earliest of those that overlap, also by others between them, whatever their order', () => {
    const anomalies = [
      anomaly('late', 7, 8),
      anomaly('first', 1, 5),
      anomaly('short', 2, 3),
      anomaly('between', 4.5, 7),
      anomaly('alone', 20, 21),
    ];
    expect(idsOf(anomalies)).toEqual({
      first: 'first',
      short: 'first',
      between: 'first',
      late: 'first',
      alone: 'alone',
    });
  });

  it('reaches over a minute, and not over more', () => {
    expect(idsOf([anomaly('a', 1, 2), anomaly('b', 3, 3)])).toEqual({ a: 'a', b: 'a' });
    expect(idsOf([anomaly('a', 1, 2), anomaly('b', 3.01, 4)])).toEqual({ a: 'a', b: 'b' });
  });
});
