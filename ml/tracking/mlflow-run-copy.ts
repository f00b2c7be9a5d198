// Copies finished runs to an MLflow server with their times. A copy knows by a tag what it is a copy of, so that copying again, also after
// an interruption, adds nothing twice.
import { readFile } from 'node:fs/promises';
import type { MlflowConnection } from '../../src/model/registry/mlflow-http.ts';
import type { WireRun } from '../../src/model/registry/mlflow-shapes.ts';
import { MlflowWire } from '../../src/model/registry/mlflow-wire.ts';
import {
  chunks,
  logDataset,
  METRICS_PER_CALL,
  PARAMS_PER_CALL,
  PARENT_TAG,
  toKeyValues,
} from './mlflow-run-tracker.ts';
import type { RunRecord } from './run-tracker.ts';

export const COPY_TAG = 'foretell.run_id';
const PAGE = 1000;

export interface RunSource {
  readonly run: RunRecord;
  /** Of the copy of its parent. */
  readonly parentRunId: string | null;
  readonly artifactFile: (path: string) => string;
}

/** Where the copy of a run is, and whether all of it is there. */
export interface RunCopy {
  readonly runId: string;
  readonly complete: boolean;
}

export class MlflowRunCopier {
  private readonly wire: MlflowWire;

  constructor(connection: MlflowConnection) {
    this.wire = new MlflowWire(connection);
  }

  /** The copies in an experiment, by the id of the run that each is of. */
  async copiesIn(experiment: string): Promise<ReadonlyMap<string, RunCopy>> {
    const copies = new Map<string, RunCopy>();
    let token: string | undefined;
    do {
      const page = await this.wire.searchRuns(experiment, PAGE, token);
      for (const { info, data } of page.runs) {
        const original = data.tags.find(({ key }) => key === COPY_TAG)?.value;
        if (original === undefined) continue;
        copies.set(original, { runId: info.run_id, complete: info.status !== 'RUNNING' });
      }
      token = page.next_page_token === '' ? undefined : page.next_page_token;
    } while (token !== undefined);
    return copies;
  }

  /** Answers the id of the copy; goes on with an incomplete one. MLflow keeps what it is sent twice once. */
  async copy(experiment: string, source: RunSource, begun?: RunCopy): Promise<string> {
    const { run } = source;
    const { info } =
      begun === undefined
        ? await this.create(experiment, source)
        : await this.wire.getRun(begun.runId);
    for (const params of chunks(toKeyValues(run.params), PARAMS_PER_CALL))
      await this.wire.logBatch({ run_id: info.run_id, params });
    for (const metrics of chunks(pointsOf(run), METRICS_PER_CALL))
      await this.wire.logBatch({ run_id: info.run_id, metrics });
    if (run.dataset !== null) await logDataset(this.wire, info.run_id, run.dataset);
    for (const path of run.artifacts)
      await this.wire.artifacts.upload(
        info.artifact_uri,
        path,
        await readFile(source.artifactFile(path)),
      );
    await this.wire.endRun(info.run_id, run.status, Date.parse(run.endTime ?? run.startTime));
    return info.run_id;
  }

  private async create(experiment: string, { run, parentRunId }: RunSource): Promise<WireRun> {
    return this.wire.createRun({
      experiment_id: await this.wire.ensureExperiment(experiment),
      run_name: run.name,
      start_time: Date.parse(run.startTime),
      tags: toKeyValues({
        ...run.tags,
        [COPY_TAG]: run.runId,
        ...(parentRunId === null ? {} : { [PARENT_TAG]: parentRunId }),
      }),
    });
  }
}

const pointsOf = ({ metrics }: RunRecord) =>
  Object.entries(metrics).flatMap(([key, points]) =>
    points.map(({ value, step, time }) => ({ key, value, step, timestamp: Date.parse(time) })),
  );
