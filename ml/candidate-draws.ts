// Random search: the ranges of params.yaml -> combinations drawn from them.
import { z } from 'zod';
import type { Random } from '../src/statistics/random.ts';
import type { GridValue } from './candidates.ts';
import type { Expectation } from './zod-expectation.ts';

/** Where a number is drawn from: evenly between both ends, or between their logarithms. Whole where both ends are. */
export const rangeSchema = z.strictObject({
  from: z.number(),
  to: z.number(),
  scale: z.enum(['linear', 'log']).optional(),
});
export type Range = z.output<typeof rangeSchema>;

/** Widest bound that a generator draws whole numbers below. */
const NEXT_INT_MAX = 2 ** 32;
/** What a drawn value is told with: names of candidates are read by people. */
const DIGITS = 3;

/** What no schema of one key sees. Paths start with the name of the range. */
export function rangeProblems(
  ranges: Readonly<Record<string, Range>>,
  grid: Readonly<Record<string, GridValue>>,
): readonly Expectation[] {
  return Object.entries(ranges).flatMap(([name, { from, to, scale }]) => {
    const problem = (message: string, ...at: readonly string[]): Expectation => ({
      path: [name, ...at],
      message,
    });
    if (name in grid) return [problem('already in grid')];
    if (from > to) return [problem('expected from to be at most to')];
    if (scale === 'log' && from <= 0)
      return [problem('expected a number above 0 on a scale of logarithms', 'from')];
    return [];
  });
}

/** One value of a range, with three digits where it is no whole number. */
export function drawFrom({ from, to, scale = 'linear' }: Range, random: Random): number {
  const whole = Number.isInteger(from) && Number.isInteger(to);
  if (whole && scale === 'linear' && to - from < NEXT_INT_MAX)
    return from + random.nextInt(to - from + 1);
  const share = random.next() / 2 ** 32;
  const value =
    scale === 'log'
      ? Math.exp(Math.log(from) + share * (Math.log(to) - Math.log(from)))
      : from + share * (to - from);
  const told = whole ? Math.round(value) : Number(value.toPrecision(DIGITS));
  return Math.min(to, Math.max(from, told));
}

/**
 * `count` different numbers below `of`, ascending; all where there are fewer. Costs `count`, however large `of` is (Floyd, in Bentley 1987,
 * "A sample of brilliance").
 */
export function drawNumbers(count: number, of: number, random: Random): readonly number[] {
  if (count >= of) return Array.from({ length: of }, (_, i) => i);
  const drawn = new Set<number>();
  for (let last = of - count; last < of; last++) {
    const number = drawFrom({ from: 0, to: last }, random);
    drawn.add(drawn.has(number) ? last : number);
  }
  return [...drawn].toSorted((a, b) => a - b);
}
