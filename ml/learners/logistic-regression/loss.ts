// The log loss of a block of rows from their scores, with what its derivatives are made of: binary (one score a row) and multinomial.

/** Safe for every z: exp never overflows to a quotient of infinities. */
export const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** Below this e, log(1 + e) is its series to the fourth power, to 1e-16 relative. */
const SMALL = 2 ** -12;

/** What of a block the loss reads and writes; `at` is its first row. */
export interface LossBlock {
  readonly y: ArrayLike<number>;
  readonly weights: Float64Array | null;
  readonly at: number;
  readonly rows: number;
}

/**
 * Overwrites scores[i] with the derivative of the loss by the score, writes its second derivative into curvatures[at + i], returns the sum of
 * losses. log(1 + exp(m)), m the score against the class, is max(m, 0) + log(1 + exp(-|m|)); the factors 1 + exp(-|m|) <= 2 of a whole block
 * are multiplied before one logarithm is taken, which halves the time.
 */
export function logisticLoss(
  { y, weights, at, rows }: LossBlock,
  scores: Float64Array,
  curvatures: Float64Array,
): number {
  let loss = 0;
  let product = 1;
  for (let i = 0; i < rows; i++) {
    // 1 or -1, and no branch: nobody can predict a label.
    const against = 1 - 2 * (y[at + i] as number);
    const m = against * (scores[i] as number);
    const e = Math.exp(-Math.abs(m));
    const share = 1 / (1 + e);
    const weight = weights === null ? 1 : (weights[at + i] as number);
    loss += weight * Math.max(m, 0);
    if (e < SMALL) loss += weight * (e * (1 - e * (1 / 2 - e * (1 / 3 - e / 4))));
    else if (weights === null) product *= 1 + e;
    // Written so that NaN, which is no smaller than anything, comes through.
    else loss += weight * Math.log1p(e);
    // Not p - 1, which would be 0 for rows that are all but certain.
    const wrong = weight * (m > 0 ? share : e * share);
    scores[i] = against * wrong;
    curvatures[at + i] = weight * e * share * share;
  }
  return loss + Math.log(product);
}

/**
 * The same for several classes: scores[class * stride + i], overwritten with derivatives; probabilities[(at + i) * classes + class] is what
 * the second derivatives are made of. Stable: the largest score of a row is taken off before exp.
 */
export function softmaxLoss(
  { y, weights, at, rows }: LossBlock,
  classes: number,
  scores: Float64Array,
  stride: number,
  probabilities: Float64Array,
): number {
  let loss = 0;
  for (let i = 0; i < rows; i++) {
    let top = 0;
    for (let k = 1; k < classes; k++)
      if ((scores[k * stride + i] as number) > (scores[top * stride + i] as number)) top = k;
    const largest = scores[top * stride + i] as number;
    const label = y[at + i] as number;
    const ofLabel = scores[label * stride + i] as number;
    let rest = 0;
    let others = 0;
    for (let k = 0; k < classes; k++) {
      const e = Math.exp((scores[k * stride + i] as number) - largest);
      scores[k * stride + i] = e;
      if (k !== top) rest += e;
      if (k !== label) others += e;
    }
    const weight = weights === null ? 1 : (weights[at + i] as number);
    loss += weight * (Math.log1p(rest) + (largest - ofLabel));
    const scale = 1 / (1 + rest);
    for (let k = 0; k < classes; k++) {
      const p = scale * (scores[k * stride + i] as number);
      probabilities[(at + i) * classes + k] = p;
      scores[k * stride + i] = weight * (k === label ? -others * scale : p);
    }
  }
  return loss;
}
