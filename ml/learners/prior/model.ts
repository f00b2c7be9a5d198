// A model that answers the same whatever it is asked: what `prior` and `majority` fit.
import type { Matrix } from '../../numeric/matrix.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { NO_TREES } from '../../trees/tree-ensemble.ts';
import type { AdditiveForm, Model } from '../learner.ts';
import { constantToOnnx } from './to-onnx.ts';

export class ConstantModel implements Model {
  readonly outputs: number;
  readonly diagnostics = Object.freeze({});
  readonly gains = null;
  /** float32, as the exported model answers. */
  readonly #answer: Float32Array;

  /** `answer` [outputs]. */
  constructor(answer: ArrayLike<number>) {
    this.#answer = Float32Array.from(answer);
    this.outputs = answer.length;
  }

  get additive(): AdditiveForm | null {
    if (this.outputs > 1) return null;
    const offset = this.#answer[0] as number;
    return { kind: 'trees', link: 'identity', trees: NO_TREES, scale: 1, offset };
  }

  predictInto(x: Matrix, out: Float64Array): void {
    for (let row = 0; row < x.rows; row++) out.set(this.#answer, row * this.outputs);
  }

  toOnnx(graph: GraphBuilder, input: string): string {
    return constantToOnnx(graph, input, this.#answer);
  }
}
