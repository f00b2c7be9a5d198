// The Hessian that steps are taken with: made anew where a pass over the rows for it pays, else kept and corrected.
import { stepAlong, type L1, type Point, type Step } from './line-search.ts';
import type { Objective } from './objective.ts';
import { stepOf } from './quadratic.ts';

/** Steps to the end with a new Hessian: one is made where the old would take this many more than its cost in passes. */
const NEWTON_STEPS = 2;

export class KeptHessian {
  /** Whether it was made at the point that the objective was differentiated at last. */
  #fresh = false;
  readonly #objective: Objective;
  readonly #l1: L1;
  readonly #hessian: Float64Array;

  /** `guess` [size, size], if any, stands in for the Hessian of the first point; else one is made there. The array is kept and overwritten. */
  constructor(objective: Objective, l1: L1, guess: Float64Array | null) {
    this.#objective = objective;
    this.#l1 = l1;
    this.#hessian = guess ?? new Float64Array(objective.size ** 2);
    if (guess === null) this.#make();
  }

  get fresh(): boolean {
    return this.#fresh;
  }

  /** The step from `point`, with the Hessian as it is; null where that has no finite one. */
  stepAt(point: Point): Step | null {
    const { w, gradient } = point;
    const direction = stepOf({
      hessian: this.#hessian,
      gradient,
      w,
      l1: this.#l1,
      shifting: this.#objective.shifting,
    });
    return direction === null ? null : stepAlong(direction, point, this.#l1);
  }

  /**
   * The step from `to`, where `step` led from `from`. At the pace of the kept Hessian steps of size `target` must not be farther away than a new
   * one costs.
   */
  stepAfter(from: Point, step: Step, to: Point, target: number): Step | null {
    this.#fresh = false;
    this.#correct(from, to);
    const next = this.stepAt(to);
    if (next !== null) {
      if (next.length <= target) return next;
      const pace = Math.log(step.length / next.length);
      const left = Math.log(next.length / target) / pace;
      if (pace > 0 && left <= NEWTON_STEPS + this.#objective.hessianCost) return next;
    }
    this.#make();
    return this.stepAt(to);
  }

  /** The step from `point` with the Hessian made there, wherever the objective was differentiated last. */
  freshStepAt(point: Point): Step | null {
    this.#objective.differentiate(point.w, point.gradient.slice());
    this.#make();
    return this.stepAt(point);
  }

  #make(): void {
    this.#objective.hessianInto(this.#hessian);
    this.#fresh = true;
  }

  /**
   * The BFGS update (Nocedal and Wright 2006, equation 6.19): the Hessian then does to the last step what the gradient did, and steps with an old
   * or a guessed Hessian still converge superlinearly.
   */
  #correct(from: Point, to: Point): void {
    const hessian = this.#hessian;
    const n = from.w.length;
    const s = to.w.map((w, j) => w - (from.w[j] as number));
    const y = to.gradient.map((g, j) => g - (from.gradient[j] as number));
    const product = new Float64Array(n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        product[i] = (product[i] as number) + (hessian[i * n + j] as number) * (s[j] as number);
    let predicted = 0;
    let found = 0;
    for (let i = 0; i < n; i++) {
      predicted += (s[i] as number) * (product[i] as number);
      found += (s[i] as number) * (y[i] as number);
    }
    // Where rounding hides the curvature there is nothing to learn.
    if (!(predicted > 0 && found > 1e-3 * predicted)) return;
    for (let i = 0; i < n; i++) {
      const p = (product[i] as number) / predicted;
      const f = (y[i] as number) / found;
      for (let j = 0; j < n; j++)
        hessian[i * n + j] =
          (hessian[i * n + j] as number) - p * (product[j] as number) + f * (y[j] as number);
    }
  }
}
