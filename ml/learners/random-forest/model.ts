// A fitted random forest: the mean of its trees' leaf values.
import type { Matrix } from '../../numeric/matrix.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { ensembleToOnnx } from '../../trees/ensemble-to-onnx.ts';
import { sumTreesInto, type TreeEnsemble } from '../../trees/tree-ensemble.ts';
import type { AdditiveForm, Model } from '../learner.ts';

const TO_FLOAT = { to: { int: 1 } };
const TO_DOUBLE = { to: { int: 11 } };

export class RandomForestModel implements Model {
  readonly outputs: number;
  readonly diagnostics: Readonly<Record<string, number>>;
  readonly gains: Float64Array;
  readonly #ensemble: TreeEnsemble;
  readonly #share: number;
  readonly #centre: number;

  /** `centre` is what leaf values were taken less of: 0 for classes; `gains` [columns]. */
  constructor(
    ensemble: TreeEnsemble,
    centre: number,
    diagnostics: Readonly<Record<string, number>>,
    gains: Float64Array,
  ) {
    this.outputs = ensemble.outputs;
    this.diagnostics = Object.freeze({ ...diagnostics });
    this.gains = gains;
    this.#ensemble = ensemble;
    this.#share = 1 / ensemble.roots.length;
    this.#centre = centre;
  }

  get additive(): AdditiveForm | null {
    if (this.outputs > 1) return null;
    const scale = this.#share;
    const offset = (this.#ensemble.base[0] as number) * scale + this.#centre;
    return { kind: 'trees', link: 'identity', trees: this.#ensemble, scale, offset };
  }

  /** `x` holds float32 values. */
  predictInto(x: Matrix, out: Float64Array): void {
    sumTreesInto(this.#ensemble, x, out);
    for (let i = 0; i < x.rows * this.outputs; i++)
      out[i] = (out[i] as number) * this.#share + this.#centre;
  }

  /** The mean is taken in float64, as here. */
  toOnnx(graph: GraphBuilder, input: string): string {
    const scalar = (value: number): string => graph.double(Float64Array.of(value), [1, 1]);
    const sums = ensembleToOnnx(graph, input, this.#ensemble);
    const wide = graph.node('Cast', [sums], TO_DOUBLE);
    const mean = graph.node('Mul', [wide, scalar(this.#share)]);
    const shifted = this.#centre === 0 ? mean : graph.node('Add', [mean, scalar(this.#centre)]);
    return graph.node('Cast', [shifted], TO_FLOAT);
  }
}
