import { Moments } from './moments.ts';
import { Random } from './random.ts';

const of = (values: readonly number[]): Moments => {
  const moments = new Moments();
  for (const value of values) moments.add(value);
  return moments;
};

const figuresOf = ({ count, sum, min, max, mean }: Moments) => ({ count, sum, min, max, mean });

const random = Random.of(7);
const uniform = (): number => random.next() / 2 ** 32;
const VALUES = Array.from({ length: 10_000 }, () => uniform() * 10 ** random.nextInt(12));

describe('moments', () => {
  it('are those of the values', () => {
    expect(figuresOf(of([3, -1, 4]))).toEqual({ count: 3, sum: 6, min: -1, max: 4, mean: 2 });
  });

  it('know nothing of no values', () => {
    expect(figuresOf(new Moments())).toEqual({
      count: 0,
      sum: 0,
      min: null,
      max: null,
      mean: null,
    });
  });

  it('of parts add up to those of the whole to the last digit, in any order', () => {
    const whole = figuresOf(of(VALUES));
    expect(figuresOf(of(VALUES.toReversed()))).toEqual(whole);
    const merged = new Moments();
    for (const [from, to] of [
      [4000, 10_000],
      [0, 1],
      [1, 4000],
      [5, 5],
    ] as const)
      merged.merge(of(VALUES.slice(from, to)));
    expect(figuresOf(merged)).toEqual(whole);
  });

  it('lose no small value beside large ones', () => {
    expect(of([1e16, 1, 1, -1e16]).sum).toBe(2);
  });

  it('count a value several times', () => {
    const moments = new Moments();
    moments.add(2.5, 4);
    moments.add(7, 0);
    expect(figuresOf(moments)).toEqual(figuresOf(of([2.5, 2.5, 2.5, 2.5])));
  });

  it.each([
    ['of values', VALUES],
    ['of none', []],
  ])('%s are the same after being written and read', (_, values) => {
    const moments = of(values);
    const read = Moments.from(JSON.parse(JSON.stringify(moments)) as (number | null)[]);
    expect(figuresOf(read)).toEqual(figuresOf(moments));
    read.add(3);
    moments.add(3);
    expect(figuresOf(read)).toEqual(figuresOf(moments));
  });
});
