// The one seeded generator of training and of resampling: xoshiro128** (Blackman and Vigna 2018, https://prng.di.unimi.it/xoshiro128starstar.c), its state
// filled by SplitMix64 from a seed and a list of stream numbers. The same numbers on every machine and in every order of use.

const MASK_64 = (1n << 64n) - 1n;
const GOLDEN_GAMMA = 0x9e3779b97f4a7c15n;

/** The output function of SplitMix64 (Steele, Lea and Flood 2014, variant 13 of Stafford's mixers). */
function mix64(input: bigint): bigint {
  let z = input & MASK_64;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK_64;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK_64;
  return z ^ (z >> 31n);
}

const absorb = (key: bigint, value: number): bigint =>
  mix64((key ^ mix64(BigInt(value) + GOLDEN_GAMMA)) + GOLDEN_GAMMA);

const rotateLeft = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

export class Random {
  readonly #key: bigint;
  #s0: number;
  #s1: number;
  #s2: number;
  #s3: number;

  private constructor(key: bigint) {
    this.#key = key;
    const low = mix64(key + GOLDEN_GAMMA);
    const high = mix64(key + 2n * GOLDEN_GAMMA);
    this.#s0 = Number(low & 0xffffffffn) | 0;
    this.#s1 = Number(low >> 32n) | 0;
    this.#s2 = Number(high & 0xffffffffn) | 0;
    this.#s3 = Number(high >> 32n) | 0;
  }

  /** The generator of `seed`; each list of stream numbers names an independent one. All are integers >= 0. */
  static of(seed: number, ...stream: readonly number[]): Random {
    return new Random([seed, ...stream].reduce(absorb, 0n));
  }

  /** The independent generator `number` under this one, whatever this one has drawn so far: `of(7, 1).stream(2)` is `of(7, 1, 2)`. */
  stream(number: number): Random {
    return new Random(absorb(this.#key, number));
  }

  /** A uniform integer in [0, 2^32). */
  next(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.#s1, 5), 7), 9) >>> 0;
    const t = this.#s1 << 9;
    this.#s2 ^= this.#s0;
    this.#s3 ^= this.#s1;
    this.#s1 ^= this.#s2;
    this.#s0 ^= this.#s3;
    this.#s2 ^= t;
    this.#s3 = rotateLeft(this.#s3, 11);
    return result;
  }

  /** A uniform integer in [0, bound), 1 <= bound <= 2^32, unbiased: Lemire 2019, "Fast random integer generation in an interval". */
  nextInt(bound: number): number {
    let x = this.next();
    let low = Math.imul(x, bound) >>> 0;
    if (low < bound) {
      const biased = 2 ** 32 % bound;
      while (low < biased) {
        x = this.next();
        low = Math.imul(x, bound) >>> 0;
      }
    }
    // The product has up to 64 bits; less its low word it is a multiple of 2^32, so rounding to the nearest one is exact.
    return Math.round((x * bound - low) / 2 ** 32);
  }

  /** Fisher-Yates, in place. */
  shuffle(values: Int32Array): void {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.nextInt(i + 1);
      const held = values[i] as number;
      values[i] = values[j] as number;
      values[j] = held;
    }
  }
}
