// All stages in one process, in the order of dvc.yaml: what `npm run train` runs. Nothing is registered before the last stage.
import { loadConfig, parseConfig } from '../src/config/load-config.ts';
import { CANDIDATES, type CandidatesArtifact } from './stages/artifacts.ts';
import { openStages, type Reporter, type StageContext } from './stages/context.ts';
import { evaluate } from './stages/evaluate.ts';
import { prepare } from './stages/prepare.ts';
import { register, type Registered } from './stages/register.ts';
import { silentReporter } from './stages/reporter.ts';
import { train } from './stages/train.ts';
import { validate } from './stages/validate.ts';

export interface TrainOptions {
  readonly paramsFile: string;
  /** Default: MODEL_NAME. */
  readonly name?: string | undefined;
  /** Default: as many as there are cores for this process. */
  readonly threads?: number | undefined;
  /** Default: the environment of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly reporter?: Reporter;
  /** Stops the search; what is done of it is kept for the next run. */
  readonly signal?: AbortSignal;
}

export interface TrainedPipeline extends Registered {
  readonly search: CandidatesArtifact;
}

/** Throws ParamsError, DataError, StageError and what fitting and the registry throw; no version is left then. */
export async function trainPipeline(options: TrainOptions): Promise<TrainedPipeline> {
  const { paramsFile, name, threads, environment, reporter = silentReporter, signal } = options;
  const config = environment === undefined ? await loadConfig() : parseConfig(environment);
  return runStages(openStages({ paramsFile, name, threads, config, reporter, signal }));
}

export async function runStages(context: StageContext): Promise<TrainedPipeline> {
  await validate(context);
  await prepare(context);
  await train(context);
  await evaluate(context);
  const registered = await register(context);
  return { ...registered, search: await context.workspace.read(CANDIDATES) };
}
