// MLflow's REST API as far as we use it, typed and checked: one method per call, named after it. Shapes and traps as tried on MLflow 3.17.
// Never leaves this folder, except to ml/tracking.
import { z } from 'zod';
import { AppError } from '../../common/errors.ts';
import { MlflowArtifacts } from './mlflow-artifacts.ts';
import * as shapes from './mlflow-shapes.ts';
import { MlflowHttp, type MlflowConnection, type MlflowRequest } from './mlflow-http.ts';

const API = '/api/2.0/mlflow';
const PAGE = 200;

export class MlflowWire {
  readonly artifacts: MlflowArtifacts;
  readonly #http: MlflowHttp;

  constructor(connection: MlflowConnection) {
    this.#http = new MlflowHttp(connection);
    this.artifacts = new MlflowArtifacts(this.#http);
  }

  // Experiments and runs

  /** The id of the experiment of that name, which is made where it is missing. */
  async ensureExperiment(name: string): Promise<string> {
    const found = await this.#experimentByName(name);
    if (found !== null) return found;
    try {
      const schema = z.object({ experiment_id: z.string() });
      return (await this.#post(schema, '/experiments/create', { name })).experiment_id;
    } catch (error) {
      // Somebody else made it in between.
      const made = isCode(error, 'CONFLICT') ? await this.#experimentByName(name) : null;
      if (made === null) throw error;
      return made;
    }
  }

  async createRun(body: {
    readonly experiment_id: string;
    readonly run_name: string;
    readonly start_time: number;
    readonly tags: readonly shapes.KeyValue[];
  }): Promise<shapes.WireRun> {
    return (await this.#post(z.object({ run: shapes.run }), '/runs/create', body)).run;
  }

  async getRun(runId: string): Promise<shapes.WireRun> {
    return (await this.#get(z.object({ run: shapes.run }), '/runs/get', { run_id: runId })).run;
  }

  /** A page of an experiment's runs, newest first; empty where the experiment is not there yet. */
  async searchRuns(
    experiment: string,
    limit: number,
    pageToken?: string,
  ): Promise<shapes.WireRunPage> {
    const id = await this.#experimentByName(experiment);
    if (id === null) return { runs: [], next_page_token: '' };
    return this.#repeatable(shapes.runPage, 'POST', '/runs/search', {
      experiment_ids: [id],
      max_results: limit,
      order_by: ['attributes.start_time DESC'],
      ...(pageToken !== undefined && { page_token: pageToken }),
    });
  }

  /** At most 1000 metrics, 100 params, 1000 together. MLflow keeps a repeated point once, so a retry adds nothing. */
  async logBatch(body: {
    readonly run_id: string;
    readonly metrics?: readonly shapes.MetricEntry[];
    readonly params?: readonly shapes.KeyValue[];
  }): Promise<void> {
    await this.#repeatable(shapes.nothing, 'POST', '/runs/log-batch', body);
  }

  async logInput(
    runId: string,
    tags: readonly shapes.KeyValue[],
    dataset: shapes.DatasetEntry,
  ): Promise<void> {
    const datasets = [{ tags, dataset }];
    await this.#repeatable(shapes.nothing, 'POST', '/runs/log-inputs', { run_id: runId, datasets });
  }

  async logOutput(runId: string, modelId: string): Promise<void> {
    const models = [{ model_id: modelId, step: 0 }];
    await this.#repeatable(shapes.nothing, 'POST', '/runs/outputs', { run_id: runId, models });
  }

  async endRun(runId: string, status: string, endTime: number): Promise<void> {
    const body = { run_id: runId, status, end_time: endTime };
    await this.#repeatable(shapes.nothing, 'POST', '/runs/update', body);
  }

  /** Every point of a metric, as MLflow orders them. */
  metricHistory(runId: string, key: string): Promise<readonly shapes.WireMetricPoint[]> {
    const page = z.object({ metrics: z.array(shapes.metricPoint).default([]), ...shapes.nextPage });
    const query = { run_id: runId, metric_key: key, max_results: '1000' };
    return this.#pages(page, '/metrics/get-history', query, ({ metrics }) => metrics);
  }

  // Logged models

  async createLoggedModel(body: {
    readonly experiment_id: string;
    readonly name: string;
    readonly source_run_id?: string;
    readonly tags: readonly shapes.KeyValue[];
  }): Promise<shapes.WireLoggedModel> {
    return (await this.#post(z.object({ model: shapes.loggedModel }), '/logged-models', body))
      .model;
  }

  async getLoggedModel(modelId: string): Promise<shapes.WireLoggedModel> {
    const schema = z.object({ model: shapes.loggedModel });
    return (await this.#get(schema, `/logged-models/${encodeURIComponent(modelId)}`)).model;
  }

  async finishLoggedModel(modelId: string, status: 'READY' | 'UPLOAD_FAILED'): Promise<void> {
    const body = { model_id: modelId, status: `LOGGED_MODEL_${status}` };
    await this.#repeatable(
      shapes.nothing,
      'PATCH',
      `/logged-models/${encodeURIComponent(modelId)}`,
      body,
    );
  }

  async tagLoggedModel(modelId: string, tags: readonly shapes.KeyValue[]): Promise<void> {
    const path = `/logged-models/${encodeURIComponent(modelId)}/tags`;
    await this.#repeatable(shapes.nothing, 'PATCH', path, { tags });
  }

  // Registry

  /** Makes the registered model where it is missing. */
  async ensureRegisteredModel(name: string): Promise<void> {
    try {
      await this.#post(shapes.nothing, '/registered-models/create', { name });
    } catch (error) {
      if (!isCode(error, 'CONFLICT')) throw error;
    }
  }

  async getRegisteredModel(name: string): Promise<shapes.WireRegisteredModel> {
    const schema = z.object({ registered_model: shapes.registeredModel });
    return (await this.#get(schema, '/registered-models/get', { name })).registered_model;
  }

  searchRegisteredModels(): Promise<readonly shapes.WireRegisteredModel[]> {
    const page = z.object({
      registered_models: z.array(shapes.registeredModel).default([]),
      ...shapes.nextPage,
    });
    const query = { max_results: `${PAGE}` };
    return this.#pages(
      page,
      '/registered-models/search',
      query,
      (found) => found.registered_models,
    );
  }

  async createVersion(body: {
    readonly name: string;
    readonly source: string;
    /** Required by MLflow 3.17 for a source models:/m-...: the same id again. */
    readonly model_id: string;
    readonly run_id?: string;
    readonly tags: readonly shapes.KeyValue[];
    readonly description: string;
  }): Promise<shapes.WireVersion> {
    const schema = z.object({ model_version: shapes.version });
    return (await this.#post(schema, '/model-versions/create', body)).model_version;
  }

  async getVersion(name: string, number: string): Promise<shapes.WireVersion> {
    const schema = z.object({ model_version: shapes.version });
    const query = { name, version: number };
    return (await this.#get(schema, '/model-versions/get', query)).model_version;
  }

  /** null where the model has no such alias, which MLflow answers with 400. Throws NOT_FOUND for an unknown model. */
  async versionByAlias(name: string, alias: string): Promise<shapes.WireVersion | null> {
    try {
      const schema = z.object({ model_version: shapes.version });
      return (await this.#get(schema, '/registered-models/alias', { name, alias })).model_version;
    } catch (error) {
      if (isCode(error, 'BAD_REQUEST')) return null;
      throw error;
    }
  }

  async latestInStage(name: string, stage: string): Promise<shapes.WireVersion | null> {
    const schema = z.object({ model_versions: z.array(shapes.version).default([]) });
    const body = { name, stages: [stage] };
    const path = '/registered-models/get-latest-versions';
    return (await this.#repeatable(schema, 'POST', path, body)).model_versions[0] ?? null;
  }

  /** Newest first. MLflow leaves their aliases out. The value goes into a filter: checked by the caller to hold no quote. */
  searchVersions(field: 'name' | 'run_id', value: string): Promise<readonly shapes.WireVersion[]> {
    const page = z.object({
      model_versions: z.array(shapes.version).default([]),
      ...shapes.nextPage,
    });
    const query = {
      filter: `${field}='${value}'`,
      max_results: `${PAGE}`,
      order_by: 'version_number DESC',
    };
    return this.#pages(page, '/model-versions/search', query, (found) => found.model_versions);
  }

  async downloadUri(name: string, number: string): Promise<string> {
    const schema = z.object({ artifact_uri: z.string() });
    const query = { name, version: number };
    return (await this.#get(schema, '/model-versions/get-download-uri', query)).artifact_uri;
  }

  async setStage(name: string, number: string, stage: string): Promise<void> {
    const body = { name, version: number, stage, archive_existing_versions: false };
    await this.#repeatable(shapes.nothing, 'POST', '/model-versions/transition-stage', body);
  }

  async setAlias(name: string, alias: string, number: string): Promise<void> {
    const body = { name, alias, version: number };
    await this.#repeatable(shapes.nothing, 'POST', '/registered-models/alias', body);
  }

  async deleteAlias(name: string, alias: string): Promise<void> {
    await this.#repeatable(shapes.nothing, 'DELETE', '/registered-models/alias', { name, alias });
  }

  async #experimentByName(name: string): Promise<string | null> {
    try {
      const query = { experiment_name: name };
      const found = await this.#get(
        z.object({ experiment: shapes.experiment }),
        '/experiments/get-by-name',
        query,
      );
      if (found.experiment.lifecycle_stage === 'active') return found.experiment.experiment_id;
    } catch (error) {
      if (isCode(error, 'NOT_FOUND')) return null;
      throw error;
    }
    throw new AppError(
      'CONFLICT',
      'the experiment was deleted in MLflow: restore it or delete it for good (mlflow gc)',
    );
  }

  #get<T>(schema: z.ZodType<T>, path: string, query: Record<string, string> = {}): Promise<T> {
    return this.#http.json(schema, {
      method: 'GET',
      path: `${API}${path}`,
      query,
      idempotent: true,
    });
  }

  /** Makes something new each time: never sent twice. */
  #post<T>(schema: z.ZodType<T>, path: string, body: object): Promise<T> {
    return this.#http.json(schema, {
      method: 'POST',
      path: `${API}${path}`,
      body,
      idempotent: false,
    });
  }

  /** Changes state, but to the same end however often it is sent. */
  #repeatable<T>(
    schema: z.ZodType<T>,
    method: MlflowRequest['method'],
    path: string,
    body: object,
  ): Promise<T> {
    return this.#http.json(schema, { method, path: `${API}${path}`, body, idempotent: true });
  }

  async #pages<P extends { readonly next_page_token: string }, T>(
    schema: z.ZodType<P>,
    path: string,
    query: Record<string, string>,
    items: (page: P) => readonly T[],
  ): Promise<readonly T[]> {
    const all: T[] = [];
    let token = '';
    do {
      const page = await this.#get(
        schema,
        path,
        token === '' ? query : { ...query, page_token: token },
      );
      all.push(...items(page));
      token = page.next_page_token;
    } while (token !== '');
    return all;
  }
}

export const isCode = (error: unknown, code: AppError['code']): boolean =>
  error instanceof AppError && error.code === code;
