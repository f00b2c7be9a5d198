// The smooth part of what the logistic regression minimises, with its derivatives: the weighted sum of log losses + l2 |w|^2 / 2, intercepts free.
// A weight vector holds for each output (one of a binary target, one for each class else) the coefficients of the columns and then the intercept.
import type { Matrix } from '../../numeric/matrix.ts';
import type { TrainingSet } from '../learner.ts';
import {
  addCrossProducts,
  addOuterProducts,
  addRows,
  BLOCK,
  packTiles,
  paddedWidth,
  scaleTiles,
  scoreInto,
  type Block,
} from './blocks.ts';
import { logisticLoss, softmaxLoss } from './loss.ts';
import type { Penalty } from './params.ts';

/** Below this share of values other than 0 the cross products are summed value by value: twice the time of one, the square of their number. */
const SPARSE = 0.5;
/** What a block costs, in products of addCrossProducts: a score and its share of the gradient, the loss of a row. */
const PRODUCTS_PER_VALUE = 3;
const PRODUCTS_PER_LOSS = 60;

export interface ObjectiveData {
  readonly x: Matrix;
  readonly y: TrainingSet['y'];
  readonly weights: Float64Array | null;
  /** 1 for a binary target, else the number of classes. */
  readonly outputs: number;
}

export const outputsOf = ({ task }: Pick<TrainingSet, 'task'>): number =>
  task.kind === 'multiclass' ? task.classes : 1;

export class Objective {
  /** Length of a weight vector. */
  readonly size: number;
  readonly #data: ObjectiveData;
  readonly #l1: number;
  readonly #l2: number;
  /** Of the weights differentiated last: the second derivative of each row's loss [rows], or its probabilities [rows, outputs]. */
  readonly #curvatures: Float64Array;
  readonly #scores: Float64Array;

  /** Of the penalty, only l2 is part of the smooth objective. */
  constructor(data: ObjectiveData, { l1, l2 }: Penalty) {
    const { x, outputs } = data;
    this.#data = data;
    this.#l1 = l1;
    this.#l2 = l2;
    this.size = outputs * (x.columns + 1);
    this.#curvatures = new Float64Array(x.rows * outputs);
    this.#scores = new Float64Array(BLOCK * outputs);
  }

  /** The value at `w`; overwrites `gradient` [size]. One pass over the rows. */
  differentiate(w: Float64Array, gradient: Float64Array): number {
    const { x, y, weights, outputs } = this.#data;
    const stride = x.columns + 1;
    const scores = this.#scores;
    gradient.fill(0);
    let value = 0;
    for (let from = 0; from < x.rows; from += BLOCK) {
      const block = this.#block(from);
      for (let k = 0; k < outputs; k++) scoreInto(block, w, k * stride, scores, k * BLOCK);
      const rows = { y, weights, at: from, rows: block.rows };
      value +=
        outputs === 1
          ? logisticLoss(rows, scores, this.#curvatures)
          : softmaxLoss(rows, outputs, scores, BLOCK, this.#curvatures);
      for (let k = 0; k < outputs; k++) addRows(block, scores, k * BLOCK, gradient, k * stride);
    }
    let squares = 0;
    this.#eachCoefficient((at) => {
      const coefficient = w[at] as number;
      squares += coefficient * coefficient;
      gradient[at] = (gradient[at] as number) + this.#l2 * coefficient;
    });
    return value + (this.#l2 / 2) * squares;
  }

  /**
   * Overwrites `hessian` [size, size], both triangles, with the second derivatives at the weights differentiated last. With several outputs
   * the objective does not feel a constant added to all their intercepts (nor, without a penalty, to a column's coefficients): there the Hessian is
   * given a curvature, which changes no step, because no gradient points there.
   */
  hessianInto(hessian: Float64Array): void {
    const { x, outputs } = this.#data;
    const width = paddedWidth(x.columns);
    const sparse = this.#density() < SPARSE;
    const pairs = (outputs * (outputs + 1)) / 2;
    const sums = Array.from({ length: pairs }, () => new Float64Array(width * width));
    const packed = new Float64Array(width * BLOCK);
    const scaled = outputs === 1 ? packed : packed.slice();
    const factors = new Float64Array(BLOCK);
    const places = new Int32Array(x.columns + 1);
    for (let from = 0; from < x.rows; from += BLOCK) {
      const block = this.#block(from);
      if (outputs > 1 && !sparse) packTiles(block, null, 0, packed);
      for (let k = 0, pair = 0; k < outputs; k++)
        for (let other = 0; other <= k; other++, pair++) {
          this.#factorsInto(block, k, other, factors);
          const into = sums[pair] as Float64Array;
          if (sparse) {
            addOuterProducts(block, factors, 0, width, into, places);
            continue;
          }
          if (outputs === 1) {
            // Both sides times the root of the curvature: one packing less, and a product that is exactly symmetric.
            for (let i = 0; i < block.rows; i++) factors[i] = Math.sqrt(factors[i] as number);
            packTiles(block, factors, 0, packed);
          } else scaleTiles(packed, block.rows, factors, 0, scaled);
          addCrossProducts(scaled, packed, block.rows, width, into);
        }
    }
    this.#assemble(sums, width, hessian);
  }

  /** out = Hessian at the weights differentiated last, times `direction`, both [size]. One pass over the rows. */
  multiplyHessian(direction: Float64Array, out: Float64Array): void {
    const { x, weights, outputs } = this.#data;
    const stride = x.columns + 1;
    const scores = this.#scores;
    out.fill(0);
    for (let from = 0; from < x.rows; from += BLOCK) {
      const block = this.#block(from);
      for (let k = 0; k < outputs; k++) scoreInto(block, direction, k * stride, scores, k * BLOCK);
      for (let i = 0; i < block.rows; i++) {
        const at = from + i;
        if (outputs === 1) {
          scores[i] = (scores[i] as number) * (this.#curvatures[at] as number);
          continue;
        }
        let mean = 0;
        for (let k = 0; k < outputs; k++)
          mean +=
            (this.#curvatures[at * outputs + k] as number) * (scores[k * BLOCK + i] as number);
        const weight = weights === null ? 1 : (weights[at] as number);
        for (let k = 0; k < outputs; k++) {
          const p = this.#curvatures[at * outputs + k] as number;
          scores[k * BLOCK + i] = weight * p * ((scores[k * BLOCK + i] as number) - mean);
        }
      }
      for (let k = 0; k < outputs; k++) addRows(block, scores, k * BLOCK, out, k * stride);
    }
    this.#eachCoefficient((at) => {
      out[at] = (out[at] as number) + this.#l2 * (direction[at] as number);
    });
  }

  /** Overwrites `diagonal` [size] with that of the Hessian at the weights differentiated last. */
  diagonalInto(diagonal: Float64Array): void {
    const { x, outputs } = this.#data;
    const stride = x.columns + 1;
    const factors = new Float64Array(BLOCK);
    diagonal.fill(0);
    for (let from = 0; from < x.rows; from += BLOCK) {
      const block = this.#block(from);
      for (let k = 0; k < outputs; k++) {
        this.#factorsInto(block, k, k, factors);
        for (let i = 0; i < block.rows; i++) {
          const f = factors[i] as number;
          const row = (from + i) * x.columns;
          for (let j = 0; j < x.columns; j++) {
            const value = x.data[row + j] as number;
            diagonal[k * stride + j] = (diagonal[k * stride + j] as number) + f * value * value;
          }
          const last = k * stride + x.columns;
          diagonal[last] = (diagonal[last] as number) + f;
        }
      }
    }
    this.#eachCoefficient((at) => {
      diagonal[at] = (diagonal[at] as number) + this.#l2;
    });
  }

  /** Outputs where the objective does not feel a constant added to all coefficients of a column, else 1. */
  get shifting(): number {
    return this.#l2 > 0 ? 1 : this.#data.outputs;
  }

  /** What hessianInto costs, in passes of differentiate. */
  get hessianCost(): number {
    const { x, outputs } = this.#data;
    const products = ((x.columns + 1) * (x.columns + 4)) / 2;
    const pairs = (outputs * (outputs + 1)) / 2;
    return (
      (pairs * (products + PRODUCTS_PER_VALUE * x.columns)) /
      (outputs * (PRODUCTS_PER_VALUE * x.columns + PRODUCTS_PER_LOSS))
    );
  }

  #block(from: number): Block {
    const { x } = this.#data;
    return {
      x: x.data,
      columns: x.columns,
      from,
      rows: Math.min(BLOCK, x.rows - from),
    };
  }

  /** factors[i] = the second derivative of the loss of the block's row i by its scores `k` and `other`. */
  #factorsInto({ from, rows }: Block, k: number, other: number, factors: Float64Array): void {
    const { weights, outputs } = this.#data;
    const curvatures = this.#curvatures;
    for (let i = 0; i < rows; i++) {
      const at = from + i;
      if (outputs === 1) {
        factors[i] = curvatures[at] as number;
        continue;
      }
      const p = curvatures[at * outputs + k] as number;
      const q = curvatures[at * outputs + other] as number;
      const weight = weights === null ? 1 : (weights[at] as number);
      factors[i] = weight * (k === other ? p * (1 - p) : -p * q);
    }
  }

  #assemble(sums: readonly Float64Array[], width: number, hessian: Float64Array): void {
    const { x, outputs } = this.#data;
    const stride = x.columns + 1;
    const { size } = this;
    for (let k = 0, pair = 0; k < outputs; k++)
      for (let other = 0; other <= k; other++, pair++) {
        const from = sums[pair] as Float64Array;
        for (let i = 0; i < stride; i++)
          for (let j = 0; j <= i; j++) {
            const sum = from[i * width + j] as number;
            hessian[(k * stride + i) * size + other * stride + j] = sum;
            hessian[(k * stride + j) * size + other * stride + i] = sum;
            hessian[(other * stride + i) * size + k * stride + j] = sum;
            hessian[(other * stride + j) * size + k * stride + i] = sum;
          }
      }
    this.#eachCoefficient((at) => {
      hessian[at * (size + 1)] = (hessian[at * (size + 1)] as number) + this.#l2;
    });
    if (outputs > 1) this.#fillFlat(hessian);
  }

  #fillFlat(hessian: Float64Array): void {
    const { x, outputs } = this.#data;
    const stride = x.columns + 1;
    for (let j = this.#l1 + this.#l2 > 0 ? x.columns : 0; j < stride; j++) {
      let mean = 0;
      for (let k = 0; k < outputs; k++)
        mean += (hessian[(k * stride + j) * (this.size + 1)] as number) / outputs;
      for (let k = 0; k < outputs; k++)
        for (let other = 0; other < outputs; other++) {
          const at = (k * stride + j) * this.size + other * stride + j;
          hessian[at] = (hessian[at] as number) + mean / outputs;
        }
    }
  }

  /** The share of values that are not 0, of up to 64 rows all over x. */
  #density(): number {
    const { x } = this.#data;
    const step = Math.max(1, Math.floor(x.rows / 64));
    let seen = 0;
    let found = 0;
    for (let row = 0; row < x.rows; row += step)
      for (let j = 0; j < x.columns; j++, seen++) if (x.data[row * x.columns + j] !== 0) found += 1;
    return found / seen;
  }

  #eachCoefficient(visit: (at: number) => void): void {
    const { x, outputs } = this.#data;
    for (let k = 0; k < outputs; k++)
      for (let j = 0; j < x.columns; j++) visit(k * (x.columns + 1) + j);
  }
}
