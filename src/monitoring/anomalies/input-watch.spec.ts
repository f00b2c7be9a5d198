// Inputs outside the range of training, and inputs that do not belong together.
import type { ServedFeature } from '../../features/feature-spec.ts';
import { outlierBound } from '../../statistics/mahalanobis.ts';
import { Random } from '../../statistics/random.ts';
import { InputWatch, type InputRow, poissonTail } from './input-watch.ts';

const CONCERNED = { model: 'm', version: '1' };
const CHANCE = 1e-5;
const feature = (name: string): ServedFeature => ({
  name,
  kind: 'numeric',
  nullable: true,
  training: { min: 0, max: 10, median: 5 },
});
const FEATURES: readonly ServedFeature[] = [
  feature('a'),
  feature('b'),
  { name: 'c', kind: 'categorical', nullable: false, categories: ['x'], training: { mode: 'x' } },
];

const watchOf = (trainingRows: number | null = 999) =>
  new InputWatch({
    concerned: CONCERNED,
    features: FEATURES,
    trainingRows,
    reference: null,
    chance: CHANCE,
  });

const row = (at: number, inputs: Readonly<Record<string, unknown>>): InputRow => ({
  at,
  id: `id ${at}`,
  inputs: { a: 5, b: 5, c: 'x', ...inputs },
});

describe('a watch of ranges', () => {
  it('finds a number far outside its range at once', () => {
    expect(watchOf().take([row(1, {}), row(2, { a: 25 }), row(3, { a: 31 })])).toEqual([
      {
        ...CONCERNED,
        at: 2,
        until: 3,
        kind: 'input',
        feature: 'a',
        value: 2.1,
        expected: 0,
        evidence: { method: 'outside_range', score: 2.1, threshold: 1, rows: 2 },
        predictionIds: ['id 2', 'id 3'],
      },
    ]);
  });

  it('finds numbers that are a little outside more often than chance has it, over several looks', () => {
    const watch = watchOf();
    const found = Array.from({ length: 5 }, (_, look) =>
      watch.take(
        Array.from({ length: 20 }, (__, i) => row(look * 20 + i, i === 7 ? { b: -0.5 } : {})),
      ),
    );
    expect(found.map(({ length }) => length)).toEqual([0, 0, 0, 0, 1]);
    expect(found[4]?.[0]).toMatchObject({
      feature: 'b',
      at: 7,
      until: 87,
      value: 5 / 100,
      expected: 0.002,
      evidence: { method: 'often_outside_range', rows: 5 },
      predictionIds: ['id 7', 'id 27', 'id 47', 'id 67', 'id 87'],
    });
  });

  it('says nothing of as many as chance has it, of missing numbers, and without ranges', () => {
    const watch = watchOf();
    const rows = Array.from({ length: 5000 }, (_, i) =>
      row(i, i % 500 === 9 ? { a: 10.5 } : { b: null }),
    );
    for (let at = 0; at < rows.length; at += 50)
      expect(watch.take(rows.slice(at, at + 50))).toEqual([]);
    expect(watchOf(null).take([row(1, { a: 1e9 })])).toEqual([]);
    expect(watchOf().take([])).toEqual([]);
  });
});

describe('a watch of distances', () => {
  it('finds the rows whose numbers do not belong together, and says which numbers', () => {
    const random = Random.of(1);
    const a = Float64Array.from({ length: 300 }, () => (10 * random.next()) / 2 ** 32);
    const columns = [a, a.map((value) => 10 - value + random.next() / 2 ** 32)];
    const reference = { names: ['a', 'b'], columns, bound: outlierBound(columns, CHANCE) };
    const watch = new InputWatch({
      concerned: CONCERNED,
      features: FEATURES,
      trainingRows: null,
      reference,
      chance: CHANCE,
    });
    const found = watch.take([row(1, { a: 2, b: 8.5 }), row(2, { a: 2, b: 2 }), row(3, {})]);
    expect(found).toMatchObject([
      {
        at: 2,
        until: 2,
        feature: null,
        evidence: { method: 'mahalanobis', threshold: reference.bound, rows: 1 },
        predictionIds: ['id 2'],
      },
    ]);
    const [{ value, expected, evidence } = { value: 0, expected: 0, evidence: null }] = found;
    expect(value).toBeGreaterThan(expected);
    expect(Object.values(evidence?.parts ?? {}).reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 9);
  });
});

it('the tail of a Poisson distribution is that of the tables, to 1e-12', () => {
  expect(poissonTail(0, 3)).toBe(1);
  expect(poissonTail(1, 0)).toBe(0);
  expect(poissonTail(3, 3)).toBeCloseTo(0.5768099188731565, 12);
  expect(poissonTail(5, 1)).toBeCloseTo(0.003659846827343713, 12);
});
