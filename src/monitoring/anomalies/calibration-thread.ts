// The thread that calibrates: thresholds of detectors for an expected run, or where inputs begin to be outliers. Does one task and ends.
import { parentPort, workerData } from 'node:worker_threads';
import { readHoldout, type ServedBundle } from '../../model/model-bundle.ts';
import { thresholdForRun } from '../../statistics/drift/stream-detector.ts';
import { outlierBound } from '../../statistics/mahalanobis.ts';
import { Random } from '../../statistics/random.ts';
import type { InputReference } from './input-watch.ts';
import { detectorsFor, type Thresholds } from './stream-watch.ts';

export type CalibrationTask =
  /** Standardised values of a stream. */
  | { readonly task: 'stream'; readonly values: Float64Array; readonly expectedRun: number }
  | {
      readonly task: 'inputs';
      readonly bundle: Pick<ServedBundle, 'dir' | 'manifest' | 'features'>;
      readonly chance: number;
    };

const RUNS = 100;
const LONGEST = 5000;
const SEED = 1;
/** Of the held-out rows the first so many: the server measures rows against them on its event loop. */
const MOST_ROWS = 2000;
/** With fewer, no distance is known. */
const LEAST_ROWS = 50;

function thresholds(values: Float64Array, expectedRun: number): Thresholds {
  const optionsOf = (stream: number) => ({
    // Two detectors on one stream: each alarms half as often.
    expectedRun: 2 * expectedRun,
    reference: values,
    random: Random.of(SEED, stream),
    runs: RUNS,
    longest: LONGEST,
  });
  return {
    adwin: thresholdForRun(detectorsFor.adwin, optionsOf(0)),
    pageHinkley: thresholdForRun(detectorsFor.pageHinkley, optionsOf(1)),
  };
}

/** null where the bundle carries too few rows, or no numbers. */
async function inputReference(
  bundle: Pick<ServedBundle, 'dir' | 'manifest' | 'features'>,
  chance: number,
): Promise<InputReference | null> {
  const holdout = await readHoldout(bundle);
  const names = bundle.features.features
    .filter(({ kind }) => kind === 'numeric')
    .map(({ name }) => name);
  if (holdout === null || holdout.rows.length < LEAST_ROWS || names.length === 0) return null;
  const rows = holdout.rows.slice(0, MOST_ROWS);
  const columns = names.map((name) => {
    const place = holdout.columns.indexOf(name);
    return Float64Array.from(rows, (row) => (row[place] as number | null) ?? Number.NaN);
  });
  return { names, columns, bound: outlierBound(columns, chance) };
}

const task = workerData as CalibrationTask;
parentPort?.postMessage(
  task.task === 'stream'
    ? thresholds(task.values, task.expectedRun)
    : await inputReference(task.bundle, task.chance),
);
