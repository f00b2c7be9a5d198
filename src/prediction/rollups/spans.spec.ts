import {
  alignBounds,
  DAY_MS,
  FIVE_MINUTES_MS,
  HOUR_MS,
  MINUTE_MS,
  startOf,
  stretchesOf,
} from './spans.ts';

const NOW = Date.UTC(2026, 4, 17, 13, 42, 7, 123);
const at = (...time: [day: number, hour: number, minute: number]): number =>
  Date.UTC(2026, 4, time[0], time[1], time[2]);
const back = (ms: number) => alignBounds({ from: NOW - ms, to: NOW });

describe('alignBounds', () => {
  it('takes whole minutes up to 24 hours, and whole hours beyond', () => {
    expect(back(15 * MINUTE_MS)).toEqual({ from: at(17, 13, 27), to: at(17, 13, 43) });
    expect(back(DAY_MS)).toEqual({ from: at(16, 13, 42), to: at(17, 13, 43) });
    expect(back(7 * DAY_MS)).toEqual({ from: at(10, 13, 0), to: at(17, 14, 0) });
  });

  it('leaves bounds that are aligned as they are', () => {
    const bounds = { from: at(17, 13, 27), to: at(17, 13, 43) };
    expect(alignBounds(bounds)).toEqual(bounds);
  });
});

describe('stretchesOf', () => {
  it('covers a day by its hours and the minutes at its ends', () => {
    expect(stretchesOf(back(DAY_MS))).toEqual([
      { spanMs: MINUTE_MS, from: at(16, 13, 42), to: at(16, 13, 45) },
      { spanMs: FIVE_MINUTES_MS, from: at(16, 13, 45), to: at(16, 14, 0) },
      { spanMs: HOUR_MS, from: at(16, 14, 0), to: at(17, 13, 0) },
      { spanMs: FIVE_MINUTES_MS, from: at(17, 13, 0), to: at(17, 13, 40) },
      { spanMs: MINUTE_MS, from: at(17, 13, 40), to: at(17, 13, 43) },
    ]);
  });

  it('covers a week by days and the hours at its ends', () => {
    expect(stretchesOf(back(7 * DAY_MS))).toEqual([
      { spanMs: HOUR_MS, from: at(10, 13, 0), to: at(11, 0, 0) },
      { spanMs: DAY_MS, from: at(11, 0, 0), to: at(17, 0, 0) },
      { spanMs: HOUR_MS, from: at(17, 0, 0), to: at(17, 14, 0) },
    ]);
  });

  it('takes no bucket that is longer than asked', () => {
    const week = back(7 * DAY_MS);
    expect(stretchesOf(week, HOUR_MS)).toEqual([{ spanMs: HOUR_MS, ...week }]);
    expect(stretchesOf(week, MINUTE_MS)).toEqual([{ spanMs: MINUTE_MS, ...week }]);
  });

  it('covers every instant of the bounds once, whatever they are', () => {
    for (let i = 0; i < 500; i += 1) {
      const bounds = alignBounds({ from: NOW - i * i * 40 * MINUTE_MS, to: NOW + i * MINUTE_MS });
      const stretches = stretchesOf(bounds);
      expect(stretches.map(({ from }) => from)).toEqual([
        bounds.from,
        ...stretches.slice(0, -1).map(({ to }) => to),
      ]);
      expect(stretches.at(-1)?.to).toBe(bounds.to);
      for (const { spanMs, from, to } of stretches) {
        expect([startOf(from, spanMs), startOf(to, spanMs)]).toEqual([from, to]);
        expect(to).toBeGreaterThan(from);
      }
    }
  });

  it('is empty for bounds that hold nothing', () => {
    expect(stretchesOf({ from: at(17, 0, 0), to: at(17, 0, 0) })).toEqual([]);
  });
});
