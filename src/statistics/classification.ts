// The metrics of a binary classifier, by scikit-learn's definitions, shared by training and monitoring. `y` [N] is 1 for the positive class,
// `p` [N] is P(positive). Pure.

/** Labels and probabilities that a metric is not defined for. */
export class MetricError extends Error {
  override readonly name = 'MetricError';
}

export interface ConfusionMatrix {
  readonly tn: number;
  readonly fp: number;
  readonly fn: number;
  readonly tp: number;
}

/** A row is called positive where p >= threshold. */
export function confusionMatrix(
  y: Uint8Array,
  p: Float64Array,
  threshold: number,
): ConfusionMatrix {
  const counts = { tn: 0, fp: 0, fn: 0, tp: 0 };
  y.forEach((label, i) => {
    const called = (p[i] as number) >= threshold;
    if (label === 1) counts[called ? 'tp' : 'fn'] += 1;
    else counts[called ? 'fp' : 'tn'] += 1;
  });
  return counts;
}

export const accuracy = ({ tn, fp, fn, tp }: ConfusionMatrix): number =>
  (tn + tp) / (tn + fp + fn + tp);

/** 0 where nothing was called positive. */
export const precision = ({ fp, tp }: ConfusionMatrix): number => (tp === 0 ? 0 : tp / (tp + fp));

/** 0 where nothing is positive. */
export const recall = ({ fn, tp }: ConfusionMatrix): number => (tp === 0 ? 0 : tp / (tp + fn));

export const f1 = ({ fp, fn, tp }: ConfusionMatrix): number =>
  tp === 0 ? 0 : (2 * tp) / (2 * tp + fp + fn);

/** Rows that share a probability: how many there are of each class. */
export interface Tie {
  readonly probability: number;
  readonly positives: number;
  readonly negatives: number;
}

/** From the largest probability to the smallest. */
export function tiesOf(y: Uint8Array, p: Float64Array): readonly Tie[] {
  const order = Int32Array.from(y.keys()).sort((a, b) => (p[b] as number) - (p[a] as number));
  const ties: { probability: number; positives: number; negatives: number }[] = [];
  let last = NaN;
  for (const row of order) {
    const probability = p[row] as number;
    if (probability !== last) ties.push({ probability, positives: 0, negatives: 0 });
    last = probability;
    const tie = ties.at(-1) as { positives: number; negatives: number };
    tie[y[row] === 1 ? 'positives' : 'negatives'] += 1;
  }
  return ties;
}

function countPositives(y: Uint8Array): number {
  const positives = y.reduce((sum, label) => sum + label, 0);
  if (positives === 0 || positives === y.length)
    throw new MetricError('ranking metrics expect rows of both classes');
  return positives;
}

/** The probability that a positive row ranks above a negative one, ties counted 1/2. */
export function rocAuc(y: Uint8Array, p: Float64Array): number {
  const positives = countPositives(y);
  let above = 0;
  let pairs = 0;
  for (const tie of tiesOf(y, p)) {
    pairs += tie.negatives * (above + tie.positives / 2);
    above += tie.positives;
  }
  return pairs / (positives * (y.length - positives));
}

/** The sum over thresholds of (recall - recall before) * precision. */
export function averagePrecision(y: Uint8Array, p: Float64Array): number {
  const positives = countPositives(y);
  let called = 0;
  let hits = 0;
  let area = 0;
  for (const tie of tiesOf(y, p)) {
    called += tie.positives + tie.negatives;
    hits += tie.positives;
    area += (tie.positives * hits) / called;
  }
  return area / positives;
}

const CLIP = 1e-15;

/** Mean of -log P(the row's class), natural, with probabilities clipped to [1e-15, 1 - 1e-15]. */
export function logLoss(y: Uint8Array, p: Float64Array): number {
  const sum = y.reduce((total, label, i) => {
    const clipped = Math.min(Math.max(p[i] as number, CLIP), 1 - CLIP);
    return total - (label === 1 ? Math.log(clipped) : Math.log1p(-clipped));
  }, 0);
  return sum / y.length;
}

/** Mean of (p - y)^2. */
export function brier(y: Uint8Array, p: Float64Array): number {
  return y.reduce((total, label, i) => total + ((p[i] as number) - label) ** 2, 0) / y.length;
}
