import { Random } from '../random.ts';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts';
import { numericSample } from './numeric-sample.ts';
import { packSample, type PackedSample, unpackSample } from './packed-sample.ts';
import { normedWasserstein } from './distances.ts';

const random = Random.of(1);
const uniform = (): number => random.next() / 2 ** 32;
const normal = (): number =>
  Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
const column = (rows: number, of: () => number): Float64Array =>
  Float64Array.from({ length: rows }, of);
const throughJson = (packed: PackedSample): PackedSample =>
  JSON.parse(JSON.stringify(packed)) as PackedSample;

describe('packSample and unpackSample', () => {
  it.each<[string, PackedSample['encoding'], () => number]>([
    ['amounts in cents', 'decimal', () => Math.round(normal() * 1e5) / 100],
    ['six decimals', 'decimal', () => Math.round(normal() * 1e6) / 1e6],
    ['integers', 'decimal', () => Math.round(normal() * 20)],
    ['float32', 'float32', () => Math.fround(normal())],
    [
      'float32 from 1e-30 to 1e30',
      'float32',
      () => Math.fround(normal() * 10 ** (60 * uniform() - 30)),
    ],
    ['float64', 'float64', normal],
    ['a constant', 'decimal', () => -3],
  ])('give every bit of %s back, as %s', (_, encoding, of) => {
    const sample = numericSample(column(3000, of));
    const packed = packSample(sample);
    expect(packed.encoding).toBe(encoding);
    expect(unpackSample(throughJson(packed))).toEqual(sample);
  });

  it('keep the extremes that a float has', () => {
    for (const values of [
      [],
      [0],
      [-0.1, 0.1],
      [Number.MAX_VALUE, Number.MIN_VALUE],
      [-(2 ** 40), 2 ** 40],
    ]) {
      const sample = numericSample(values);
      expect(unpackSample(throughJson(packSample(sample)))).toEqual(sample);
    }
  });

  it('leave the test of Kolmogorov and Smirnov and the Wasserstein distance as they are, to the last digit', () => {
    const [reference, current] = [
      numericSample(column(2000, normal)),
      numericSample(column(900, normal)),
    ];
    const packed = unpackSample(throughJson(packSample(reference)));
    expect(kolmogorovSmirnov(packed, current)).toEqual(kolmogorovSmirnov(reference, current));
    expect(normedWasserstein(packed, current)).toBe(normedWasserstein(reference, current));
  });

  it.each<[string, number, () => number]>([
    ['whole years of age', 1000, () => Math.round(45 + 12 * normal())],
    ['whole incomes', 80_000, () => Math.round(Math.exp(8.5 + normal()))],
    ['float32 scores', 400_000, () => Math.fround(1 / (1 + Math.exp(-normal())))],
    ['float64 values', 1_100_000, normal],
  ])('take of 100,000 %s less than %p bytes of JSON', (_, most, of) => {
    const packed = packSample(numericSample(column(100_000, of)));
    expect(JSON.stringify(packed).length).toBeLessThan(most);
  });

  it('refuse what does not add up', () => {
    const packed = packSample(numericSample([1, 2, 2, 7]));
    const whole = 'expected as many values, counts and rows as the packed sample states';
    expect(() => unpackSample({ ...packed, rows: 5 })).toThrow(whole);
    expect(() => unpackSample({ ...packed, counts: null })).toThrow(whole);
    // 7, and steps of 1, 0 and 1.
    expect(() =>
      unpackSample({ ...packed, rows: 4, distinct: 4, counts: null, values: 'DgEAAQ==' }),
    ).toThrow('expected the values of a packed sample to rise');
    expect(() => unpackSample({ ...packed, values: '/w==' })).toThrow(
      'expected the last integer to end',
    );
    expect(() => unpackSample({ ...packed, encoding: 'float64' })).toThrow('expected eight bytes');
  });
});
