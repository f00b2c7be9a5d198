// Changes of a stream that are found, where they are found to begin, and how seldom there are none.
import { thresholdForRun } from '../../statistics/drift/stream-detector.ts';
import { Random } from '../../statistics/random.ts';
import {
  CALIBRATION_VALUES,
  detectorsFor,
  StreamScale,
  StreamWatch,
  type StreamChange,
  type Thresholds,
} from './stream-watch.ts';
import { STREAMS } from './version-watch.ts';

const uniform = (random: Random): number => random.next() / 2 ** 32;
/** Latencies: some milliseconds, with a heavy tail to the right. */
const latency = (random: Random, typical = 2): number =>
  typical * Math.exp(uniform(random) + uniform(random) + uniform(random) ** 8 * 3 - 1);
const score = (random: Random, shift = 0): number => uniform(random) ** 2 * 0.8 + shift;

const CALIBRATED = new Map<string, Thresholds>();

/** As the server calibrates it, with less care; a kind is calibrated once. */
function watchOf(kind: keyof typeof STREAMS, draw: (random: Random) => number): StreamWatch {
  const random = Random.of(1);
  const first = Array.from({ length: CALIBRATION_VALUES }, () => draw(random));
  const scale = new StreamScale(STREAMS[kind], first);
  const options = {
    expectedRun: 40_000,
    reference: first.map((value) => scale.standard(value)),
    random,
    runs: 100,
    longest: 2000,
  };
  const key = `${kind} ${scale.mean}`;
  const thresholds = CALIBRATED.get(key) ?? {
    adwin: thresholdForRun(detectorsFor.adwin, options),
    pageHinkley: thresholdForRun(detectorsFor.pageHinkley, options),
  };
  CALIBRATED.set(key, thresholds);
  return new StreamWatch(scale, thresholds);
}

const changesOf = (watch: StreamWatch, values: readonly number[], from = 0): StreamChange[] =>
  values.flatMap((value, i) => watch.take({ at: from + i, id: `id ${from + i}`, value }) ?? []);

const drawn = (rows: number, draw: () => number): readonly number[] =>
  Array.from({ length: rows }, draw);

describe('a watch of latencies', () => {
  it('finds that they have doubled, from the row on where they did, and by which rows', () => {
    const random = Random.of(2);
    const watch = watchOf('latency', latency);
    expect(
      changesOf(
        watch,
        drawn(1000, () => latency(random)),
      ),
    ).toEqual([]);
    const [change, ...more] = changesOf(
      watch,
      drawn(300, () => latency(random, 4)),
      1000,
    );
    expect(more).toEqual([]);
    expect(Math.abs((change?.at ?? 0) - 1000)).toBeLessThan(10);
    expect((change?.value ?? 0) / (change?.expected ?? 1)).toBeGreaterThan(1.6);
    expect(change?.evidence.score).toBeGreaterThanOrEqual(change?.evidence.threshold ?? Infinity);
    expect(change?.predictionIds.at(-1)).toBe(`id ${change?.until ?? 0}`);
    expect(change?.predictionIds.length).toBeLessThanOrEqual(50);
  });

  it('tells no fall, and finds the next rise measured against it', () => {
    const random = Random.of(3);
    const watch = watchOf('latency', latency);
    changesOf(
      watch,
      drawn(600, () => latency(random)),
    );
    expect(
      changesOf(
        watch,
        drawn(600, () => latency(random, 6)),
      ),
    ).toHaveLength(1);
    expect(
      changesOf(
        watch,
        drawn(600, () => latency(random)),
      ),
    ).toEqual([]);
    const [rise] = changesOf(
      watch,
      drawn(600, () => latency(random, 5)),
    );
    expect((rise?.value ?? 0) / (rise?.expected ?? 1)).toBeGreaterThan(2);
  });

  it('says nothing of one that took a thousand times as long', () => {
    const random = Random.of(4);
    const watch = watchOf('latency', latency);
    const values = drawn(2000, () => latency(random)).map((value, i) =>
      i % 500 === 250 ? value * 1000 : value,
    );
    expect(changesOf(watch, values)).toEqual([]);
  });
});

describe('a watch of scores', () => {
  it('says nothing of a change that is too small to matter, however sure', () => {
    const watch = watchOf('score', () => 0.3);
    expect(
      changesOf(
        watch,
        drawn(2000, () => 0.34),
      ),
    ).toEqual([]);
    expect(
      changesOf(
        watch,
        drawn(200, () => 0.6),
      ),
    ).toHaveLength(1);
  });

  it('with 40,000 values asked for between false alarms of each detector has at most 6 in 40,000', () => {
    const random = Random.of(5);
    const watch = watchOf('score', score);
    expect(
      changesOf(
        watch,
        drawn(40_000, () => score(random)),
      ).length,
    ).toBeLessThanOrEqual(6);
  });

  it('finds a shift of 0.15 within 300 values, and the way back', () => {
    const random = Random.of(6);
    const watch = watchOf('score', score);
    expect(
      changesOf(
        watch,
        drawn(500, () => score(random)),
      ),
    ).toEqual([]);
    expect(
      changesOf(
        watch,
        drawn(300, () => score(random, 0.15)),
      ),
    ).toHaveLength(1);
  });
});
