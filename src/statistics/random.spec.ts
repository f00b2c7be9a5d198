// The generator against the published algorithm in BigInt, its uniformity, and the independence of its streams.
import { Random } from './random.ts';

const MASK = 0xffffffffn;
const M64 = (1n << 64n) - 1n;
const rotl = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (32n - k))) & MASK;

function splitMix(z0: bigint): bigint {
  let z = z0 & M64;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & M64;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & M64;
  return z ^ (z >> 31n);
}

/** The C code of xoshiro128** line by line, in BigInt. */
function* xoshiro(state: readonly [bigint, bigint, bigint, bigint]): Generator<number> {
  let [s0, s1, s2, s3] = state;
  for (;;) {
    yield Number((rotl((s1 * 5n) & MASK, 7n) * 9n) & MASK);
    const t = (s1 << 9n) & MASK;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = rotl(s3, 11n);
  }
}

const draw = (random: Random, count: number): number[] =>
  Array.from({ length: count }, () => random.next());

describe('Random', () => {
  it('draws the numbers of the published xoshiro128**', () => {
    const gamma = 0x9e3779b97f4a7c15n;
    const key = splitMix((0n ^ splitMix(42n + gamma)) + gamma);
    const [a, b] = [splitMix(key + gamma), splitMix(key + 2n * gamma)];
    const oracle = xoshiro([a & MASK, a >> 32n, b & MASK, b >> 32n]);
    const expected = Array.from({ length: 1000 }, () => oracle.next().value as number);
    expect(draw(Random.of(42), 1000)).toEqual(expected);
  });

  it('gives a stream that does not depend on what was drawn before', () => {
    const parent = Random.of(7, 1);
    for (let draws = 0; draws < 10; draws++) {
      expect(draw(parent.stream(2), 8)).toEqual(draw(Random.of(7, 1, 2), 8));
      parent.next();
    }
  });

  it('gives other numbers to every seed and every stream', () => {
    const firsts = [
      Random.of(0),
      Random.of(1),
      Random.of(0, 0),
      Random.of(0, 1),
      Random.of(1, 0),
      Random.of(0, 0, 0),
    ].map((random) => random.next());
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  it('draws bounded integers uniformly, also for bounds that do not divide 2^32', () => {
    const random = Random.of(3);
    const counts = new Float64Array(7);
    const draws = 70_000;
    for (let i = 0; i < draws; i++) {
      const k = random.nextInt(7);
      counts[k] = (counts[k] ?? 0) + 1;
    }
    const expected = draws / 7;
    const chiSquare = counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // 6 degrees of freedom: 22.5 is the 99.9th percentile.
    expect(chiSquare).toBeLessThan(22.5);
  });

  it('takes the high word of the 64-bit product exactly and rejects what would bias it', () => {
    for (const bound of [1, 3, 1000, 2 ** 24 + 1, 3 * 2 ** 30, 2 ** 32 - 1]) {
      const random = Random.of(9, bound);
      const oracle = Random.of(9, bound);
      const biased = (1n << 32n) % BigInt(bound);
      const next = (): number => {
        for (;;) {
          const product = BigInt(oracle.next()) * BigInt(bound);
          if ((product & MASK) >= biased) return Number(product >> 32n);
        }
      };
      for (let i = 0; i < 300; i++) expect(random.nextInt(bound)).toBe(next());
    }
  });

  it('shuffles into a permutation', () => {
    const values = Int32Array.from({ length: 50 }, (_, i) => i);
    Random.of(5).shuffle(values);
    expect(Array.from(values)).not.toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(Array.from(values).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, i) => i),
    );
  });
});
