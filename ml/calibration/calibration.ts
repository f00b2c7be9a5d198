// Calibration of P(positive): none, Platt's curve or an isotonic one, whichever has the lowest cross-validated log loss on scores that a
// model gave to rows that it was not fitted on. A calibration is plain JSON.
import { calibrationCurve, type Point } from '../evaluation/figures.ts';
import { logLoss } from '../evaluation/metrics.ts';
import { checkScores, float32Scores } from '../evaluation/scores.ts';
import { CalibrationError } from './class-totals.ts';
import { fitIsotonic, interpolate, type IsotonicCurve } from './isotonic.ts';
import { fitPlatt, plattProbability, type PlattCurve } from './platt.ts';

export { CalibrationError } from './class-totals.ts';

export type Calibration =
  | { readonly kind: 'none' }
  | ({ readonly kind: 'platt' } & PlattCurve)
  | ({ readonly kind: 'isotonic' } & IsotonicCurve);

export interface CalibrationChoice {
  /** Fitted on all the rows. */
  readonly calibration: Calibration;
  /**
   * Cross-validated log loss by kind, weighted: each row is scored by a curve fitted on the other folds. null: some folds give no curve,
   * for want of rows that weigh anything, or because Platt's slope is not positive and would turn the order of the scores round.
   */
  readonly log_loss: {
    readonly none: number;
    readonly platt: number | null;
    readonly isotonic: number | null;
  };
  /**
   * (mean probability, share of positives), weighted, of the rows in each range of scores: as they came, and under the kind of curve that is
   * kept, each row by the curve of the other folds; by its own an isotonic curve looks perfect whatever it is worth. Alike where none is kept.
   */
  readonly curves: { readonly before: readonly Point[]; readonly after: readonly Point[] };
}

const NONE: Calibration = Object.freeze({ kind: 'none' });

/**
 * `y` [N] 0 or 1, `p` [N] out-of-fold P(positive), `weights` [N] or null, `folds` [N] the fold of each row, by which the curves are compared;
 * the folds that the scores come from will do. A curve is kept only where it lowers the log loss; of equals the simpler one. Throws
 * MetricError for rows that do not belong together, CalibrationError for fewer than two folds.
 */
export function fitCalibration(
  y: Uint8Array,
  p: Float64Array,
  weights: Float64Array | null,
  folds: Uint8Array,
): CalibrationChoice {
  checkScores(y, p, weights);
  if (folds.length !== y.length || new Set(folds).size < 2)
    throw new CalibrationError('expected the fold of each row, at least two folds');
  const scores = float32Scores(p);
  const all = { y, p: scores, weights };
  const none: Compared = { corrected: p, log_loss: weightedLogLoss(y, p, weights) };
  const platt = crossValidate(plattOf, all, folds);
  const isotonic = crossValidate(isotonicOf, all, folds);
  let [calibration, kept] = [NONE, none];
  const curve = platt !== null && platt.log_loss < kept.log_loss ? plattOf(all) : null;
  if (platt !== null && curve !== null) [calibration, kept] = [curve, platt];
  if (isotonic !== null && isotonic.log_loss < kept.log_loss)
    [calibration, kept] = [isotonicOf(all), isotonic];
  return Object.freeze({
    calibration,
    log_loss: Object.freeze({
      none: none.log_loss,
      platt: platt?.log_loss ?? null,
      isotonic: isotonic?.log_loss ?? null,
    }),
    curves: Object.freeze({
      before: calibrationCurve(y, p, weights),
      after: calibrationCurve(y, kept.corrected, weights),
    }),
  });
}

/** A kind of curve on rows that it was not fitted on. */
interface Compared {
  readonly corrected: Float64Array;
  readonly log_loss: number;
}

interface ScoredRows {
  readonly y: Uint8Array;
  /** Float32 values. */
  readonly p: Float64Array;
  readonly weights: Float64Array | null;
}

/** null where the slope is not positive. */
function plattOf({ y, p, weights }: ScoredRows): Calibration | null {
  const curve = fitPlatt(y, p, weights);
  return curve.slope > 0 ? Object.freeze({ kind: 'platt', ...curve }) : null;
}

const isotonicOf = ({ y, p, weights }: ScoredRows): Calibration =>
  Object.freeze({ kind: 'isotonic', ...fitIsotonic(y, p, weights) });

/** All rows, each under the curve of the other folds; null where a fold has none. */
function crossValidate(
  fit: (rows: ScoredRows) => Calibration | null,
  rows: ScoredRows,
  folds: Uint8Array,
): Compared | null {
  const corrected = rows.p.slice();
  for (const fold of new Set(folds)) {
    const others = takeScored(rows, (row) => folds[row] !== fold);
    if (others.weights !== null && !others.weights.some((weight) => weight > 0)) return null;
    const calibration = fit(others);
    if (calibration === null) return null;
    folds.forEach((of, row) => {
      if (of === fold) corrected[row] = probabilityOf(calibration, rows.p[row] as number);
    });
  }
  return { corrected, log_loss: weightedLogLoss(rows.y, corrected, rows.weights) };
}

function takeScored({ y, p, weights }: ScoredRows, takes: (row: number) => boolean): ScoredRows {
  return {
    y: y.filter((_, row) => takes(row)),
    p: p.filter((_, row) => takes(row)),
    weights: weights === null ? null : weights.filter((_, row) => takes(row)),
  };
}

/** logLoss of metrics.ts, its rows weighted; null: all weigh 1. */
export function weightedLogLoss(
  y: Uint8Array,
  p: Float64Array,
  weights: Float64Array | null,
): number {
  if (weights === null) return logLoss(y, p);
  let [sum, total] = [0, 0];
  weights.forEach((weight, row) => {
    sum += weight * logLoss(y.subarray(row, row + 1), p.subarray(row, row + 1));
    total += weight;
  });
  return sum / total;
}

/**
 * Replaces scores `p` [N] by calibrated probabilities, between 0 and 1, both excluded, unless the calibration is none. A score is rounded
 * to float32 first: that is what the graph is given.
 */
export function applyInto(calibration: Calibration, p: Float64Array): void {
  if (calibration.kind === 'none') return;
  for (let row = 0; row < p.length; row++)
    p[row] = probabilityOf(calibration, Math.fround(p[row] as number));
}

function probabilityOf(calibration: Calibration, score: number): number {
  switch (calibration.kind) {
    case 'none':
      return score;
    case 'platt':
      return plattProbability(calibration, score);
    case 'isotonic':
      return interpolate(calibration, score);
  }
}
