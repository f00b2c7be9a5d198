// DeLong's numbers against reference values and against the definition, computed the slow way.
import { rocAucDifference, rocAucInterval } from './delong.ts';
import { normalQuantile, normalTail } from './normal.ts';

const LABELS = Uint8Array.of(0, 0, 1, 1, 1, 0, 1, 0);
const SCORES = [0.1, 0.4, 0.35, 0.8, 0.4, 0.2, 0.9, 0.4];

/** The definition: every positive against every negative (DeLong, DeLong and Clarke-Pearson 1988, equations 1 to 6). */
function naive(
  labels: Uint8Array,
  a: readonly number[],
  b: readonly number[],
): { difference: number; variance: number } {
  const psi = (x: number, y: number): number => (x > y ? 1 : x === y ? 0.5 : 0);
  const pick = (s: readonly number[], label: number): number[] =>
    s.filter((_, i) => labels[i] === label);
  const mean = (v: readonly number[]): number => v.reduce((sum, x) => sum + x, 0) / v.length;
  const parts = [a, b].map((s) => {
    const [positive, negative] = [pick(s, 1), pick(s, 0)];
    return {
      v10: positive.map((x) => mean(negative.map((y) => psi(x, y)))),
      v01: negative.map((y) => mean(positive.map((x) => psi(x, y)))),
    };
  });
  const cov = (x: readonly number[], y: readonly number[]): number =>
    x.reduce((sum, v, i) => sum + (v - mean(x)) * ((y[i] ?? 0) - mean(y)), 0) / (x.length - 1);
  const [p, q] = parts as [(typeof parts)[0], (typeof parts)[0]];
  const s = (x: typeof p, y: typeof p): number =>
    cov(x.v10, y.v10) / x.v10.length + cov(x.v01, y.v01) / x.v01.length;
  return { difference: mean(p.v10) - mean(q.v10), variance: s(p, p) + s(q, q) - 2 * s(p, q) };
}

describe('rocAucInterval', () => {
  it('gives the reference AUC 0.8125 and standard error 0.16137430609 within 1e-12', () => {
    const { auc, standardError } = rocAucInterval(LABELS, SCORES);
    expect(auc).toBeCloseTo(0.8125, 12);
    expect(standardError).toBeCloseTo(0.1613743060919757, 12);
  });

  it('refuses rows of one class', () => {
    expect(() => rocAucInterval(Uint8Array.of(1, 1), [0.1, 0.2])).toThrow(/both classes/);
  });
});

describe('rocAucDifference', () => {
  const labels = Uint8Array.from({ length: 60 }, (_, i) => Number(i % 3 === 0));
  const a = Array.from(labels, (y, i) => ((i * 37) % 17) / 17 + 0.4 * y);
  const b = Array.from(labels, (y, i) => ((i * 29) % 13) / 13 + 0.2 * y);

  it('equals the pairwise definition', () => {
    const fast = rocAucDifference(labels, a, b);
    const slow = naive(labels, a, b);
    expect(fast.difference).toBeCloseTo(slow.difference, 12);
    expect(fast.standardError ** 2).toBeCloseTo(slow.variance, 12);
  });

  it('is zero with p-value 1 for scores that rank the rows alike', () => {
    const same = rocAucDifference(
      labels,
      a,
      a.map((s) => 2 * s + 1),
    );
    expect(same).toMatchObject({ difference: 0, low: 0, high: 0, pValue: 1 });
  });
});

it('the normal tail and quantile agree with tables', () => {
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
  expect(normalTail(1)).toBeCloseTo(0.15865525393145705, 13);
  expect(normalTail(5) / 2.866515718791939e-7).toBeCloseTo(1, 10);
  expect(normalTail(-2)).toBeCloseTo(0.9772498680518208, 13);
});
