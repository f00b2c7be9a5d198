// Rows of the log as roll-ups need them: of several versions, labels and minutes, the same for the same seed.
import type { LoggedPrediction } from '../../src/prediction/logged-prediction.entity.ts';
import { Random } from '../../src/statistics/random.ts';
import { logRow } from '../contract/prediction-writer.contract.ts';

export interface RollupRowOptions {
  /** Epoch milliseconds of the first, and how long they take in all. */
  readonly from: number;
  readonly withinMs: number;
  readonly seed?: number;
}

/** In the order of time, as a writer gets them. */
export function rollupRows(count: number, options: RollupRowOptions): LoggedPrediction[] {
  const { from, withinMs, seed = 1 } = options;
  const random = Random.of(seed);
  const uniform = (): number => random.next() / 2 ** 32;
  return Array.from({ length: count }, (_, i) => {
    // The bounds of the score bins, and the threshold, among others.
    const probability = uniform() < 0.2 ? random.nextInt(21) / 20 : Math.fround(uniform());
    return logRow({
      createdAt: from + Math.floor((i / count) * withinMs),
      modelVersion: String(1 + random.nextInt(2)),
      probability,
      label: probability >= 0.35 ? 'bad' : 'good',
      threshold: 0.35,
      warnings: uniform() < 0.1 ? '[{"feature":"age","code":"above"}]' : '[]',
      durationMs: 0.1 + uniform() ** -0.5,
      cpuPercent: 100 * uniform(),
      memoryBytes: 100_000_000 + random.nextInt(50_000_000),
    });
  });
}
