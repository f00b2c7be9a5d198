// The logistic regression against the optimum that an independent solver found, on the very design matrix of the reference.
import { logisticRegression } from '../../ml/learners/logistic-regression/index.ts';
import { matrixOf, type Matrix } from '../../ml/numeric/matrix.ts';
import { Random } from '../../src/statistics/random.ts';
import { loadFolded } from './fit-rows.ts';
import type { OptimumJob, OptimumReport } from './fit-job.ts';
import {
  goldenDesign,
  loadGolden,
  objectiveAt,
  rowsOf,
  standardised,
  takeLabels,
} from './golden.ts';
import { SYNTH28_TRAIN, synth28, synth28Double } from './synth28.ts';

interface Design {
  readonly x: Matrix;
  readonly y: Uint8Array;
}

/** The weights of a linear model of one output, as the model of the logistic regression shows them. */
interface LinearModel {
  readonly coefficients: ArrayLike<number>;
  readonly intercept: number;
}

export async function fitOptimum({ set, fitOn }: OptimumJob): Promise<OptimumReport> {
  const golden = loadGolden().lr[set].find((optimum) => optimum.fit_on === fitOn);
  if (golden === undefined) throw new Error(`the reference has no optimum of ${set} on ${fitOn}`);
  const { x, y } = set === 'synth28' ? synth28Design() : realDesign(set, fitOn);
  const columns = golden.coef.map((_, k) => ({ name: `x${k}`, categories: null }));
  const params = logisticRegression.params.parse({ C: 1 });
  const began = process.cpuUsage();
  const model = (await logisticRegression.fit(
    params,
    { x, columns, y, task: { kind: 'binary' }, weights: null },
    { random: Random.of(0), threads: 1 },
  )) as unknown as LinearModel;
  const { user, system } = process.cpuUsage(began);
  const differences = golden.coef.map((w, k) => Math.abs((model.coefficients[k] as number) - w));
  const reached = objectiveAt(x, y, model.coefficients, model.intercept);
  return {
    cpuSeconds: (user + system) / 1e6,
    coefficients: Math.max(...differences, Math.abs(model.intercept - golden.intercept)),
    objective: Math.abs(reached / golden.objective - 1),
  };
}

function realDesign(name: Exclude<OptimumJob['set'], 'synth28'>, fitOn: string): Design {
  const { set, fold } = loadFolded(name);
  const rows = rowsOf(fitOn, fold);
  return { x: goldenDesign(set, rows), y: takeLabels(set.y, rows) };
}

/** Column by column: the whole in doubles beside the rows is 224 MB. */
function synth28Design(): Design {
  const { x, y } = synth28(SYNTH28_TRAIN);
  const data = new Float64Array(x.rows * x.columns);
  for (let k = 0; k < x.columns; k++) {
    const column = Float64Array.from(y, (_, row) =>
      synth28Double(x.data[row * x.columns + k] as number),
    );
    standardised(column).forEach((value, row) => {
      data[row * x.columns + k] = value;
    });
  }
  return { x: matrixOf(data, x.columns), y };
}
