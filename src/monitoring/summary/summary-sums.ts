// Roll-ups and activity of a window, sorted by point of its series and by model version: each is taken once, and all figures come from here.
import { ActivityBucket } from '../../metrics/activity.ts';
import type { TimedRollup } from '../../prediction/rollups/rollup-log.ts';
import { Rollup } from '../../prediction/rollups/rollup.ts';
import { startOf, type Bounds } from '../../prediction/rollups/spans.ts';

export interface VersionId {
  readonly modelName: string;
  readonly modelVersion: string;
}

export const isSameVersion = (a: VersionId, b: VersionId): boolean =>
  a.modelName === b.modelName && a.modelVersion === b.modelVersion;

/** Rows by version; the names of a key are kept beside it. */
export interface VersionRollup extends VersionId {
  readonly rollup: Rollup;
}

export interface PointSums {
  /** Epoch milliseconds; the first and the last point may be cut by the window. */
  readonly from: number;
  readonly to: number;
  readonly versions: readonly VersionRollup[];
  readonly activity: ActivityBucket;
}

interface Point {
  readonly versions: VersionRollup[];
  readonly activity: ActivityBucket;
}

export class SummarySums {
  readonly #points = new Map<number, Point>();

  /** `stepMs`: of the series; no bucket that is added may be longer, or lie outside the window. */
  constructor(
    readonly window: Bounds,
    readonly stepMs: number,
  ) {}

  add({ startsAt, rollup, ...version }: TimedRollup): void {
    const { versions } = this.#pointAt(startsAt);
    let sum = versions.find((each) => isSameVersion(each, version));
    if (sum === undefined) {
      const { modelName, modelVersion } = version;
      versions.push((sum = { modelName, modelVersion, rollup: new Rollup() }));
    }
    sum.rollup.merge(rollup);
  }

  addActivity(bucket: ActivityBucket): void {
    this.#pointAt(bucket.startsAt).activity.merge(bucket);
  }

  /** Every step of the window, also those without a row; oldest first. */
  points(): readonly PointSums[] {
    const { window, stepMs } = this;
    const points: PointSums[] = [];
    for (let at = startOf(window.from, stepMs); at < window.to; at += stepMs) {
      const { versions, activity } = this.#points.get(at) ?? emptyPoint(at, stepMs);
      const [from, to] = [Math.max(at, window.from), Math.min(at + stepMs, window.to)];
      points.push({ from, to, versions, activity });
    }
    return points;
  }

  has(version: VersionId): boolean {
    return Array.from(this.#points.values()).some(({ versions }) =>
      versions.some((each) => isSameVersion(each, version)),
    );
  }

  #pointAt(startsAt: number): Point {
    const at = startOf(startsAt, this.stepMs);
    let point = this.#points.get(at);
    if (point === undefined) this.#points.set(at, (point = emptyPoint(at, this.stepMs)));
    return point;
  }
}

const emptyPoint = (startsAt: number, spanMs: number): Point => ({
  versions: [],
  activity: new ActivityBucket(startsAt, spanMs),
});

/** Of all versions together. */
export function sumOf(rollups: readonly VersionRollup[]): Rollup {
  const sum = new Rollup();
  for (const { rollup } of rollups) sum.merge(rollup);
  return sum;
}

/** One sum for each version. */
export function byVersion(points: readonly PointSums[]): readonly VersionRollup[] {
  const sums: VersionRollup[] = [];
  for (const { versions } of points) {
    for (const { modelName, modelVersion, rollup } of versions) {
      const id = { modelName, modelVersion };
      let sum = sums.find((each) => isSameVersion(each, id));
      if (sum === undefined) sums.push((sum = { ...id, rollup: new Rollup() }));
      sum.rollup.merge(rollup);
    }
  }
  return sums;
}
