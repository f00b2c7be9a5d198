// What holds of the roll-ups of every writer of the log: they are what the stored rows add up to, whatever happened on the way.
import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { LoggedPrediction } from '../../src/prediction/logged-prediction.entity.ts';
import type { PredictionWriter } from '../../src/prediction/log/prediction-writer.ts';
import { PredictionRollup } from '../../src/prediction/rollups/prediction-rollup.entity.ts';
import { RollupLog, type TimedRollup } from '../../src/prediction/rollups/rollup-log.ts';
import { Rollup } from '../../src/prediction/rollups/rollup.ts';
import {
  alignBounds,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  SPANS_MS,
  startOf,
  type Bounds,
} from '../../src/prediction/rollups/spans.ts';
import { rollupRows } from '../support/rollup-rows.ts';

export interface RolledUpLog {
  readonly database: DataSource;
  /** Another writer of the same log. */
  readonly writer: () => PredictionWriter;
  readonly close: () => Promise<void>;
}

/** Before midnight, so that what follows falls into two of everything. */
const FROM = Date.UTC(2026, 4, 17, 23, 57, 30);
const WITHIN_MS = 5 * MINUTE_MS;
const EVERYTHING: Bounds = { from: FROM - DAY_MS, to: FROM + 2 * DAY_MS };

const figuresOf = (rollup: Rollup): unknown => {
  const { rows, positives, warnings, labels, scoreCounts } = rollup;
  const moments = [rollup.score, rollup.durationMs, rollup.cpuPercent, rollup.memoryBytes];
  const sums = moments.map(({ count, sum, min, max }) => [count, sum, min, max]);
  const quantiles = [0.5, 0.95, 0.99].map((p) => rollup.durationMs.quantile(p));
  return { rows, positives, warnings, labels, scoreCounts, sums, quantiles };
};

const keyOf = ({ modelName, modelVersion }: Pick<TimedRollup, 'modelName' | 'modelVersion'>) =>
  `${modelName} ${modelVersion}`;

/** By version. */
function totalsOf(rollups: readonly TimedRollup[]): Record<string, unknown> {
  const totals = new Map<string, Rollup>();
  for (const each of rollups) {
    const total = totals.get(keyOf(each)) ?? new Rollup();
    total.merge(each.rollup);
    totals.set(keyOf(each), total);
  }
  return Object.fromEntries(Array.from(totals, ([key, total]) => [key, figuresOf(total)]));
}

/** What the stored rows add up to, one by one. */
async function fromRows(
  database: DataSource,
  { from, to }: Bounds,
): Promise<Record<string, unknown>> {
  const rows = await database.getRepository(LoggedPrediction).find();
  const buckets = new Map<string, TimedRollup>();
  for (const row of rows.filter(({ createdAt }) => createdAt >= from && createdAt < to)) {
    const { modelName, modelVersion } = row;
    const known = buckets.get(keyOf(row));
    const of = { startsAt: from, spanMs: to - from, modelName, modelVersion };
    const bucket = known ?? { ...of, rollup: new Rollup() };
    bucket.rollup.add(row);
    buckets.set(keyOf(row), bucket);
  }
  return totalsOf(Array.from(buckets.values()));
}

/** Fails unless what is stored of the bounds, in buckets of every length, is what the stored rows add up to. */
export async function expectRollUpsOfRows(database: DataSource, bounds: Bounds): Promise<void> {
  const reader = new RollupLog(database.getRepository(PredictionRollup));
  const expected = await fromRows(database, alignBounds(bounds));
  for (const longestMs of SPANS_MS)
    expect(totalsOf(await reader.read({ ...bounds, longestMs }))).toEqual(expected);
}

export function describeRollups(name: string, open: () => Promise<RolledUpLog>): void {
  describe(`roll-ups of ${name}`, () => {
    let log: RolledUpLog;
    let reader: RollupLog;
    const writers: PredictionWriter[] = [];

    const opened = (): PredictionWriter => {
      const writer = log.writer();
      writers.push(writer);
      return writer;
    };

    const expectAgreement = (bounds: Bounds): Promise<void> =>
      expectRollUpsOfRows(log.database, bounds);

    beforeEach(async () => {
      log = await open();
      reader = new RollupLog(log.database.getRepository(PredictionRollup));
    });

    afterEach(async () => {
      for (const writer of writers.splice(0)) await writer.close();
      await log.close();
    });

    it('are what the rows add up to, in windows of minutes and of days', async () => {
      const rows = rollupRows(1500, { from: FROM, withinMs: WITHIN_MS });
      const writer = opened();
      for (let at = 0; at < rows.length; at += 110) await writer.write(rows.slice(at, at + 110));
      await expectAgreement(EVERYTHING);
      await expectAgreement({ from: FROM, to: FROM + 2 * MINUTE_MS });
      await expectAgreement({ from: FROM + 3.4 * MINUTE_MS, to: FROM + 15 * MINUTE_MS });
      await expectAgreement({ from: FROM - 7 * DAY_MS, to: FROM + MINUTE_MS });
      expect(Object.keys(totalsOf(await reader.read(EVERYTHING)))).toHaveLength(2);
    });

    it('tell versions apart, and one of them alone', async () => {
      await opened().write(rollupRows(300, { from: FROM, withinMs: WITHIN_MS }));
      const all = totalsOf(await reader.read(EVERYTHING));
      for (const version of ['1', '2'])
        expect(totalsOf(await reader.read({ ...EVERYTHING, version }))).toEqual({
          [`foretell ${version}`]: all[`foretell ${version}`],
        });
      expect(await reader.read({ ...EVERYTHING, version: '3' })).toEqual([]);
      expect(await reader.read({ ...EVERYTHING, modelName: 'another' })).toEqual([]);
      expect(await reader.firstAt()).toBe(startOf(FROM, MINUTE_MS));
      expect(await reader.firstAt('3')).toBeNull();
    });

    it('are the same after a transaction that failed, and hold nothing of it', async () => {
      const writer = opened();
      const rows = rollupRows(600, { from: FROM, withinMs: WITHIN_MS });
      await writer.write(rows.slice(0, 200));
      await expect(writer.write([...rows.slice(200, 400), ...rows.slice(0, 1)])).rejects.toThrow();
      await expectAgreement(EVERYTHING);
      await writer.write(rows.slice(200, 400));
      await expect(writer.write(rows.slice(300, 500))).rejects.toThrow();
      await writer.write(rows.slice(400));
      await expectAgreement(EVERYTHING);
    });

    it('add up over many writers, at the same time and one after the other', async () => {
      const rows = rollupRows(1200, { from: FROM, withinMs: WITHIN_MS });
      await Promise.all(
        [0, 1, 2].map(async (part) => {
          const writer = opened();
          for (let at = part * 40; at < rows.length; at += 120) {
            await writer.write(rows.slice(at, at + 40));
            await pause(1);
          }
        }),
      );
      await expectAgreement(EVERYTHING);
      const streams = await log.database.getRepository(PredictionRollup).find();
      expect(new Set(streams.map(({ stream }) => stream)).size).toBeGreaterThanOrEqual(3);
    });

    it('count rows that come late and out of order', async () => {
      const writer = opened();
      await writer.write(rollupRows(200, { from: FROM, withinMs: WITHIN_MS }));
      for (const hours of [5, -3, 30, 0, -3])
        await writer.write(
          rollupRows(50, { from: FROM + hours * HOUR_MS, withinMs: WITHIN_MS, seed: 40 + hours }),
        );
      await expectAgreement(EVERYTHING);
      await expectAgreement({ from: FROM - 4 * HOUR_MS, to: FROM + HOUR_MS });
    });
  });
}
