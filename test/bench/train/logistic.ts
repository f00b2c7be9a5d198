// The logistic regression: how near the golden optimum every fit comes, and its time beside scikit-learn's on the same design matrices.
import type { FitJob, OptimumReport } from '../../support/fit-job.ts';
import { plainJob } from './cross-validation.ts';
import type { MeasurePart } from './parts.ts';
import { least, seconds, type Row } from './row.ts';
import type { Workplace } from './workplace.ts';

const SETS = ['wdbc', 'german', 'ucidefault', 'gmsc', 'synth28'] as const;
const TIMED = ['ucidefault', 'gmsc', 'synth28'] as const;
type TimedSet = (typeof TIMED)[number];
/** A process that trains fits many times (folds, candidates): its later fits are compared, and the first one is told beside them. */
const RUNS = 3;

export const measureLogistic: MeasurePart = async (workplace) => {
  const fits: OptimumReport[] = [];
  for (const set of SETS)
    for (const { fit_on: fitOn } of workplace.golden.lr[set])
      fits.push(await workplace.ours({ kind: 'optimum', set, fitOn }));
  const rows = nearness(fits);
  for (const set of TIMED)
    for (const timed of [fitOn, pipelineOn]) rows.push(await timeOf(timed, workplace, set));
  return rows;
};

function nearness(fits: readonly OptimumReport[]): Row[] {
  const farthest = (of: (fit: OptimumReport) => number): number => Math.max(...fits.map(of));
  const row = (what: string, value: number, goal: number, aim: number): Row => ({
    what: `logistic regression, ${fits.length} fits: ${what}`,
    ours: value.toExponential(1),
    peer: 'the optimum',
    value,
    unit: '',
    goal,
    aim,
  });
  return [
    row(
      'largest difference of a coefficient',
      farthest((fit) => fit.coefficients),
      1e-6,
      1e-8,
    ),
    row(
      'objective, relative',
      farthest((fit) => fit.objective),
      1e-9,
      1e-12,
    ),
  ];
}

/** Of the fit alone, on the same standardised design matrix. */
const fitOn: Timed = {
  what: 'fit alone',
  job: (set) => ({ kind: 'optimum', set, fitOn: 'fold0' }),
  pipeline: false,
};

/** Of raw rows to model: medians, standardising and the fit. */
const pipelineOn: Timed = {
  what: 'imputing, standardising and fitting',
  job: (set) => plainJob({ learner: 'logistic_regression', params: {}, set }),
  pipeline: true,
};

interface Timed {
  readonly what: string;
  readonly job: (set: TimedSet) => FitJob;
  readonly pipeline: boolean;
}

async function timeOf(
  { what, job, pipeline }: Timed,
  workplace: Workplace,
  set: TimedSet,
): Promise<Row> {
  const [first, ...later] = await workplace.oursAgain(job(set), RUNS + 1);
  const theirs = [];
  for (let run = 0; run < RUNS; run++) {
    theirs.push(
      await workplace.peer({
        library: 'scikit-learn',
        learner: 'logistic',
        set,
        threads: 1,
        fold: 0,
        pipeline,
      }),
    );
  }
  const { cpuSeconds } = least(later, (run) => run.cpuSeconds);
  const peer = least(theirs, (run) => run.cpuSeconds).cpuSeconds;
  return {
    what: `logistic regression on ${set}, one thread, processor time: ${what}`,
    ours: `${seconds(cpuSeconds)}, the first fit of a process ${seconds(first?.cpuSeconds ?? NaN)}`,
    peer: `scikit-learn ${seconds(peer)}`,
    value: cpuSeconds / peer,
    unit: 'x',
    goal: 2,
    aim: 1,
  };
}
