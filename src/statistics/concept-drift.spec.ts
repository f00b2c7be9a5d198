// Concept drift: silent while labels follow the scores, however sure or tied those are; loud when they stop to.
import { CONCEPT_DRIFT_RULE, conceptDriftOf, drawnRocAucs } from './concept-drift.ts';
import { rocAuc } from './classification.ts';
import { Random } from './random.ts';

const uniform = (random: Random): number => random.next() / 2 ** 32;

/** A model that is sure of most rows: u^k and its mirror image. */
const scores = (rows: number, random: Random, k: number): Float64Array =>
  Float64Array.from({ length: rows }, (_, i) => {
    const u = uniform(random) ** k;
    return i % 2 === 0 ? u : 1 - u;
  });

const labelsOf = (p: Float64Array, random: Random): Uint8Array =>
  Uint8Array.from(p, (probability) => Number(uniform(random) < probability));

describe('conceptDriftOf', () => {
  it.each([
    ['of a model that knows a little', 1],
    ['of a model that is sure of most rows', 6],
  ])('flags none of 20 windows of 120 rows %s without drift, and ranks them by chance', (_, k) => {
    const random = Random.of(17, k);
    const found = Array.from({ length: 20 }, (_, window) => {
      const p = scores(120, random, k);
      return conceptDriftOf({ y: labelsOf(p, random), p }, Random.of(window));
    });
    expect(found.filter(({ verdict }) => verdict !== 'no_drift')).toEqual([]);
    const likely = found.filter(({ p_value }) => (p_value ?? 0) > 0.5).length;
    expect(likely).toBeGreaterThan(3);
    expect(likely).toBeLessThan(17);
  });

  it('flags labels that follow the scores only half the time', () => {
    const random = Random.of(23);
    for (let window = 0; window < 5; window += 1) {
      const p = scores(200, random, 3);
      const y = labelsOf(p, random).map((label) =>
        uniform(random) < 0.5 ? Number(uniform(random) < 0.5) : label,
      );
      const found = conceptDriftOf({ y, p }, Random.of(window));
      expect(found.verdict).toBe('drift');
      expect(found.live).toBeLessThan(found.expected?.low ?? 0);
      expect(found.difference).toBeCloseTo((found.live ?? 0) - (found.estimated ?? 0), 15);
    }
  });

  it('flags scores that rank too well for what they say', () => {
    const p = Float64Array.from({ length: 400 }, (_, i) => 0.4 + (0.2 * i) / 400);
    const y = Uint8Array.from(p, (probability) => Number(probability > 0.5));
    expect(conceptDriftOf({ y, p }, Random.of(1))).toMatchObject({ verdict: 'drift', live: 1 });
  });

  it('is insufficient data with few labels, or few of a class; never no drift', () => {
    const random = Random.of(3);
    const p = scores(CONCEPT_DRIFT_RULE.least_rows - 1, random, 2);
    expect(conceptDriftOf({ y: labelsOf(p, random), p }, random)).toEqual({
      verdict: 'insufficient_data',
      rows: CONCEPT_DRIFT_RULE.least_rows - 1,
      live: null,
      estimated: null,
      difference: null,
      expected: null,
      p_value: null,
    });
    const many = scores(1000, random, 2);
    const nine = new Uint8Array(1000).fill(1, 0, CONCEPT_DRIFT_RULE.least_rows_of_a_class - 1);
    expect(conceptDriftOf({ y: nine, p: many }, random).verdict).toBe('insufficient_data');
  });

  it('gives the same figures for the same rows', () => {
    const random = Random.of(9);
    const p = scores(200, random, 2);
    const labelled = { y: labelsOf(p, random), p };
    expect(conceptDriftOf(labelled, Random.of(4))).toEqual(conceptDriftOf(labelled, Random.of(4)));
  });
});

it('drawn AUCs are those of labels drawn row by row, ties counted one half', () => {
  const p = Float64Array.from({ length: 60 }, (_, i) => ((i * 7) % 12) / 12);
  const drawn = drawnRocAucs(p, 1000, Random.of(1));
  const random = Random.of(2);
  const slow = Array.from({ length: 1000 }, () => rocAuc(labelsOf(p, random), p));
  const mean = (values: ArrayLike<number>): number =>
    Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
  expect(mean(drawn)).toBeCloseTo(mean(slow), 2);
  const middle = (values: ArrayLike<number>): number =>
    Array.from(values).sort((a, b) => a - b)[500] ?? NaN;
  expect(middle(drawn)).toBeCloseTo(middle(slow), 2);
});
