// The table-driven exponential against Math.exp.
import { fastExponential } from './fast-exponential.ts';

const error = (x: number): number => Math.abs(fastExponential(x) / Math.exp(x) - 1);

describe('fastExponential', () => {
  it('is Math.exp to a relative 1e-12 over all that a double holds', () => {
    let worst = 0;
    for (let x = -708; x <= 708; x += 0.00917) worst = Math.max(worst, error(x));
    expect(worst).toBeLessThan(1e-12);
  });

  it('is right where a table ends and the next power of two begins', () => {
    for (let power = -1020; power <= 1020; power++)
      for (const move of [-1e-9, 0, 1e-9, Math.LN2 / 512])
        expect(error(power * Math.LN2 + move)).toBeLessThan(1e-12);
    expect(fastExponential(0)).toBe(1);
  });

  it('stays finite and above 0 beyond', () => {
    expect(fastExponential(1e6)).toBe(fastExponential(708));
    expect(fastExponential(-1e6)).toBe(fastExponential(-708));
    expect(Number.isFinite(fastExponential(Infinity))).toBe(true);
    expect(fastExponential(-Infinity)).toBeGreaterThan(0);
  });

  it('passes on what is no number', () => {
    expect(fastExponential(NaN)).toBeNaN();
  });
});
