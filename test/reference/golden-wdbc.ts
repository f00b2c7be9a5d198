// The reference figures of wdbc alone.
import { loadGolden as loadAll, type GoldenOptimum, type GoldenResult } from '../support/golden.ts';

export { digestOf, goldenFolds } from '../support/golden.ts';

interface GoldenWdbc {
  readonly folds: { readonly sha256: string };
  readonly lr: readonly GoldenOptimum[];
  readonly results: Readonly<Record<string, GoldenResult>>;
}

export function loadGolden(): GoldenWdbc {
  const { folds, lr, results } = loadAll();
  return { folds: folds.wdbc, lr: lr.wdbc, results };
}
