import { Random } from '../random.ts';
import { rejections } from './benjamini-hochberg.ts';

/** For each number of rejections, from the most: whether that many p-values are below its limit. */
function slowRejections(p: readonly number[], rate: number): readonly boolean[] {
  for (let k = p.length; k >= 1; k -= 1) {
    const limit = [...p].sort((a, b) => a - b)[k - 1] as number;
    if (limit < (rate * k) / p.length) return p.map((value) => value <= limit);
  }
  return p.map(() => false);
}

it('rejects the first four of the fifteen tests of Benjamini and Hochberg 1995', () => {
  const p = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719,
    0.6528, 0.759, 1,
  ];
  expect(rejections(p, 0.05)).toEqual(p.map((value) => value <= 0.0095));
});

it('equals the search over all numbers of rejections, in any order', () => {
  const random = Random.of(3);
  for (let round = 0; round < 300; round += 1) {
    const p = Array.from({ length: 12 }, () => (random.nextInt(1000) / 1000) ** 2);
    expect(rejections(p, 0.1)).toEqual(slowRejections(p, 0.1));
  }
});

it('does not reject at the limit itself, and nothing of nothing', () => {
  expect(rejections([0.05], 0.05)).toEqual([false]);
  expect(rejections([0.049], 0.05)).toEqual([true]);
  expect(rejections([], 0.05)).toEqual([]);
});

it('rejects a value far above its own limit when a later one is below its', () => {
  expect(rejections([0.03, 0.04, 0.035], 0.05)).toEqual([true, true, true]);
});
