// Figures of a held-out part as SVG files, which MLflow's pages and every browser show: ROC, precision-recall and calibration curve.
// `y` [N] is 1 for the positive class, `p` [N] is P(positive).
import {
  precisionRecallOf,
  rocOf,
  thresholdSteps,
  type ThresholdStep,
} from '../../src/statistics/threshold-curves.ts';

export type Point = readonly [x: number, y: number];

export interface Figure {
  readonly file: string;
  readonly svg: string;
}

interface Plot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly points: readonly Point[];
  /** The line of a model that knows nothing, or of one that is perfectly calibrated; absent where there is none. */
  readonly reference?: readonly [Point, Point];
  readonly markers?: boolean;
}

/** (false positive rate, true positive rate) at every threshold, from (0, 0) to (1, 1). */
export const rocCurve = (y: ArrayLike<number>, p: ArrayLike<number>): readonly Point[] =>
  rocOf(stepsOf(y, p)).map(({ fpr, tpr }) => [fpr, tpr]);

/** (recall, precision) at every threshold that calls a row positive. */
export const precisionRecallCurve = (
  y: ArrayLike<number>,
  p: ArrayLike<number>,
): readonly Point[] =>
  precisionRecallOf(stepsOf(y, p)).map(({ recall, precision }) => [recall, precision]);

const stepsOf = (y: ArrayLike<number>, p: ArrayLike<number>): readonly ThresholdStep[] =>
  thresholdSteps(Uint8Array.from(y), Float64Array.from(p));

/**
 * (mean probability, share of positives) of the rows in each of `bins` equal ranges of probability; ranges whose rows weigh nothing are left
 * out. `weights` [N]; null: all rows weigh 1.
 */
export function calibrationCurve(
  y: ArrayLike<number>,
  p: ArrayLike<number>,
  weights: ArrayLike<number> | null = null,
  bins = 10,
): readonly Point[] {
  const sums = Array.from({ length: bins }, () => ({ weight: 0, probability: 0, positives: 0 }));
  for (let row = 0; row < y.length; row += 1) {
    const probability = p[row] ?? 0;
    const bin = sums[Math.min(bins - 1, Math.floor(probability * bins))];
    if (bin === undefined) continue;
    const weight = weights?.[row] ?? 1;
    bin.weight += weight;
    bin.probability += weight * probability;
    bin.positives += weight * (y[row] ?? 0);
  }
  return sums
    .filter(({ weight }) => weight > 0)
    .map(({ weight, probability, positives }) => [probability / weight, positives / weight]);
}

/** The three figures of an evaluation. */
export function evaluationFigures(y: ArrayLike<number>, p: ArrayLike<number>): readonly Figure[] {
  const rows = `${y.length} held-out rows`;
  return [
    {
      file: 'roc.svg',
      svg: draw({
        title: `ROC curve, ${rows}`,
        x: 'false positive rate',
        y: 'true positive rate',
        points: rocCurve(y, p),
        reference: DIAGONAL,
      }),
    },
    {
      file: 'precision-recall.svg',
      svg: draw({
        title: `Precision and recall, ${rows}`,
        x: 'recall',
        y: 'precision',
        points: precisionRecallCurve(y, p),
      }),
    },
    {
      file: 'calibration.svg',
      svg: draw({
        title: `Calibration, ${rows}`,
        x: 'mean probability',
        y: 'share of positives',
        points: calibrationCurve(y, p),
        reference: DIAGONAL,
        markers: true,
      }),
    },
  ];
}

const DIAGONAL: readonly [Point, Point] = [
  [0, 0],
  [1, 1],
];
const SIZE = 360;
const MARGIN = 56;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

const px = (x: number): string => (MARGIN + x * SIZE).toFixed(1);
const py = (y: number): string => (MARGIN + (1 - y) * SIZE).toFixed(1);
const path = (points: readonly Point[]): string =>
  points.map(([x, y]) => `${px(x)},${py(y)}`).join(' ');

/** Both axes go from 0 to 1. */
function draw({ title, x, y, points, reference, markers = false }: Plot): string {
  const edge = SIZE + 2 * MARGIN;
  const middle = edge / 2;
  const ticks = TICKS.map(
    (t) =>
      `<path d="M${px(t)} ${py(0)}V${py(1)}M${px(0)} ${py(t)}H${px(1)}" stroke="#ddd"/>` +
      `<text x="${px(t)}" y="${edge - MARGIN + 18}" text-anchor="middle">${t}</text>` +
      `<text x="${MARGIN - 8}" y="${py(t)}" text-anchor="end" dominant-baseline="middle">${t}</text>`,
  );
  const dots = markers
    ? points.map(([a, b]) => `<circle cx="${px(a)}" cy="${py(b)}" r="4" fill="#1f5fa8"/>`)
    : [];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${edge}" height="${edge}" viewBox="0 0 ${edge} ${edge}" font-family="sans-serif" font-size="12" role="img" aria-label="${title}">`,
    `<rect width="${edge}" height="${edge}" fill="#fff"/>`,
    ...ticks,
    reference === undefined
      ? ''
      : `<polyline points="${path(reference)}" fill="none" stroke="#999" stroke-dasharray="4 4"/>`,
    `<polyline points="${path(points)}" fill="none" stroke="#1f5fa8" stroke-width="2"/>`,
    ...dots,
    `<text x="${middle}" y="28" text-anchor="middle" font-size="15">${title}</text>`,
    `<text x="${middle}" y="${edge - 14}" text-anchor="middle">${x}</text>`,
    `<text transform="translate(16 ${middle}) rotate(-90)" text-anchor="middle">${y}</text>`,
    '</svg>\n',
  ].join('\n');
}
