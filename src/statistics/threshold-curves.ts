// What a binary classifier does at every threshold that tells its rows apart: the curves drawn of it, and those curves in fewer points.
// `y` [N] is 1 for the positive class, `p` [N] is P(positive). Pure.
import { tiesOf } from './classification.ts';

/** Rows called positive where p >= threshold. */
export interface ThresholdStep {
  /** null: no row is. */
  readonly threshold: number | null;
  readonly tp: number;
  readonly fp: number;
}

export interface RocPoint {
  readonly fpr: number;
  readonly tpr: number;
  readonly threshold: number | null;
}

export interface PrecisionRecallPoint {
  readonly recall: number;
  readonly precision: number;
  readonly threshold: number;
}

/** One for each distinct probability, from the strictest to the laxest, after the one that calls no row positive. */
export function thresholdSteps(y: Uint8Array, p: Float64Array): readonly ThresholdStep[] {
  const steps: ThresholdStep[] = [{ threshold: null, tp: 0, fp: 0 }];
  let [tp, fp] = [0, 0];
  for (const { probability, positives, negatives } of tiesOf(y, p)) {
    tp += positives;
    fp += negatives;
    steps.push({ threshold: probability, tp, fp });
  }
  return steps;
}

/** From (0, 0) to (1, 1). Of rows of both classes. */
export function rocOf(steps: readonly ThresholdStep[]): readonly RocPoint[] {
  const { tp: positives, fp: negatives } = lastOf(steps);
  return steps.map(({ threshold, tp, fp }) => ({
    fpr: fp / negatives,
    tpr: tp / positives,
    threshold,
  }));
}

/** Of thresholds that call a row positive. Of rows of both classes. */
export function precisionRecallOf(
  steps: readonly ThresholdStep[],
): readonly PrecisionRecallPoint[] {
  const { tp: positives } = lastOf(steps);
  return steps.flatMap(({ threshold, tp, fp }) =>
    threshold === null ? [] : [{ recall: tp / positives, precision: tp / (tp + fp), threshold }],
  );
}

const lastOf = (steps: readonly ThresholdStep[]): ThresholdStep =>
  steps.at(-1) ?? { threshold: null, tp: 0, fp: 0 };

/** Points that belong between two that are kept. */
interface Span {
  readonly from: number;
  readonly to: number;
  /** The one farthest from the line between both, and twice the area of the triangle that the three make. */
  readonly farthest: number;
  readonly area: number;
}

/**
 * At most `most` points of a line, its ends among them: again and again the point is added whose triangle with its neighbours among those
 * kept is largest (Douglas and Peucker 1973, by area, to a number of points). Points on the line between two others add nothing, and are
 * left out.
 */
export function thinned<T>(
  points: readonly T[],
  at: (point: T) => readonly [x: number, y: number],
  most: number,
): readonly T[] {
  if (points.length < 3) return points;
  const places = points.map(at);
  const spans = [spanOf(places, 0, points.length - 1)];
  while (spans.length + 1 < most) {
    const largest = spans.reduce(
      (best, { area }, i) => (area > (spans[best]?.area ?? 0) ? i : best),
      0,
    );
    const { from, to, farthest, area } = spans[largest] as Span;
    if (area === 0) break;
    spans.splice(largest, 1, spanOf(places, from, farthest), spanOf(places, farthest, to));
  }
  return [...spans.map(({ from }) => points[from] as T), points.at(-1) as T];
}

function spanOf(places: readonly (readonly [number, number])[], from: number, to: number): Span {
  const [x0, y0] = places[from] as readonly [number, number];
  const [x1, y1] = places[to] as readonly [number, number];
  let [farthest, area] = [from, 0];
  for (let i = from + 1; i < to; i += 1) {
    const [x, y] = places[i] as readonly [number, number];
    const twice = Math.abs((x1 - x0) * (y - y0) - (x - x0) * (y1 - y0));
    if (twice > area && twice > ROUNDING) [farthest, area] = [i, twice];
  }
  return { from, to, farthest, area };
}

/** Areas below are those of points on one line, rounded. */
const ROUNDING = 1e-12;
