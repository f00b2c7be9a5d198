// How well probabilities agree with what happened: the rows in bins of equal count, from the lowest probability to the highest. Pure.
import type { LabelledScores } from './cbpe.ts';
import { wilson, type Rate } from './fairness.ts';

export interface CalibrationBin {
  /** Lowest and highest probability in the bin. */
  readonly low: number;
  readonly high: number;
  readonly mean_probability: number;
  /** Share of rows with the positive label. */
  readonly observed: Rate;
}

export interface Calibration {
  /** Mean of |observed - mean probability| over the rows (ECE); null where there are none. */
  readonly expected_calibration_error: number | null;
  readonly bins: readonly CalibrationBin[];
}

const BINS = 10;

/** As equal as whole rows allow; fewer bins where there are fewer rows. */
export function calibrationOf({ y, p }: LabelledScores, most = BINS): Calibration {
  const order = Int32Array.from(y.keys()).sort((a, b) => (p[a] as number) - (p[b] as number));
  const count = Math.min(most, order.length);
  const bins = Array.from({ length: count }, (_, bin) =>
    binOf(
      order.subarray(
        Math.floor((bin * order.length) / count),
        Math.floor(((bin + 1) * order.length) / count),
      ),
      { y, p },
    ),
  );
  const error = bins.reduce(
    (sum, { observed, mean_probability }) =>
      sum + observed.n * Math.abs(observed.value - mean_probability),
    0,
  );
  return { expected_calibration_error: count === 0 ? null : error / order.length, bins };
}

/** Of at least one row. */
function binOf(rows: Int32Array, { y, p }: LabelledScores): CalibrationBin {
  const probabilities = Float64Array.from(rows, (row) => p[row] as number);
  const positives = rows.reduce((sum, row) => sum + (y[row] as number), 0);
  return {
    low: probabilities[0] as number,
    high: probabilities.at(-1) as number,
    mean_probability: probabilities.reduce((sum, value) => sum + value, 0) / rows.length,
    observed: wilson(positives, rows.length) as Rate,
  };
}
