// A start near the optimum, and a guess of the Hessian there, from a sample of the rows: for a small share of the price of a pass over all.
import { matrixOf } from '../../numeric/matrix.ts';
import { BLOCK } from './blocks.ts';
import type { L1 } from './line-search.ts';
import { minimise } from './minimise.ts';
import { Objective, type ObjectiveData } from './objective.ts';
import type { Penalty } from './params.ts';

/** Of fewer rows no sample is taken: all are soon read. */
const WORTHWHILE = 10_000;
/** The sample: this share of the blocks of rows, but at least so many rows for each weight, so that its Hessian is right to a few per cent. */
const SHARE = 1 / 16;
const ROWS_PER_WEIGHT = 100;
/** The optimum of a sample is some standard errors away from that of all rows: no need to come nearer than a share of one. */
const SAMPLE_TOL = 1e-4;
const SAMPLE_STEPS = 12;

export interface SampledStart {
  readonly w: Float64Array;
  readonly hessian: Float64Array;
}

/** The sample starts from a sample of its own, where it is large. Null where none pays, or it leads no way that could be trusted. */
export function sampleStart(
  data: ObjectiveData,
  { l1, l2 }: Penalty,
  strengths: L1,
  start: Float64Array,
): SampledStart | null {
  const { rows } = data.x;
  const wanted = Math.max(rows * SHARE, ROWS_PER_WEIGHT * start.length);
  const stride = Math.floor(rows / wanted);
  if (rows < WORTHWHILE || stride < 4) return null;
  const sample = everyBlock(data, stride);
  const share = weightOf(sample) / weightOf(data);
  if (!hasAllClasses(sample) || !(share > 0)) return null;
  const scaled = { l1: l1 * share, l2: l2 * share };
  const objective = new Objective(sample, scaled);
  const search = {
    l1: strengths?.map((strength) => strength * share) ?? null,
    maxIter: SAMPLE_STEPS,
    tol: SAMPLE_TOL,
  };
  const first = sampleStart(sample, scaled, search.l1, start);
  const { w, converged } = minimise(objective, search, first?.w ?? start, first?.hessian ?? null);
  if (!converged) return null;
  const hessian = new Float64Array(w.length ** 2);
  objective.differentiate(w, new Float64Array(w.length));
  objective.hessianInto(hessian);
  for (let at = 0; at < hessian.length; at++) hessian[at] = (hessian[at] as number) / share;
  return { w, hessian };
}

/** Every stride-th block of rows, copied: spread over all rows, however they are ordered. */
function everyBlock({ x, y, weights, outputs }: ObjectiveData, stride: number): ObjectiveData {
  const blocks = Math.ceil(Math.floor(x.rows / BLOCK) / stride);
  const rows = blocks * BLOCK;
  const values = new Float64Array(rows * x.columns);
  const labels = new Float64Array(rows);
  const weighed = weights === null ? null : new Float64Array(rows);
  for (let block = 0; block < blocks; block++) {
    const from = block * stride * BLOCK;
    const to = block * BLOCK;
    values.set(x.data.subarray(from * x.columns, (from + BLOCK) * x.columns), to * x.columns);
    labels.set(y.subarray(from, from + BLOCK), to);
    if (weights !== null) weighed?.set(weights.subarray(from, from + BLOCK), to);
  }
  return { x: matrixOf(values, x.columns), y: labels, weights: weighed, outputs };
}

const weightOf = ({ x, weights }: ObjectiveData): number =>
  weights === null ? x.rows : weights.reduce((sum, weight) => sum + weight, 0);

function hasAllClasses({ y, weights, outputs }: ObjectiveData): boolean {
  const found = new Set<number>();
  y.forEach((label, row) => {
    if (weights === null || (weights[row] as number) > 0) found.add(label);
  });
  return found.size === Math.max(2, outputs);
}
