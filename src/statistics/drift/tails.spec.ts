// Against scipy 1.17.1.
import { limitTail } from './cramer-von-mises.ts';
import { chiSquareTail, studentTail } from './tails.ts';

const relative = (value: number, expected: number): number => Math.abs(value - expected) / expected;

it.each([
  [0.5, 1, 0.47950012218695337],
  [3.84, 1, 0.05004352124870519],
  [2.66, 2, 0.26447726129982396],
  [7.5, 3, 0.0575584519726364],
  [120, 100, 0.08440668109369177],
  [60, 101, 0.9996058637044722],
  [900, 10, 6.367822044752633e-187],
])('P(chi-square > %p) with %p degrees of freedom is right to 1e-12', (x, degrees, expected) => {
  expect(relative(chiSquareTail(x, degrees), expected)).toBeLessThan(1e-12);
});

it('a statistic of 0 is exceeded for certain, an infinite one never', () => {
  expect(chiSquareTail(0, 3)).toBe(1);
  expect(chiSquareTail(Infinity, 3)).toBe(0);
});

it.each([
  [0.1, 1, 0.936548965138893],
  [2.2, 3, 0.11517195197647068],
  [-1.5, 10, 0.16450732644544014],
  [2.9, 567, 0.003876260408873624],
  [0.01, 567, 0.9920248047787766],
  [5, 20_000, 5.78151414765806e-7],
])(
  "P(|T| > %p) of Student's with %p degrees of freedom is right to 1e-12",
  (t, degrees, expected) => {
    expect(relative(studentTail(t, degrees), expected)).toBeLessThan(1e-12);
  },
);

it("Cramer and von Mises' limit has its tabled 5 % and 1 % points: Anderson and Darling 1952", () => {
  expect(limitTail(0.46136)).toBeCloseTo(0.05, 5);
  expect(limitTail(0.74346)).toBeCloseTo(0.01, 5);
  expect(limitTail(0.001)).toBe(1);
});
