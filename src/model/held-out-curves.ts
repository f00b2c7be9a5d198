// What a model did on rows that it had not seen, for drawing: its curves, its calibration, its mistakes at every threshold. Pure.
import {
  averagePrecision,
  confusionMatrix,
  rocAuc,
  type ConfusionMatrix,
} from '../statistics/classification.ts';
import { calibrationOf, type Calibration } from '../statistics/calibration-bins.ts';
import type { LabelledScores } from '../statistics/cbpe.ts';
import {
  precisionRecallOf,
  rocOf,
  thinned,
  thresholdSteps,
  type PrecisionRecallPoint,
  type RocPoint,
} from '../statistics/threshold-curves.ts';

export interface HeldOutCurves {
  /** Rows behind them. */
  readonly rows: number;
  readonly positives: number;
  /** Both null where the rows are of one class; their areas are of all rows, also where there are fewer points. */
  readonly roc: { readonly auc: number; readonly points: readonly RocPoint[] } | null;
  readonly precision_recall: {
    readonly average_precision: number;
    readonly points: readonly PrecisionRecallPoint[];
  } | null;
  readonly calibration: Calibration;
  /** At 0, 0.01, ..., 1. */
  readonly thresholds: readonly (ConfusionMatrix & { readonly threshold: number })[];
  /** Rows of each class in 20 bins of equal width over [0, 1]; the last bin includes 1. */
  readonly scores: {
    readonly edges: readonly number[];
    readonly positive: readonly number[];
    readonly negative: readonly number[];
  };
}

/** A line of so many points is as good as the whole: its area differs by less than a thousandth. */
const MOST_POINTS = 200;
const GRID = 100;
const BINS = 20;

export function heldOutCurves(scored: LabelledScores): HeldOutCurves {
  const { y, p } = scored;
  const positives = y.reduce((sum, label) => sum + label, 0);
  const oneClass = positives === 0 || positives === y.length;
  return {
    rows: y.length,
    positives,
    ...(oneClass ? { roc: null, precision_recall: null } : rankingOf(scored)),
    calibration: calibrationOf(scored),
    thresholds: Array.from({ length: GRID + 1 }, (_, i) => ({
      threshold: i / GRID,
      ...confusionMatrix(y, p, i / GRID),
    })),
    scores: histogramOf(scored),
  };
}

function rankingOf({ y, p }: LabelledScores): Pick<HeldOutCurves, 'roc' | 'precision_recall'> {
  const steps = thresholdSteps(y, p);
  return {
    roc: {
      auc: rocAuc(y, p),
      points: thinned(rocOf(steps), ({ fpr, tpr }) => [fpr, tpr], MOST_POINTS),
    },
    precision_recall: {
      average_precision: averagePrecision(y, p),
      points: thinned(
        precisionRecallOf(steps),
        ({ recall, precision }) => [recall, precision],
        MOST_POINTS,
      ),
    },
  };
}

function histogramOf({ y, p }: LabelledScores): HeldOutCurves['scores'] {
  const none = (): number[] => new Array<number>(BINS).fill(0);
  const [positive, negative] = [none(), none()];
  p.forEach((probability, row) => {
    const bin = Math.min(BINS - 1, Math.floor(probability * BINS));
    const counts = y[row] === 1 ? positive : negative;
    counts[bin] = (counts[bin] ?? 0) + 1;
  });
  return { edges: Array.from({ length: BINS + 1 }, (_, i) => i / BINS), positive, negative };
}
