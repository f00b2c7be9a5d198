// Changes of some of many features: counted, listed, cut at a bound, and thinned out.
import type { Option } from './adjustable.ts';
import { changesOf, costOf, countChanges } from './changes.ts';
import { bestOf, evenly, fewerOptions } from './fewer-options.ts';

const options = (column: number, ...costs: readonly number[]): readonly Option[] =>
  costs.map((cost, cell) => ({ column, cell, cost }));

const FEATURES = [options(0, 0.1, 0.5), options(1, 0.2), options(2, 0.3, 0.4, 0.9)];
const all = (size: number, bound = Infinity): Option[][] =>
  [...changesOf(FEATURES, size, () => bound)].map((change) => [...change]);

describe('changesOf', () => {
  it('lists each change of that many features once', () => {
    expect(all(1)).toHaveLength(6);
    expect(all(2)).toHaveLength(2 * 1 + 2 * 3 + 1 * 3);
    expect(all(3)).toHaveLength(2 * 1 * 3);
    expect(all(4)).toEqual([]);
    const keys = all(2).map((change) => change.map(({ column, cell }) => [column, cell]).join(';'));
    expect(new Set(keys).size).toBe(keys.length);
    for (const [a, b] of all(2)) expect(a?.column).toBeLessThan(b?.column ?? 0);
  });

  it('is as many as countChanges says', () => {
    const sizes = FEATURES.map(({ length }) => length);
    for (const size of [1, 2, 3, 4]) expect(countChanges(sizes, size)).toBe(all(size).length);
    expect(countChanges(new Array<number>(30).fill(100), 2)).toBe(4_350_000);
  });

  it('leaves out what costs as much as the bound or more, and nothing else', () => {
    for (const bound of [0.3, 0.5, 0.81])
      expect(all(2, bound)).toEqual(all(2).filter((change) => costOf(change) < bound));
  });

  it('heeds a bound that falls meanwhile', () => {
    let bound = Infinity;
    const seen: number[] = [];
    for (const change of changesOf(FEATURES, 2, () => bound)) {
      seen.push(costOf(change));
      bound = Math.min(bound, costOf(change));
    }
    expect(seen).toEqual([...seen].sort((a, b) => b - a));
  });
});

describe('fewerOptions', () => {
  const none = (): number => 0;

  it('leaves as many of each feature as the bound allows', () => {
    const many = Array.from({ length: 30 }, (_, column) =>
      options(column, ...Array.from({ length: 100 }, (_, i) => i)),
    );
    const fewer = fewerOptions(many, 2, 60_000, none) ?? [];
    expect(new Set(fewer.map(({ length }) => length))).toEqual(new Set([11]));
    expect(fewerOptions(many, 15, 60_000, none)).toBeNull();
  });

  it('prefers options that no cheaper one surpasses, and fills up from the others', () => {
    const list = options(0, 1, 2, 3, 4, 5, 6);
    const gains = [5, 1, 6, 2, 9, 3];
    const gain = ({ cell }: Option): number => gains[cell] ?? 0;
    expect(bestOf(list, 3, gain).map(({ cell }) => cell)).toEqual([0, 2, 4]);
    expect(bestOf(list, 1, gain).map(({ cell }) => cell)).toEqual([4]);
    expect(bestOf(list, 5, gain).map(({ cell }) => cell)).toEqual([0, 1, 2, 4, 5]);
  });

  it('takes from a list at equal steps', () => {
    expect(evenly([0, 1, 2, 3, 4], 3)).toEqual([0, 2, 4]);
    expect(evenly([0, 1, 2], 1)).toEqual([2]);
    expect(evenly([0, 1, 2], 0)).toEqual([]);
    expect(evenly([0, 1], 5)).toEqual([0, 1]);
  });
});
