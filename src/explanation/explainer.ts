// Explains rows of one model: exact additive contributions to its margin, per raw feature.
import type { AdditiveModel, Contributions, ExplanationMethod } from './additive-model.ts';
import { BLOCK, type ColumnContributions } from './column-contributions.ts';
import { linearContributions } from './linear-contributions.ts';
import { shareInto, sharingOf, type Sharing } from './sharing.ts';
import { TABLE_BYTES } from './table-plan.ts';
import { treeContributions } from './tree-contributions.ts';

export class Explainer {
  readonly method: ExplanationMethod;
  /** Raw features, the width of `Contributions.values`. */
  readonly features: number;
  readonly #contributions: ColumnContributions;
  readonly #designColumns: number;
  readonly #sharing: Sharing;
  readonly #sums: Float64Array;

  private constructor(
    { sources }: AdditiveModel,
    method: ExplanationMethod,
    contributions: ColumnContributions,
  ) {
    this.method = method;
    this.#contributions = contributions;
    this.#designColumns = sources.length;
    this.#sharing = sharingOf(sources);
    this.features = this.#sharing.features;
    this.#sums = new Float64Array(BLOCK * sources.length);
  }

  /** The margin of the background. */
  get base(): number {
    return this.#contributions.base;
  }

  /**
   * Linear models are explained by `linear`, trees by `tree_interventional` unless told otherwise. Throws a RangeError where the model's parts
   * do not fit each other or the method. `tableBytes` bounds what tables may take; leaves beyond it cost time instead.
   */
  static of(
    model: AdditiveModel,
    method: ExplanationMethod = defaultMethod(model),
    tableBytes = TABLE_BYTES,
  ): Explainer {
    const building = build(model, method, tableBytes);
    for (;;) {
      const { done, value } = building.next();
      if (done === true) return new Explainer(model, method, value);
    }
  }

  /** The same for a server: awaits `turn` every few milliseconds of work, so that requests are answered meanwhile. */
  static async build(
    model: AdditiveModel,
    turn: () => Promise<void>,
    method: ExplanationMethod = defaultMethod(model),
    tableBytes = TABLE_BYTES,
  ): Promise<Explainer> {
    const building = build(model, method, tableBytes);
    for (;;) {
      const { done, value } = building.next();
      if (done === true) return new Explainer(model, method, value);
      await turn();
    }
  }

  /** `design` is row-major [rows, design columns]; throws a RangeError where it is not. */
  explain(design: Float32Array | Float64Array, rows: number): Contributions {
    const columns = this.#designColumns;
    if (design.length !== rows * columns)
      throw new RangeError(
        `expected ${rows} rows of ${columns} design columns, got ${design.length} numbers`,
      );
    const output = new Float64Array(rows);
    const values = new Float64Array(rows * this.features);
    for (let from = 0; from < rows; from += BLOCK) {
      const count = Math.min(BLOCK, rows - from);
      this.#sums.fill(0, 0, count * columns);
      this.#contributions.explainInto(design, from, count, this.#sums, output);
      shareInto(this.#sharing, this.#sums, columns, values, from, count);
    }
    return { method: this.method, base: this.base, output, values };
  }
}

const defaultMethod = ({ form }: AdditiveModel): ExplanationMethod =>
  form.kind === 'linear' ? 'linear' : 'tree_interventional';

function* build(
  { form, sources }: AdditiveModel,
  method: ExplanationMethod,
  tableBytes: number,
): Generator<undefined, ColumnContributions, undefined> {
  const columns = sources.length;
  if (form.kind === 'linear') {
    if (method !== 'linear')
      throw new RangeError(`expected method linear for a linear model, got ${method}`);
    if (form.coefficients.length !== columns || form.means.length !== columns)
      throw new RangeError(
        `expected ${columns} coefficients and means, got ${form.coefficients.length} and ${form.means.length}`,
      );
    return linearContributions(form);
  }
  if (method === 'linear') throw new RangeError('expected a method for trees, got linear');
  const numbers = form.background.length;
  if (method === 'tree_interventional' && (numbers === 0 || numbers % columns !== 0))
    throw new RangeError(
      `expected background rows of ${columns} design columns, got ${numbers} numbers`,
    );
  return yield* treeContributions(form, method, columns, tableBytes);
}
