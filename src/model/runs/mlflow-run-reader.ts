// Runs of the MLflow experiment that is named after the model.
import type { MlflowConnection } from '../registry/mlflow-http.ts';
import type { WireRun } from '../registry/mlflow-shapes.ts';
import { MlflowWire } from '../registry/mlflow-wire.ts';
import { RunReader, type RunPage, type RunSummary } from './run-reader.ts';

const PARENT = 'mlflow.parentRunId';

export class MlflowRunReader extends RunReader {
  private readonly wire: MlflowWire;

  constructor(
    connection: MlflowConnection,
    private readonly experiment: string,
  ) {
    super();
    this.wire = new MlflowWire(connection);
  }

  async list(limit: number, cursor?: string): Promise<RunPage> {
    const { runs, next_page_token } = await this.wire.searchRuns(this.experiment, limit, cursor);
    return {
      items: runs.map(toSummary),
      nextCursor: next_page_token === '' ? null : next_page_token,
    };
  }

  async get(runId: string): Promise<RunSummary> {
    return toSummary(await this.wire.getRun(runId));
  }
}

function toSummary({ info, data }: WireRun): RunSummary {
  const tags = asRecord(data.tags);
  return {
    run_id: info.run_id,
    parent_run_id: tags[PARENT] ?? null,
    name: info.run_name,
    status: info.status,
    start_time: new Date(info.start_time).toISOString(),
    end_time: info.end_time === undefined ? null : new Date(info.end_time).toISOString(),
    params: asRecord(data.params),
    metrics: asRecord(data.metrics),
    tags,
  };
}

const asRecord = <T>(
  entries: readonly { readonly key: string; readonly value: T }[],
): Record<string, T> => Object.fromEntries(entries.map(({ key, value }) => [key, value]));
