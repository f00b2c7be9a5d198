// Boosted trees as they predict: sums of leaf values, and the link from a sum to a probability or a value.
import type { Matrix } from '../../numeric/matrix.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { ensembleToOnnx } from '../../trees/ensemble-to-onnx.ts';
import { sumTreesInto, type TreeEnsemble } from '../../trees/tree-ensemble.ts';
import type { AdditiveForm, Model } from '../learner.ts';
import type { Link } from './losses.ts';

const FLOAT = { int: 1 };
const DOUBLE = { int: 11 };

export class GradientBoostingModel implements Model {
  readonly outputs: number;
  readonly diagnostics: Readonly<Record<string, number>>;
  readonly gains: Float64Array;
  readonly #ensemble: TreeEnsemble;
  readonly #link: Link;

  /** `gains` [columns]. */
  constructor(
    ensemble: TreeEnsemble,
    link: Link,
    diagnostics: Readonly<Record<string, number>>,
    gains: Float64Array,
  ) {
    this.outputs = ensemble.outputs;
    this.diagnostics = Object.freeze({ ...diagnostics });
    this.gains = gains;
    this.#ensemble = ensemble;
    this.#link = link;
  }

  get additive(): AdditiveForm | null {
    const link = this.#link;
    if (this.outputs > 1 || (link !== 'sigmoid' && link !== 'identity')) return null;
    const offset = this.#ensemble.base[0] as number;
    return { kind: 'trees', link, trees: this.#ensemble, scale: 1, offset };
  }

  predictInto(x: Matrix, out: Float64Array): void {
    sumTreesInto(this.#ensemble, x, out);
    applyLink(this.#link, out, x.rows * this.outputs, this.outputs);
  }

  /** Sums are float32, exact; the link is taken in double and rounded once. */
  toOnnx(graph: GraphBuilder, input: string): string {
    const sums = ensembleToOnnx(graph, input, this.#ensemble);
    if (this.#link === 'identity') return sums;
    const scores = graph.node('Cast', [sums], { to: DOUBLE });
    return graph.node('Cast', [linkNode(graph, this.#link, scores)], { to: FLOAT });
  }
}

function applyLink(link: Link, out: Float64Array, length: number, outputs: number): void {
  switch (link) {
    case 'identity':
      return;
    case 'sigmoid':
      for (let i = 0; i < length; i++) out[i] = 1 / (1 + Math.exp(-(out[i] as number)));
      return;
    case 'exp':
      for (let i = 0; i < length; i++) out[i] = Math.exp(out[i] as number);
      return;
    case 'softmax':
      for (let at = 0; at < length; at += outputs) softmax(out.subarray(at, at + outputs));
  }
}

function softmax(scores: Float64Array): void {
  const highest = scores.reduce((most, score) => Math.max(most, score), -Infinity);
  let sum = 0;
  for (let k = 0; k < scores.length; k++)
    sum += scores[k] = Math.exp((scores[k] as number) - highest);
  for (let k = 0; k < scores.length; k++) scores[k] = (scores[k] as number) / sum;
}

function linkNode(graph: GraphBuilder, link: Exclude<Link, 'identity'>, scores: string): string {
  switch (link) {
    case 'sigmoid':
      return graph.node('Sigmoid', [scores]);
    case 'exp':
      return graph.node('Exp', [scores]);
    case 'softmax':
      return graph.node('Softmax', [scores], { axis: { int: 1 } });
  }
}
