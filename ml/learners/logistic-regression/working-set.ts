// l1 on more columns than a Hessian is affordable for: fits on the few columns that matter, which grow until no other wants to join.
import { matrixOf } from '../../numeric/matrix.ts';
import { minimise, type Minimum, type Search } from './minimise.ts';
import { subgradientNorm } from './line-search.ts';
import { Objective, type ObjectiveData } from './objective.ts';
import type { Penalty } from './params.ts';

/** Columns of the first fit, and the least that each later one adds where as many want to join. */
const FIRST_COLUMNS = 64;
/** Slack of the conditions of the optimum, relative to l1. */
const SLACK = 1e-9;

/**
 * A column of coefficients 0 stays out where no gradient of it exceeds l1; the fit on the others is then the optimum of all (the working sets
 * of Fan, Chang, Hsieh, Wang and Lin 2008, section 4, kept by column). Each round doubles the columns, and costs one pass over all of x.
 */
export function minimiseSparse(
  data: ObjectiveData,
  { l1, l2 }: Penalty,
  { maxIter, tol }: Omit<Search, 'l1'>,
  start: Float64Array,
): Minimum {
  const { x, outputs } = data;
  const whole = new Objective(data, { l1, l2 });
  const strengths = strengthsOf(x.columns, outputs, l1);
  const gradient = new Float64Array(start.length);
  let members: readonly number[] = [];
  let w = start;
  let iterations = 0;
  for (;;) {
    const smooth = whole.differentiate(w, gradient);
    const joining = violating({ w, gradient, l1, outputs }, members);
    const reached = {
      w,
      value: smooth + w.reduce((sum, at, j) => sum + (strengths[j] as number) * Math.abs(at), 0),
      gradientNorm: subgradientNorm({ w, gradient }, strengths),
      iterations,
    };
    if (members.length > 0 && joining.length === 0) return { ...reached, converged: true };
    if (iterations >= maxIter) return { ...reached, converged: false };
    const room = Math.max(FIRST_COLUMNS, members.length);
    members = [...members, ...joining.slice(0, room)].sort((a, b) => a - b);
    const narrow = { ...data, x: columnsAt(data, members) };
    const search = {
      l1: strengthsOf(members.length, outputs, l1),
      maxIter: maxIter - iterations,
      tol,
    };
    const found = minimise(
      new Objective(narrow, { l1, l2 }),
      search,
      gather(w, members, x.columns, outputs),
    );
    iterations += found.iterations;
    w = scatter(found.w, members, x.columns, outputs);
    if (!found.converged) return { ...found, w, iterations };
  }
}

const strengthsOf = (columns: number, outputs: number, l1: number): Float64Array =>
  Float64Array.from({ length: outputs * (columns + 1) }, (_, at) =>
    at % (columns + 1) === columns ? 0 : l1,
  );

/** The columns outside whose coefficients would leave 0, those that miss the condition most first; at the start as many as have any gradient. */
function violating(
  {
    w,
    gradient,
    l1,
    outputs,
  }: {
    readonly w: Float64Array;
    readonly gradient: Float64Array;
    readonly l1: number;
    readonly outputs: number;
  },
  members: readonly number[],
): readonly number[] {
  const stride = w.length / outputs;
  const inside = new Set(members);
  const steepest = (column: number): number => {
    let largest = 0;
    for (let k = 0; k < outputs; k++)
      largest = Math.max(largest, Math.abs(gradient[k * stride + column] as number));
    return largest;
  };
  const limit = members.length === 0 ? 0 : l1 * (1 + SLACK);
  const found: { readonly column: number; readonly slope: number }[] = [];
  for (let column = 0; column < stride - 1; column++) {
    const slope = steepest(column);
    if (slope > limit && !inside.has(column)) found.push({ column, slope });
  }
  return found.sort((a, b) => b.slope - a.slope || a.column - b.column).map(({ column }) => column);
}

function columnsAt({ x }: ObjectiveData, columns: readonly number[]): ObjectiveData['x'] {
  const data = new Float64Array(x.rows * columns.length);
  for (let row = 0, to = 0; row < x.rows; row++)
    for (const column of columns) data[to++] = x.data[row * x.columns + column] as number;
  return matrixOf(data, columns.length);
}

function gather(
  w: Float64Array,
  members: readonly number[],
  columns: number,
  outputs: number,
): Float64Array {
  const places = [...members, columns];
  return Float64Array.from({ length: outputs * places.length }, (_, at) => {
    const k = Math.floor(at / places.length);
    return w[k * (columns + 1) + (places[at % places.length] as number)] as number;
  });
}

function scatter(
  narrow: Float64Array,
  members: readonly number[],
  columns: number,
  outputs: number,
): Float64Array {
  const w = new Float64Array(outputs * (columns + 1));
  const places = [...members, columns];
  narrow.forEach((value, at) => {
    const k = Math.floor(at / places.length);
    w[k * (columns + 1) + (places[at % places.length] as number)] = value;
  });
  return w;
}
