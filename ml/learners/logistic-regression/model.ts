// A fitted logistic regression.
import type { Matrix } from '../../numeric/matrix.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { AdditiveForm, Model } from '../learner.ts';
import { BLOCK, scoreInto } from './blocks.ts';
import { sigmoid } from './loss.ts';
import { logisticRegressionToOnnx } from './to-onnx.ts';

export class LogisticRegressionModel implements Model {
  readonly outputs: number;
  readonly diagnostics: Readonly<Record<string, number>>;
  readonly gains = null;
  readonly #weights: Float64Array;

  /** `weights` [outputs, columns + 1]: for each output the coefficient of each column, then the intercept. */
  constructor(
    weights: Float64Array,
    outputs: number,
    diagnostics: Readonly<Record<string, number>> = {},
  ) {
    this.#weights = weights.slice();
    this.outputs = outputs;
    this.diagnostics = Object.freeze({ ...diagnostics });
  }

  /** [outputs, columns] */
  get coefficients(): Float64Array {
    const stride = this.#stride;
    return this.#weights.filter((_, at) => at % stride !== stride - 1);
  }

  /** [outputs] */
  get intercepts(): Float64Array {
    const stride = this.#stride;
    return this.#weights.filter((_, at) => at % stride === stride - 1);
  }

  /** The intercept of a binary model; of several classes, the first one's. */
  get intercept(): number {
    return this.intercepts[0] as number;
  }

  get additive(): AdditiveForm | null {
    if (this.outputs > 1) return null;
    const { coefficients, intercept } = this;
    return { kind: 'linear', link: 'sigmoid', coefficients, intercept };
  }

  predictInto(x: Matrix, out: Float64Array): void {
    const { outputs } = this;
    const scores = new Float64Array(BLOCK * outputs);
    for (let from = 0; from < x.rows; from += BLOCK) {
      const rows = Math.min(BLOCK, x.rows - from);
      const block = { x: x.data, columns: x.columns, from, rows };
      for (let k = 0; k < outputs; k++)
        scoreInto(block, this.#weights, k * this.#stride, scores, k * BLOCK);
      for (let i = 0; i < rows; i++)
        if (outputs === 1) out[from + i] = sigmoid(scores[i] as number);
        else softmaxInto(scores, i, out, (from + i) * outputs, outputs);
    }
  }

  toOnnx(graph: GraphBuilder, input: string): string {
    return logisticRegressionToOnnx(graph, input, this.coefficients, this.intercepts);
  }

  get #stride(): number {
    return this.#weights.length / this.outputs;
  }
}

/** The row's largest score is taken off before exp, so that none overflows. */
function softmaxInto(
  scores: Float64Array,
  row: number,
  out: Float64Array,
  to: number,
  classes: number,
): void {
  let largest = -Infinity;
  for (let k = 0; k < classes; k++) largest = Math.max(largest, scores[k * BLOCK + row] as number);
  let sum = 0;
  for (let k = 0; k < classes; k++) {
    const e = Math.exp((scores[k * BLOCK + row] as number) - largest);
    out[to + k] = e;
    sum += e;
  }
  for (let k = 0; k < classes; k++) out[to + k] = (out[to + k] as number) / sum;
}
