// The distribution of Kolmogorov's two-sided statistic of n values against a given distribution, by the ways that Simard and L'Ecuyer 2011,
// "Computing the two-sided Kolmogorov-Smirnov distribution", choose between, at the limits that scipy.stats.kstwo has.
import { durbinMatrix } from './durbin-matrix.ts';
import { pelzGood } from './pelz-good.ts';
import { binomial } from './stirling.ts';

const SMALL = 140;
/** Above so many values the one-sided tail has its asymptotic form: Maag and Dicaire 1971. */
const MOST_SUMMED = 1e6;

/** P(D >= d) for n values, an integer >= 1. */
export function kolmogorovTail(n: number, d: number): number {
  if (d >= 1) return 0;
  const t = n * d;
  if (t <= 0.5) return 1;
  if (t <= 1) return 1 - narrowBand(n, t);
  if (t >= n - 1) return Math.min(1, 2 * (1 - d) ** n);
  if (d >= 0.5) return Math.min(1, 2 * smirnovTail(n, d));
  const tightness = t * d;
  if (n <= SMALL) {
    // Beyond 4 twice the one-sided tail is exact to every digit (Miller 1956), and does not come from a difference.
    return tightness <= 4 ? 1 - durbinMatrix(n, d) : Math.min(1, 2 * smirnovTail(n, d));
  }
  if (tightness >= 370) return 0;
  if (tightness >= 2.2) return Math.min(1, 2 * smirnovTail(n, d));
  if (n <= 100_000 && n * d ** 1.5 <= 1.4) return 1 - durbinMatrix(n, d);
  return clipped(1 - pelzGood(n, d));
}

const clipped = (probability: number): number => Math.min(1, Math.max(0, probability));

/** P(D <= d) where 1/2 < t = n d <= 1: n! ((2 t - 1) / n)^n (Ruben and Gambino 1982). */
function narrowBand(n: number, t: number): number {
  let probability = 1;
  for (let i = 1; i <= n && probability > 0; i += 1) probability *= (i / n) * (2 * t - 1);
  return probability;
}

/**
 * P(D+ >= d), one-sided: d times the sum over j <= n (1 - d) of C(n, j) (d + j / n)^(j - 1) (1 - d - j / n)^(n - j) (Birnbaum and Tingey
 * 1951), whose terms are binomial probabilities over d + j / n. Costs n terms.
 */
export function smirnovTail(n: number, d: number): number {
  if (n > MOST_SUMMED) return Math.exp(-((6 * n * d + 1) ** 2) / 18 / n);
  const excess = n * d;
  let sum = (1 - d) ** n / d;
  for (let j = 1; j < n - excess; j += 1) sum += binomial(j, n, excess) / (d + j / n);
  return Math.min(1, d * sum);
}
