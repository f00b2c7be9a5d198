// A fitted random forest: the mean of its trees' leaf probabilities.
import type { Matrix } from '../../numeric/matrix.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { Model } from '../learner.ts';
import type { FlatForest } from './flat-forest.ts';
import { randomForestToOnnx } from './to-onnx.ts';

export class RandomForestModel implements Model {
  readonly outputs = 1;
  readonly diagnostics = Object.freeze({});
  readonly #forest: FlatForest;

  constructor(forest: FlatForest) {
    this.#forest = forest;
  }

  /** `x` holds finite float32 values. */
  predictInto(x: Matrix, out: Float64Array): void {
    const { roots, columns, thresholds, rights, leaves } = this.#forest;
    const share = 1 / roots.length;
    for (let row = 0; row < x.rows; row++) {
      const offset = row * x.columns;
      let sum = 0;
      for (const root of roots) {
        let node = root;
        let column = columns[node] as number;
        while (column >= 0) {
          const left = (x.data[offset + column] as number) <= (thresholds[node] as number);
          node = left ? node + 1 : (rights[node] as number);
          column = columns[node] as number;
        }
        sum += leaves[node] as number;
      }
      out[row] = sum * share;
    }
  }

  toOnnx(graph: GraphBuilder, input: string): string {
    return randomForestToOnnx(graph, input, this.#forest);
  }
}
