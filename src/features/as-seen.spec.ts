// A value as the model sees it is the value as it was written, where float32 can tell it apart.
import { asSeen, shortestDecimal } from './as-seen.ts';

/** The definition: try every number of digits. */
const slowly = (cell: number): number => {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(cell.toPrecision(digits));
    if (Math.fround(short) === cell) return short;
  }
  return Number(cell.toPrecision(9));
};

describe('shortestDecimal', () => {
  it('equals the definition for floats of every size', () => {
    const bits = new Uint32Array(1);
    const float = new Float32Array(bits.buffer);
    for (let i = 0; i < 20_000; i++) {
      bits[0] = Math.imul(i, 2_654_435_761);
      const cell = float[0] as number;
      if (Number.isFinite(cell)) expect(shortestDecimal(cell)).toBe(slowly(cell));
    }
    const [denormal, tens, zero] = [2 ** -149, Math.fround(1e10), 0];
    for (const cell of [denormal, tens, zero]) expect(shortestDecimal(cell)).toBe(slowly(cell));
  });
});

describe('asSeen', () => {
  const number = { kind: 'numeric' } as const;
  const category = { kind: 'categorical' } as const;

  it('gives a number of up to six digits back', () => {
    for (const value of [17.99, 0.1184, 1001, -0.00064, 123456]) {
      expect(asSeen(number, value)).toBe(value);
    }
  });

  it('gives numbers alike that the model cannot tell apart', () => {
    expect(asSeen(number, 0.123456789)).toBe(asSeen(number, Math.fround(0.123456789)));
  });

  it('gives a category as its text, and null for nothing', () => {
    expect([asSeen(category, 1), asSeen(category, 'a')]).toEqual(['1', 'a']);
    expect([asSeen(number, null), asSeen(category, undefined)]).toEqual([null, null]);
  });
});
