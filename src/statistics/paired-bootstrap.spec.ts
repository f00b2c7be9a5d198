// The paired bootstrap against the normal approximation, its repeatability, and its borders.
import { pairedBootstrap } from './paired-bootstrap.ts';
import { Random } from './random.ts';

const differences = Float64Array.from({ length: 400 }, (_, i) => ((i * 37) % 101) / 101 - 0.3);
const options = (seed = 7) => ({ random: Random.of(seed), resamples: 2000 });

describe('pairedBootstrap', () => {
  it('gives the mean itself, and an interval as wide as the central limit theorem says', async () => {
    const { difference, low, high } = await pairedBootstrap(differences, options());
    const mean = differences.reduce((sum, x) => sum + x, 0) / differences.length;
    const variance =
      differences.reduce((sum, x) => sum + (x - mean) ** 2, 0) / differences.length ** 2;
    expect(difference).toBeCloseTo(mean, 12);
    expect((low - mean) / Math.sqrt(variance)).toBeCloseTo(-1.96, 0);
    expect((high - mean) / Math.sqrt(variance)).toBeCloseTo(1.96, 0);
  });

  it('repeats itself for a seed and differs for another', async () => {
    const first = await pairedBootstrap(differences, options());
    expect(await pairedBootstrap(differences, options())).toEqual(first);
    expect((await pairedBootstrap(differences, options(8))).low).not.toBe(first.low);
  });

  it('is a point where all rows differ alike', async () => {
    const alike = new Float64Array(50).fill(0.25);
    expect(await pairedBootstrap(alike, options())).toEqual({
      difference: 0.25,
      low: 0.25,
      high: 0.25,
    });
  });

  it('is wider at a higher confidence', async () => {
    const narrow = await pairedBootstrap(differences, { ...options(), confidence: 0.8 });
    const wide = await pairedBootstrap(differences, { ...options(), confidence: 0.99 });
    expect(wide.low).toBeLessThan(narrow.low);
    expect(wide.high).toBeGreaterThan(narrow.high);
  });

  it('lets other work run while it resamples', async () => {
    let ended = false;
    const resampling = pairedBootstrap(differences, options()).then(() => (ended = true));
    await new Promise(setImmediate);
    expect(ended).toBe(false);
    await resampling;
  });

  it('refuses no rows', async () => {
    await expect(pairedBootstrap(new Float64Array(0), options())).rejects.toThrow(RangeError);
  });
});
