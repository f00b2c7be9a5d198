// Against a window that keeps every value, and against alarms of river 0.26.1.
import { Random } from '../random.ts';
import { Adwin } from './adwin.ts';
import { thresholdForRun } from './stream-detector.ts';

const uniform = (random: Random): number => random.next() / 2 ** 32;

const lcg = (seed: number, rows: number): readonly number[] => {
  let state = seed;
  return Array.from({ length: rows }, () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
};

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The values of each bucket, oldest first: where two of a size follow on too many, the oldest two of that size are joined. */
function bucketsOf(values: readonly number[], most: number): readonly (readonly number[])[] {
  const buckets: number[][] = [];
  for (const value of values) {
    buckets.push([value]);
    for (let size = 1; ; size *= 2) {
      const first = buckets.findIndex(({ length }) => length === size);
      if (buckets.filter(({ length }) => length === size).length <= most) break;
      buckets.splice(first, 2, [...(buckets[first] ?? []), ...(buckets[first + 1] ?? [])]);
    }
  }
  return buckets;
}

/** The bound of the paper at every cut between buckets, on the values themselves. */
function isCut(window: readonly number[], delta: number): boolean {
  const mean = meanOf(window);
  const variance = meanOf(window.map((value) => (value - mean) ** 2));
  const log = Math.log((2 * Math.log(window.length)) / delta);
  let place = 0;
  return bucketsOf(window, 5).some(({ length }) => {
    place += length;
    const [older, newer] = [window.slice(0, place), window.slice(place)];
    if (older.length < 5 || newer.length < 5) return false;
    const m = 1 / (older.length - 4) + 1 / (newer.length - 4);
    const bound = Math.sqrt(2 * m * variance * log) + (2 / 3) * m * log;
    return Math.abs(meanOf(older) - meanOf(newer)) > bound;
  });
}

function slowAlarms(stream: readonly number[], delta: number): readonly number[] {
  let window: number[] = [];
  return stream.flatMap((value, i) => {
    window.push(value);
    if (window.length % 32 !== 0 || !isCut(window, delta)) return [];
    window = [];
    return [i];
  });
}

const alarms = (detector: Adwin, stream: readonly number[]): readonly number[] =>
  stream.flatMap((value, i) => (detector.update(value) ? [i] : []));

describe('Adwin', () => {
  it('alarms where a window of every value does', () => {
    for (const [seed, delta] of [
      [1, 0.002],
      [2, 0.3],
      [3, 2],
    ] as const) {
      const random = Random.of(seed);
      const stream = Array.from({ length: 1500 }, (_, i) => uniform(random) + (i > 900 ? 0.25 : 0));
      const slow = slowAlarms(stream, delta);
      expect(slow.length).toBeGreaterThan(0);
      expect(alarms(new Adwin({ delta }), stream)).toEqual(slow);
    }
  });

  it('has for evidence the confidence at which the bound of the paper just cuts', () => {
    const random = Random.of(4);
    const stream = Array.from({ length: 160 }, (_, i) => uniform(random) + (i > 100 ? 0.3 : 0));
    const detector = Adwin.withThreshold(Infinity);
    stream.forEach((value, i) => {
      detector.update(value);
      if ((i + 1) % 32 !== 0) return;
      const window = stream.slice(0, i + 1);
      expect(isCut(window, Math.exp(-detector.evidence + 1e-9))).toBe(true);
      expect(isCut(window, Math.exp(-detector.evidence - 1e-9))).toBe(false);
    });
  });

  it.each([
    [0.1, 3231],
    [0.3, 3071],
    [0.5, 3039],
    [1, 3039],
  ])('alarms once at a step of %p after 3,000 values, where river 0.26.1 does', (step, at) => {
    const stream = [...lcg(7, 3000), ...lcg(8, 3000).map((value) => value + step)];
    expect(alarms(new Adwin(), stream)).toEqual([at]);
  });

  it('keeps the mean of its window, and few buckets for many values', () => {
    const detector = new Adwin();
    const stream = lcg(9, 5000);
    alarms(detector, stream);
    expect(detector.window.size).toBe(5000);
    expect(detector.window.mean).toBeCloseTo(meanOf(stream), 12);
  });

  it('says nothing of a constant stream, however large its value', () => {
    expect(alarms(new Adwin(), new Array<number>(3000).fill(1e9))).toEqual([]);
  });

  it('alarms without a change about as seldom as its threshold was asked for: every 2,000 values, within a half', () => {
    const reference = lcg(11, 4000);
    const threshold = thresholdForRun((limit) => Adwin.withThreshold(limit), {
      expectedRun: 2000,
      reference,
      random: Random.of(5),
      runs: 150,
    });
    const random = Random.of(6);
    const stream = Array.from({ length: 200_000 }, () => uniform(random));
    const found = alarms(Adwin.withThreshold(threshold), stream).length;
    expect(stream.length / found).toBeGreaterThan(1000);
    expect(stream.length / found).toBeLessThan(3000);
  });
});
