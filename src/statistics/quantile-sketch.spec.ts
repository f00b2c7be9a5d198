import { normalQuantile } from './normal.ts';
import { QuantileSketch, SKETCH_ERROR } from './quantile-sketch.ts';
import { Random } from './random.ts';
import { quantile } from './summary.ts';

const of = (values: readonly number[]): QuantileSketch => {
  const sketch = new QuantileSketch();
  for (const value of values) sketch.add(value);
  return sketch;
};

const LEVELS = [0.0001, 0.01, 0.25, 0.5, 0.75, 0.95, 0.99, 0.9999, 1];
const random = Random.of(11);
const uniform = (): number => random.next() / 2 ** 32;
const draws = (length: number, draw: () => number): number[] => Array.from({ length }, draw);

const POPULATIONS: Readonly<Record<string, readonly number[]>> = {
  uniform: draws(5000, () => uniform()),
  'log-normal': draws(5000, () => Math.exp(2 * normalQuantile((random.next() + 0.5) / 2 ** 32))),
  'over fifteen orders of magnitude': draws(5000, () => 10 ** (15 * uniform() - 5)),
  'two clusters': draws(5000, () => (random.nextInt(2) === 0 ? 0.001 : 1000) * (1 + uniform())),
  'a few': [3, 1, 4, 1, 5],
  one: [0.25],
};

describe('a sketch', () => {
  it.each(Object.entries(POPULATIONS))(
    'of %s values has quantiles within 1 % of the nearest rank',
    (_, values) => {
      const sketch = of(values);
      for (const p of LEVELS) {
        const exact = quantile(values, p) ?? NaN;
        expect(Math.abs((sketch.quantile(p) ?? NaN) - exact)).toBeLessThanOrEqual(
          exact * SKETCH_ERROR * (1 + 1e-9),
        );
      }
    },
  );

  it('has no quantile of no values', () => {
    expect(new QuantileSketch().quantile(0.5)).toBeNull();
  });

  it('has exact extremes, also of 0, of negative values and of those beyond its buckets', () => {
    expect([0.001, 1].map((p) => of([0, 0, 3]).quantile(p))).toEqual([0, 3]);
    expect([0.001, 1].map((p) => of([-5, 7]).quantile(p))).toEqual([-5, 7]);
    expect(of([1e300]).quantile(0.5)).toBe(1e300);
    expect(of([0, 0, 0, 9]).quantile(0.5)).toBeLessThanOrEqual(1.02e-6);
  });

  it('of parts is that of the whole', () => {
    const values = Object.values(POPULATIONS).flat();
    const merged = new QuantileSketch();
    for (const part of Object.values(POPULATIONS)) merged.merge(of(part));
    merged.merge(new QuantileSketch());
    const figures = (sketch: QuantileSketch) => [
      sketch.count,
      sketch.sum,
      ...LEVELS.map((p) => sketch.quantile(p)),
    ];
    expect(figures(merged)).toEqual(figures(of(values)));
    expect(merged.toJSON().slice(5)).toEqual(of(values).toJSON().slice(5));
  });

  it('is the same after being written and read, and goes on', () => {
    for (const values of [...Object.values(POPULATIONS), []]) {
      const sketch = of(values);
      const read = QuantileSketch.from(JSON.parse(JSON.stringify(sketch)) as (number | null)[]);
      for (const each of [sketch, read]) each.add(0.5);
      expect(read.toJSON()).toEqual(sketch.toJSON());
    }
  });

  it('is short when written: one entry a bucket in use, and one for those between', () => {
    expect(JSON.stringify(of([1e-3, 1e-3, 1e3]).toJSON().slice(5))).toMatch(/^\[-345,2,-\d+,1\]$/);
  });
});
