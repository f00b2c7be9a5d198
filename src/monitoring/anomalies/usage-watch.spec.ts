// Processor time and memory above their own baseline.
import { Random } from '../../statistics/random.ts';
import type { Finding } from './finding.ts';
import { CPU, MEMORY, type UsageKind, UsageWatch } from './usage-watch.ts';

const MODEL = { model: 'm', version: null };
const MIB = 1_048_576;

/** A value a second, twice each. */
function findingsOf(kind: UsageKind, values: readonly number[]): readonly Finding[] {
  const watch = new UsageWatch(kind);
  return values.flatMap((value, second) =>
    [0, 400].flatMap(
      (ms) => watch.take({ at: second * 1000 + ms, id: `${second}.${ms}`, value }, MODEL) ?? [],
    ),
  );
}

const ordinary = (seconds: number, middle: number, spread: number): readonly number[] => {
  const random = Random.of(1);
  return Array.from({ length: seconds }, () => middle + spread * (random.next() / 2 ** 32 - 0.5));
};

describe('a watch of what the processes use', () => {
  it('finds processor time that stays far above what it was, with the rows of that time', () => {
    const found = findingsOf(CPU, [
      ...ordinary(100, 20, 10),
      ...new Array<number>(5).fill(110),
      20,
      20,
    ]);
    expect(found).toHaveLength(3);
    expect(found.at(-1)).toMatchObject({
      ...MODEL,
      at: 100_000,
      until: 104_000,
      kind: 'cpu',
      value: 110,
      evidence: { method: 'robust_z', rows: 5 },
      predictionIds: ['100.0', '101.0', '102.0', '103.0', '104.0'],
    });
    expect(found.at(-1)?.expected).toBeCloseTo(20, 0);
  });

  it('says nothing of two seconds, of what varies as ever, and of a change within the floor', () => {
    expect(findingsOf(CPU, [...ordinary(100, 20, 10), 110, 110, 20, 110, 20])).toEqual([]);
    expect(findingsOf(CPU, ordinary(500, 50, 80))).toEqual([]);
    expect(findingsOf(CPU, [...ordinary(100, 2, 1), ...ordinary(50, 40, 1)])).toEqual([]);
    expect(
      findingsOf(MEMORY, [...ordinary(100, 300 * MIB, MIB), ...ordinary(50, 380 * MIB, MIB)]),
    ).toEqual([]);
  });

  it('finds memory that has grown by half, until that is what it is', () => {
    const found = findingsOf(MEMORY, [
      ...ordinary(100, 300 * MIB, MIB),
      ...ordinary(600, 450 * MIB, MIB),
    ]);
    expect(found[0]).toMatchObject({ kind: 'memory', at: 100_000 });
    expect(found.at(-1)?.until).toBeLessThan(400_000);
  });

  it('says nothing before a minute has been seen', () => {
    expect(findingsOf(CPU, [...ordinary(58, 20, 1), 200, 200, 200])).toEqual([]);
  });
});
