// A fitted logistic regression.
import type { Matrix } from '../../numeric/matrix.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { Model } from '../learner.ts';
import { linearScore, sigmoid } from './objective.ts';
import { logisticRegressionToOnnx } from './to-onnx.ts';

export class LogisticRegressionModel implements Model {
  readonly outputs = 1;
  readonly diagnostics = Object.freeze({});
  readonly #weights: Float64Array;

  /** `weights`: the coefficient of each column, then the intercept. */
  constructor(weights: Float64Array) {
    this.#weights = weights.slice();
  }

  get coefficients(): Float64Array {
    return this.#weights.slice(0, -1);
  }

  get intercept(): number {
    return this.#weights.at(-1) as number;
  }

  predictInto(x: Matrix, out: Float64Array): void {
    for (let row = 0; row < x.rows; row++) out[row] = sigmoid(linearScore(x, row, this.#weights));
  }

  toOnnx(graph: GraphBuilder, input: string): string {
    return logisticRegressionToOnnx(graph, input, this.coefficients, this.intercept);
  }
}
