// Against the sums written out over all values, and against alarms of river 0.26.1.
import { Random } from '../random.ts';
import { PageHinkley } from './page-hinkley.ts';
import { thresholdForRun } from './stream-detector.ts';

const uniform = (random: Random): number => random.next() / 2 ** 32;

const lcg = (seed: number, rows: number): readonly number[] => {
  let state = seed;
  return Array.from({ length: rows }, () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
};

const alarms = (detector: PageHinkley, stream: readonly number[]): readonly number[] =>
  stream.flatMap((value, i) => (detector.update(value) ? [i] : []));

/** The sums of values less the mean up to each, every sum from its definition. */
function evidenceOf(values: readonly number[], delta: number, alpha: number): number {
  const deviations = values.map((value, t) => {
    const upTo = values.slice(0, t + 1);
    return value - upTo.reduce((sum, one) => sum + one, 0) / upTo.length;
  });
  const sums = (slack: number): readonly number[] =>
    deviations.map((_, t) =>
      deviations
        .slice(0, t + 1)
        .reduce((sum, deviation, i) => sum + (deviation + slack) * alpha ** (t - i), 0),
    );
  const [rises, falls] = [sums(-delta), sums(delta)];
  return Math.max(
    (rises.at(-1) ?? 0) - Math.min(...rises),
    Math.max(...falls) - (falls.at(-1) ?? 0),
  );
}

describe('PageHinkley', () => {
  it('has for evidence what the sums over all values say', () => {
    const random = Random.of(4);
    const stream = Array.from({ length: 120 }, (_, i) => uniform(random) - (i > 80 ? 0.5 : 0));
    const detector = new PageHinkley({ threshold: Infinity, delta: 0.02, alpha: 0.99 });
    stream.forEach((value, i) => {
      detector.update(value);
      const expected = i + 1 < 30 ? 0 : evidenceOf(stream.slice(0, i + 1), 0.02, 0.99);
      expect(detector.evidence).toBeCloseTo(expected, 10);
    });
  });

  it.each([
    [0.1, 50, [3425]],
    [0.3, 50, [3139]],
    [1, 50, [3039]],
    [0.1, 10, [1096, 3007, 3457, 4966, 5566]],
    [1, 10, [1096, 3001, 3462, 4966, 5566]],
  ])(
    'alarms at a step of %p with the threshold %p where river 0.26.1 does',
    (step, threshold, expected) => {
      const stream = [...lcg(7, 3000), ...lcg(8, 3000).map((value) => value + step)];
      expect(alarms(new PageHinkley({ threshold }), stream)).toEqual(expected);
    },
  );

  it('sees a step downwards', () => {
    const stream = [...lcg(7, 1000), ...lcg(8, 1000).map((value) => value - 1)];
    const [first = 0] = alarms(new PageHinkley(), stream);
    expect(first).toBeGreaterThan(1000);
    expect(first).toBeLessThan(1100);
  });

  it('alarms without a change about as seldom as its threshold was asked for: every 1,000 values, within a half', () => {
    const threshold = thresholdForRun((limit) => new PageHinkley({ threshold: limit }), {
      expectedRun: 1000,
      reference: lcg(11, 4000),
      random: Random.of(5),
    });
    const random = Random.of(6);
    const stream = Array.from({ length: 300_000 }, () => uniform(random));
    const found = alarms(new PageHinkley({ threshold }), stream).length;
    expect(stream.length / found).toBeGreaterThan(500);
    expect(stream.length / found).toBeLessThan(1500);
  });
});

describe('thresholdForRun', () => {
  const make = (threshold: number): PageHinkley => new PageHinkley({ threshold });

  it('rises with the run that is asked for', () => {
    const thresholds = [200, 2000, 20_000].map((expectedRun) =>
      thresholdForRun(make, {
        expectedRun,
        reference: lcg(3, 1000),
        random: Random.of(1),
        runs: 100,
        longest: 2000,
      }),
    );
    expect(thresholds).toEqual(thresholds.toSorted((a, b) => a - b));
    expect(new Set(thresholds).size).toBe(3);
  });

  it('refuses a reference without values and a run of none', () => {
    const random = Random.of(1);
    expect(() => thresholdForRun(make, { expectedRun: 100, reference: [], random })).toThrow(
      'expected values of the stream to draw from',
    );
    expect(() => thresholdForRun(make, { expectedRun: 0, reference: [1], random })).toThrow(
      'expected a run of at least one value',
    );
  });
});
