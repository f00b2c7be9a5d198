// Repeated names are found, exactly those, against a set of the names themselves.
import { Random } from '../../src/statistics/random.ts';
import { RowNames } from './row-names.ts';

/** The obvious way: keeps every name. */
function repeatedSlowly(names: readonly string[]): readonly number[] {
  const seen = new Set<string>();
  return names.flatMap((name, row) => {
    const again = seen.has(name);
    seen.add(name);
    return again ? [row] : [];
  });
}

function repeated(names: readonly string[]): readonly number[] {
  const rows = new RowNames();
  for (const name of names) rows.add(name);
  return rows.repeated();
}

it('names every row after the first one of its name', () => {
  expect(repeated(['a', 'b', 'a', 'c', 'b', 'a'])).toEqual([2, 4, 5]);
});

it('takes names that differ in one letter, in length or in order for different ones', () => {
  expect(repeated(['', 'a', 'aa', 'ab', 'ba', '1\u001f2', '12\u001f', 'A'])).toEqual([]);
});

it('agrees with a set of all names on 200,000 rows', () => {
  const random = Random.of(3);
  const names = Array.from({ length: 200_000 }, () => `customer-${random.nextInt(1_000_000)}`);
  expect(repeated(names)).toEqual(repeatedSlowly(names));
});
