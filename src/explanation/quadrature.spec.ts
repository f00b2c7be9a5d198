// The quadrature against integrals of powers.
import { gaussLegendre } from './quadrature.ts';

describe('gaussLegendre', () => {
  it.each([1, 2, 3, 8, 20, 40])('is exact for powers below twice its %d points', (count) => {
    const { points, weights } = gaussLegendre(count);
    for (let power = 0; power < 2 * count; power++) {
      const integral = points.reduce(
        (sum, point, i) => sum + (weights[i] as number) * point ** power,
        0,
      );
      expect(Math.abs(integral - 1 / (power + 1))).toBeLessThan(1e-14);
    }
  });

  it('keeps its points within the interval', () => {
    const { points } = gaussLegendre(40);
    expect(points.every((point) => point > 0 && point < 1)).toBe(true);
  });
});
