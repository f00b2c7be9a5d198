// Watches the share of requests that the prediction doors refuse or fail, over all processes: no row is stored of these.
import { Injectable } from '@nestjs/common';
import { ModelSlot } from '../../model/model-slot.ts';
import { ActivityLog } from '../../prediction/rollups/activity-log.ts';
import { Calibration } from './calibration.ts';
import type { Finding } from './finding.ts';
import { CalibratingStream } from './version-watch.ts';

const MINUTE_MS = 60_000;
/** Of one look at most; of more the same share. */
const MOST_VALUES = 5000;

interface Totals {
  readonly requests: number;
  readonly errors: Readonly<Record<string, number>>;
}

type Minutes = Awaited<ReturnType<ActivityLog['read']>>;

@Injectable()
export class ErrorWatch {
  #stream: CalibratingStream | null = null;
  /** Of the last look: when, from which minute on was added up, and to what. */
  #last: { readonly at: number; readonly from: number; readonly totals: Totals } | null = null;

  constructor(
    private readonly slot: ModelSlot,
    private readonly activity: ActivityLog,
    private readonly calibration: Calibration,
  ) {}

  async look(now: number): Promise<readonly Finding[]> {
    const model = this.slot.peek()?.version.name;
    if (model === undefined) return [];
    this.#stream ??= new CalibratingStream('error', { model, version: null }, (values) =>
      this.calibration.thresholds(values),
    );
    const last = this.#last;
    const next = Math.floor(now / MINUTE_MS) * MINUTE_MS - MINUTE_MS;
    const minutes = await this.activity.read({
      from: last?.from ?? next,
      to: now,
      longestMs: MINUTE_MS,
    });
    this.#last = { at: now, from: next, totals: totalsOf(minutes, next) };
    if (last === null) return [];
    const since = differenceOf(totalsOf(minutes, last.from), last.totals);
    const findings = await this.#stream.take(valuesOf(since, last.at, now));
    return findings.map((finding) => ({
      ...finding,
      evidence: { ...finding.evidence, parts: since.errors },
    }));
  }
}

function totalsOf(minutes: Minutes, from: number): Totals {
  const counted = minutes.filter(({ startsAt }) => startsAt >= from);
  const errors: Record<string, number> = {};
  for (const minute of counted) {
    for (const [kind, count] of Object.entries(minute.errors)) {
      // Who goes away has not been refused.
      if (kind !== 'client_left') errors[kind] = (errors[kind] ?? 0) + count;
    }
  }
  return { requests: counted.reduce((sum, { requests }) => sum + requests, 0), errors };
}

/** Never less than nothing: what a process that was killed had not stored is gone. */
function differenceOf(now: Totals, before: Totals): Totals {
  const kinds = Object.entries(now.errors)
    .map(([kind, count]) => [kind, Math.max(0, count - (before.errors[kind] ?? 0))] as const)
    .filter(([, count]) => count > 0);
  return {
    requests: Math.max(0, now.requests - before.requests),
    errors: Object.fromEntries(kinds),
  };
}

/** 1 for an error, evenly among the others: in which order they came is not known. */
function valuesOf({ requests, errors }: Totals, from: number, to: number) {
  const failed = Object.values(errors).reduce((sum, count) => sum + count, 0);
  const share = Math.min(1, failed / Math.max(1, requests));
  const values = Math.min(MOST_VALUES, requests);
  return Array.from({ length: values }, (_, i) => ({
    at: Math.round(from + ((to - from) * (i + 1)) / values),
    id: null,
    value: Math.floor((i + 1) * share) - Math.floor(i * share),
  }));
}
