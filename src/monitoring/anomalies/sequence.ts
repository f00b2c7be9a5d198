// What came first of anomalies that overlap in time. Pure.
import type { AnomalyKind } from '../../metrics/monitoring-instruments.ts';

/** Causes and effects that are seen by different means need not touch. */
export const SLACK_MS = 60_000;

/** Epoch milliseconds. */
export interface Stretch {
  readonly id: string;
  readonly kind: AnomalyKind;
  readonly at: number;
  readonly endedAt: number;
}

/** For each the earliest of those that it overlaps with, directly or by others between them: itself where it was the first. */
export function firstOf<T extends Stretch>(anomalies: readonly T[]): ReadonlyMap<string, T> {
  const inTime = [...anomalies].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  const firsts = new Map<string, T>();
  let [first, end]: [T | undefined, number] = [undefined, -Infinity];
  for (const anomaly of inTime) {
    if (first === undefined || anomaly.at > end + SLACK_MS) first = anomaly;
    firsts.set(anomaly.id, first);
    end = Math.max(end, anomaly.endedAt);
  }
  return firsts;
}
