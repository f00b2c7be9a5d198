// ADAPTER of the run tracker: an MLflow 3 server. Each model has its experiment; a candidate is a child run of its training run.
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import type { MlflowConnection } from '../../src/model/registry/mlflow-http.ts';
import type { KeyValue, WireMetricPoint, WireRun } from '../../src/model/registry/mlflow-shapes.ts';
import { isCode, MlflowWire } from '../../src/model/registry/mlflow-wire.ts';
import { artifactPath, RunDraft } from './run-draft.ts';
import {
  Run,
  RunTracker,
  TrackingError,
  type MetricPoint,
  type ParamValue,
  type RunDataset,
  type RunRecord,
  type RunStart,
  type RunStatus,
} from './run-tracker.ts';

export interface MlflowTrackerOptions extends MlflowConnection {
  /** The experiment that new runs go to; made with the first. */
  readonly experiment: string;
}

/** MLflow's limits for one call of log-batch. */
export const PARAMS_PER_CALL = 100;
export const METRICS_PER_CALL = 1000;
/** MLflow's limit for a dataset's digest; the whole one is a tag of the input. */
const DIGEST_LENGTH = 36;

export const PARENT_TAG = 'mlflow.parentRunId';
const NAME_TAG = 'mlflow.runName';
const CONTEXT_TAG = 'mlflow.data.context';
const SHA256_TAG = 'sha256';

const RUN_ID = /^[0-9a-f]{32}$/;
const datasetSource = z.object({ uri: z.string() });
const datasetProfile = z.object({ num_rows: z.number() });

export class MlflowRunTracker extends RunTracker {
  private readonly wire: MlflowWire;
  private readonly experiment: string;

  constructor({ experiment, ...connection }: MlflowTrackerOptions) {
    super();
    this.wire = new MlflowWire(connection);
    this.experiment = experiment;
  }

  async startRun(start: RunStart): Promise<Run> {
    return MlflowRun.start(
      this.wire,
      await this.wire.ensureExperiment(this.experiment),
      start,
      null,
    );
  }

  async getRun(runId: string): Promise<RunRecord> {
    if (!RUN_ID.test(runId)) throw new TrackingError('run id: expected 32 hex digits');
    const run = await this.wire.getRun(runId).catch((cause: unknown) => {
      if (isCode(cause, 'NOT_FOUND')) throw new TrackingError('there is no such run', { cause });
      throw cause;
    });
    const files = await this.wire.artifacts.list(run.info.artifact_uri);
    return toRecord(
      run,
      await this.metricsOf(run),
      files.map(({ path }) => path),
    );
  }

  private async metricsOf(run: WireRun): Promise<RunRecord['metrics']> {
    const metrics: Record<string, readonly MetricPoint[]> = {};
    for (const { key } of run.data.metrics) {
      const points = await this.wire.metricHistory(run.info.run_id, key);
      metrics[key] = points.toSorted(byTime).map(toPoint);
    }
    return metrics;
  }
}

/** MLflow keeps whatever it is sent, also after the end of a run: the draft holds the rules of the port. */
class MlflowRun extends Run {
  readonly id: string;

  private constructor(
    private readonly wire: MlflowWire,
    private readonly draft: RunDraft,
    private readonly info: WireRun['info'],
  ) {
    super();
    this.id = info.run_id;
  }

  static async start(
    wire: MlflowWire,
    experimentId: string,
    start: RunStart,
    parentRunId: string | null,
  ): Promise<MlflowRun> {
    const draft = new RunDraft(start, parentRunId);
    const { info } = await wire.createRun({
      experiment_id: experimentId,
      run_name: start.name,
      start_time: Date.now(),
      tags: toKeyValues({
        ...start.tags,
        ...(parentRunId === null ? {} : { [PARENT_TAG]: parentRunId }),
      }),
    });
    const run = new MlflowRun(wire, draft, info);
    await run.sendParams(start.params ?? {});
    if (start.dataset !== undefined) await logDataset(wire, run.id, start.dataset);
    return run;
  }

  async logParams(params: Readonly<Record<string, ParamValue>>): Promise<void> {
    this.draft.addParams(params);
    await this.sendParams(params);
  }

  async logMetrics(metrics: Readonly<Record<string, number>>, step = 0): Promise<void> {
    this.draft.addMetrics(metrics, step);
    const timestamp = Date.now();
    const points = Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp, step }));
    for (const chunk of chunks(points, METRICS_PER_CALL))
      await this.wire.logBatch({ run_id: this.id, metrics: chunk });
  }

  async logArtifact(file: string, folder = ''): Promise<void> {
    this.draft.requireOpen();
    const path = artifactPath(folder, basename(file));
    await this.wire.artifacts.upload(this.info.artifact_uri, path, await readFile(file));
  }

  startChild(start: RunStart): Promise<Run> {
    this.draft.requireOpen();
    return MlflowRun.start(this.wire, this.info.experiment_id, start, this.id);
  }

  async finish(status: Exclude<RunStatus, 'RUNNING'>): Promise<void> {
    this.draft.close(status);
    await this.wire.endRun(this.id, status, Date.now());
  }

  private async sendParams(params: Readonly<Record<string, ParamValue>>): Promise<void> {
    for (const chunk of chunks(toKeyValues(params), PARAMS_PER_CALL))
      await this.wire.logBatch({ run_id: this.id, params: chunk });
  }
}

export async function logDataset(
  wire: MlflowWire,
  runId: string,
  { name, digest, source, rows }: RunDataset,
): Promise<void> {
  const tags = toKeyValues({ [CONTEXT_TAG]: 'training', [SHA256_TAG]: digest });
  await wire.logInput(runId, tags, {
    name,
    digest: digest.slice(0, DIGEST_LENGTH),
    source_type: 'local',
    source: JSON.stringify({ uri: source }),
    profile: JSON.stringify({ num_rows: rows }),
  });
}

export function* chunks<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let i = 0; i < items.length; i += size) yield items.slice(i, i + size);
}

export const toKeyValues = (values: Readonly<Record<string, ParamValue>>): KeyValue[] =>
  Object.entries(values).map(([key, value]) => ({ key, value: String(value) }));

const byTime = (a: WireMetricPoint, b: WireMetricPoint): number =>
  a.timestamp - b.timestamp || a.step - b.step;

const toIso = (ms: number): string => new Date(ms).toISOString();

const toPoint = ({ value, step, timestamp }: WireMetricPoint): MetricPoint => ({
  value,
  step,
  time: toIso(timestamp),
});

function toRecord(
  run: WireRun,
  metrics: RunRecord['metrics'],
  artifacts: readonly string[],
): RunRecord {
  const { info, data } = run;
  const { [PARENT_TAG]: parentRunId = null, ...tags } = toObject(
    data.tags.filter(({ key }) => key !== NAME_TAG),
  );
  return {
    runId: info.run_id,
    parentRunId,
    name: info.run_name,
    status: toStatus(info.status),
    startTime: toIso(info.start_time),
    endTime: info.end_time === undefined ? null : toIso(info.end_time),
    params: toObject(data.params),
    metrics,
    tags,
    dataset: toDataset(run),
    artifacts,
  };
}

const toObject = (entries: readonly KeyValue[]): Record<string, string> =>
  Object.fromEntries(entries.map(({ key, value }) => [key, value]));

/** SCHEDULED, which only MLflow projects have, is a run that has not ended. */
const toStatus = (status: string): RunStatus =>
  status === 'FINISHED' || status === 'FAILED' || status === 'KILLED' ? status : 'RUNNING';

/** The dataset that this adapter logged; inputs that others logged have no sha256 and are left out. */
function toDataset({ inputs }: WireRun): RunDataset | null {
  for (const { tags, dataset } of inputs.dataset_inputs) {
    const { [SHA256_TAG]: digest } = toObject(tags);
    if (digest === undefined) continue;
    const { uri } = datasetSource.parse(JSON.parse(dataset.source));
    const { num_rows: rows } = datasetProfile.parse(JSON.parse(dataset.profile));
    return { name: dataset.name, digest, source: uri, rows };
  }
  return null;
}
