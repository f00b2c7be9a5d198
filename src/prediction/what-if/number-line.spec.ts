// Numbers in order, and as the shortest decimals.
import { shortestDecimal } from '../../features/as-seen.ts';
import { FLOAT32 } from './number-line.ts';

describe('FLOAT32', () => {
  it('numbers the values in order, neighbours by 1, through zero', () => {
    const neighbours = [-1e-45, 0, 1e-45].map(Math.fround);
    expect(neighbours.map((cell) => FLOAT32.placeOf(cell))).toEqual([-1, 0, 1]);
    const cells = [-3e38, -1.5, -1e-40, 0, 1e-40, 0.1, 1, 16.8, 3e38].map(Math.fround);
    const places = cells.map((cell) => FLOAT32.placeOf(cell));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places.map((place) => FLOAT32.cellAt(place))).toEqual(cells);
    const next = FLOAT32.cellAt(FLOAT32.placeOf(1) + 1);
    expect(next).toBe(1 + 2 ** -23);
  });
});

describe('shortestDecimal', () => {
  it.each([0, 0.1, -16.8, 1 / 3, 1e-40, 3.4e38, 16_777_216, 0.123456789])(
    'of the float32 of %d reads as that float32 again',
    (value) => {
      const cell = Math.fround(value);
      expect(Math.fround(shortestDecimal(cell))).toBe(cell);
    },
  );

  it('has no digits that float32 does not know', () => {
    expect(shortestDecimal(Math.fround(16.8))).toBe(16.8);
    expect(shortestDecimal(Math.fround(0.1))).toBe(0.1);
  });
});
