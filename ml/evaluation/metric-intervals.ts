// How sure the metrics of a model are: an interval for each that has a known one, as scikit-learn's definitions of them go.
import type { MetricInterval } from '../../src/model/report-details.ts';
import { rocAucInterval } from '../../src/statistics/delong.ts';
import { wilson } from '../../src/statistics/fairness.ts';
import { normalQuantile } from '../../src/statistics/normal.ts';
import { brier, confusionMatrix, logLoss } from './metrics.ts';

/** Of the metrics of `evaluate` on the same rows, at 95 %. `y` 0 or 1 and `p` [N], of both classes. */
export function metricIntervals(
  y: Uint8Array,
  p: Float64Array,
  threshold: number,
): Readonly<Record<string, MetricInterval>> {
  const { tn, fp, fn, tp } = confusionMatrix(y, p, threshold);
  const { low, high } = rocAucInterval(y, p);
  return Object.fromEntries(
    Object.entries({
      accuracy: share(tn + tp, y.length),
      precision: share(tp, tp + fp),
      recall: share(tp, tp + fn),
      roc_auc: { low, high, method: 'DeLong' },
      log_loss: ofMean(lossesOf(logLoss, y, p)),
      brier: ofMean(lossesOf(brier, y, p)),
    }).filter((entry): entry is [string, MetricInterval] => entry[1] !== null),
  );
}

function share(hits: number, rows: number): MetricInterval | null {
  const rate = wilson(hits, rows);
  return rate === null ? null : { low: rate.low, high: rate.high, method: 'Wilson' };
}

const lossesOf = (
  loss: (y: Uint8Array, p: Float64Array) => number,
  y: Uint8Array,
  p: Float64Array,
): Float64Array =>
  Float64Array.from(y, (_, row) => loss(y.subarray(row, row + 1), p.subarray(row, row + 1)));

/** By the central limit theorem; a loss is never below 0. */
function ofMean(losses: Float64Array): MetricInterval {
  const rows = losses.length;
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / rows;
  const squares = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0);
  const reach = normalQuantile(0.975) * Math.sqrt(squares / Math.max(1, rows - 1) / rows);
  return { low: Math.max(0, mean - reach), high: mean + reach, method: 'normal, of the mean' };
}
