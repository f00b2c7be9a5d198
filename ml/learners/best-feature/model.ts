// A fitted single best feature: a column, its bins, and what each of them answers.
import type { Matrix } from '../../numeric/matrix.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { AdditiveForm, Model } from '../learner.ts';
import { binOf } from './bin-sums.ts';
import { binsToOnnx, treeOf, type Bins } from './to-onnx.ts';

export class BestFeatureModel implements Model {
  readonly outputs: number;
  /** The number of the column. */
  readonly diagnostics: Readonly<Record<'column', number>>;
  readonly gains = null;
  readonly #uppers: Float32Array;
  /** float32, as the exported model answers. */
  readonly #values: Float32Array;

  /** `uppers` as in BinSums; `values` [bins + 1, outputs], the last of them for missing values. */
  constructor(
    readonly column: number,
    uppers: Float32Array,
    values: Float64Array,
    outputs: number,
  ) {
    this.outputs = outputs;
    this.diagnostics = Object.freeze({ column });
    this.#uppers = uppers;
    this.#values = Float32Array.from(values);
  }

  get additive(): AdditiveForm | null {
    if (this.outputs > 1) return null;
    return { kind: 'trees', link: 'identity', trees: treeOf(this.#bins), scale: 1, offset: 0 };
  }

  predictInto({ data, rows, columns }: Matrix, out: Float64Array): void {
    const { outputs } = this;
    for (let row = 0; row < rows; row++) {
      const value = data[row * columns + this.column] as number;
      const bin = Number.isNaN(value) ? this.#uppers.length : binOf(this.#uppers, value);
      for (let k = 0; k < outputs; k++)
        out[row * outputs + k] = this.#values[bin * outputs + k] as number;
    }
  }

  toOnnx(graph: GraphBuilder, input: string): string {
    return binsToOnnx(graph, input, this.#bins);
  }

  get #bins(): Bins {
    const { column, outputs } = this;
    return { column, uppers: this.#uppers, values: this.#values, outputs };
  }
}
