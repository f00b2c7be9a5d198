// Platt's smoothed targets against his formula, by hand.
import { HIGHEST, LOWEST, smoothedTargets } from './class-totals.ts';

describe('smoothedTargets', () => {
  it('are (N+ + 1) / (N+ + 2) and 1 / (N- + 2)', () => {
    const { positive, negative } = smoothedTargets(Uint8Array.of(1, 1, 0, 1, 0), null);
    expect(positive).toBeCloseTo(4 / 5, 15);
    expect(negative).toBeCloseTo(1 / 4, 15);
  });

  it('count rows by their weight against the mean weight', () => {
    const { positive, negative } = smoothedTargets(
      Uint8Array.of(1, 0, 0),
      Float64Array.of(20, 10, 0),
    );
    // Two of three rows' worth of weight are positive.
    expect(positive).toBeCloseTo(3 / 4, 15);
    expect(negative).toBeCloseTo(1 / 3, 15);
  });

  it('are one half for a class without rows', () => {
    expect(smoothedTargets(Uint8Array.of(0, 0), null)).toEqual({ positive: 0.5, negative: 0.25 });
  });
});

describe('LOWEST and HIGHEST', () => {
  it('are neither 0 nor 1 as float32', () => {
    expect(Math.fround(LOWEST)).toBeGreaterThan(0);
    expect(Math.fround(HIGHEST)).toBeLessThan(1);
  });
});
