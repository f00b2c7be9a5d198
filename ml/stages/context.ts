// What every stage is given: the params, the model's name, where its files and runs live, the registry, and the data, read once.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config/load-config.ts';
import type { ModelRegistry } from '../../src/model/registry/model-registry.ts';
import { openRegistry } from '../../src/model/registry/open-registry.ts';
import { validateData, type Validation } from '../data/validate.ts';
import type { Dataset } from '../data/load-table.ts';
import { matrixOf } from '../numeric/matrix.ts';
import { readParams, type Params } from '../params.ts';
import type { LabelledRows } from '../search/fit-candidate.ts';
import type { SearchProgress } from '../search/search.ts';
import { openTracker } from '../tracking/open-tracker.ts';
import type { RunTracker } from '../tracking/run-tracker.ts';
import type { StageName } from './artifacts.ts';
import { holdOutRows } from './hold-out-rows.ts';
import { StageError } from './stage-error.ts';
import { Workspace } from './workspace.ts';

/** Where a stage tells what it does. */
export interface Reporter {
  stage(name: StageName): void;
  /** The share of the data file that is read, 0 to 1, and the rows so far. */
  reading(share: number, rows: number): void;
  fold(progress: SearchProgress): void;
  note(line: string): void;
}

export interface StageContext {
  readonly params: Params;
  /** The model's name in the registry. */
  readonly name: string;
  readonly workspace: Workspace;
  /** Where the pages of training runs are kept, one folder a run. */
  readonly reportsDir: string;
  readonly registry: ModelRegistry;
  readonly tracker: RunTracker;
  /** The commit that the programs were built from; null: git knows, or nobody. */
  readonly builtFrom: string | null;
  readonly reporter: Reporter;
  /** Threads that a fit may take at most; no result depends on how many. */
  readonly threads: number;
  /** Says that the search shall stop; what is done is kept. */
  readonly signal?: AbortSignal | undefined;
  /** Reads and checks the data file on the first call. */
  readonly validation: () => Promise<Validation>;
}

const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
/** More are a slip of the finger: each takes its stack and its share of memory. */
const MOST_THREADS = 256;

export interface StageOptions {
  readonly paramsFile: string;
  /** Default: MODEL_NAME. */
  readonly name?: string | undefined;
  readonly config: Config;
  readonly reporter: Reporter;
  /** Default: as many as there are cores for this process. */
  readonly threads?: number | undefined;
  /** Default: nothing stops the search. */
  readonly signal?: AbortSignal | undefined;
}

/** Throws ParamsError, or StageError for a name that no model can have or a number of threads that there cannot be. */
export function openStages({
  paramsFile,
  config,
  reporter,
  name = config.model.name,
  threads = availableParallelism(),
  signal,
}: StageOptions): StageContext {
  if (!MODEL_NAME.test(name)) {
    throw new StageError('--name must be letters, digits, dot, dash and underscore');
  }
  if (!(Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS)) {
    throw new StageError(`--threads must be a whole number from 1 to ${MOST_THREADS}`);
  }
  const params = readParams(paramsFile);
  let validation: Promise<Validation> | null = null;
  return {
    params,
    name,
    workspace: new Workspace(join(config.varDir, 'pipeline', name)),
    reportsDir: join(config.varDir, 'reports'),
    registry: openRegistry(config.registry),
    tracker: openTracker(config, name),
    builtFrom: config.gitCommit,
    reporter,
    threads,
    signal,
    validation: () =>
      (validation ??= validateData({
        ...params.data,
        target: params.target,
        weights: params.weights,
        protected: params.protected,
        features: params.features,
        mostly: params.validation.mostly,
        unique: params.validation.unique,
        splitBy: params.split.by,
        holdOut: (dataset) => holdOutRows(params, dataset),
        onProgress: (share, rows) => {
          reporter.reading(share, rows);
        },
      })),
  };
}

/** The checked data. Throws DataError. */
export async function loadDataset({ validation }: StageContext): Promise<Dataset> {
  const result = await validation();
  if ('error' in result) throw result.error;
  return result.dataset;
}

export const labelledRows = ({ x, y, weights, keys, features }: Dataset): LabelledRows => ({
  x: matrixOf(x, features.length),
  y,
  weights,
  keys,
});
