import { quantile } from '../../statistics/summary.ts';
import { rollupRows } from '../../../test/support/rollup-rows.ts';
import { Rollup, SCORE_BINS, type RollupRow } from './rollup.ts';

const ROWS = rollupRows(3000, { from: 1_764_000_000_000, withinMs: 600_000 });

const of = (rows: readonly RollupRow[]): Rollup => {
  const rollup = new Rollup();
  for (const row of rows) rollup.add(row);
  return rollup;
};

const figuresOf = (rollup: Rollup) => ({
  rows: rollup.rows,
  positives: rollup.positives,
  warnings: rollup.warnings,
  labels: rollup.labels,
  scoreCounts: rollup.scoreCounts,
  moments: [rollup.score, rollup.durationMs, rollup.cpuPercent, rollup.memoryBytes].map((each) => [
    each.count,
    each.sum,
    each.min,
    each.max,
  ]),
  p95: rollup.durationMs.quantile(0.95),
});

describe('a roll-up', () => {
  it('has the figures that the rows have one by one', () => {
    const rollup = of(ROWS);
    const count = (of: (row: RollupRow) => boolean): number => ROWS.filter(of).length;
    const extremes = (of: (row: RollupRow) => number) => [
      Math.min(...ROWS.map(of)),
      Math.max(...ROWS.map(of)),
    ];
    expect(rollup.rows).toBe(3000);
    expect(rollup.positives).toBe(count(({ probability }) => probability >= 0.35));
    expect(rollup.warnings).toBe(count(({ warnings }) => warnings !== '[]'));
    expect(rollup.labels).toEqual({
      bad: count(({ label }) => label === 'bad'),
      good: count(({ label }) => label === 'good'),
    });
    for (let bin = 0; bin < SCORE_BINS; bin += 1) {
      const isIn = ({ probability: p }: RollupRow): boolean =>
        p * 20 >= bin && (p * 20 < bin + 1 || bin === 19);
      expect(rollup.scoreCounts[bin]).toBe(count(isIn));
    }
    expect([rollup.score.min, rollup.score.max]).toEqual(extremes((row) => row.probability));
    expect([rollup.cpuPercent.min, rollup.cpuPercent.max]).toEqual(
      extremes((row) => row.cpuPercent),
    );
    expect(rollup.memoryBytes.sum).toBe(ROWS.reduce((sum, row) => sum + row.memoryBytes, 0));
    const durations = ROWS.map(({ durationMs }) => durationMs);
    for (const p of [0.5, 0.95, 0.99]) {
      const exact = quantile(durations, p) ?? NaN;
      expect(Math.abs((rollup.durationMs.quantile(p) ?? NaN) - exact)).toBeLessThan(0.0101 * exact);
    }
  });

  it('of parts adds up to that of the whole', () => {
    const merged = new Rollup();
    for (const [from, to] of [
      [2000, 3000],
      [0, 700],
      [700, 2000],
    ] as const)
      merged.merge(of(ROWS.slice(from, to)));
    expect(figuresOf(merged)).toEqual(figuresOf(of(ROWS)));
  });

  it('is the same after being written and read', () => {
    const rollup = of(ROWS);
    expect(figuresOf(Rollup.from(JSON.parse(JSON.stringify(rollup))))).toEqual(figuresOf(rollup));
    const empty = Rollup.from(JSON.parse(JSON.stringify(new Rollup())));
    expect(figuresOf(empty)).toEqual(figuresOf(new Rollup()));
  });

  it('counts labels whatever their words', () => {
    const [row] = ROWS;
    const labels = ['__proto__', 'constructor', '1'];
    const rollup = of(labels.map((label) => ({ ...(row as RollupRow), label })));
    const read = Rollup.from(JSON.parse(JSON.stringify(rollup)));
    expect(Object.keys(read.labels).sort()).toEqual(labels.toSorted());
  });
});
