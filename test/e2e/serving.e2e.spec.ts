// What surrounds predictions over real HTTP: metrics, health, the OpenAPI document, a model that is missing, swapped or broken, and a log
// that cannot be written.
import { writeFileSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenAPIObject } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import type { ModelFeature } from '../../src/features/feature-spec.ts';
import { ModelLoader } from '../../src/model/model-loader.ts';
import {
  PredictionServer,
  publish,
  register,
  type Answer,
  type Problem,
} from '../support/prediction-server.ts';
import { writeTinyBundle } from '../support/tiny-bundle.ts';

const NAME = 'foretell';
const GOOD = { 'mean radius': 13, 'mean texture': 18, side: 'left' };

const feature = (name: string): ModelFeature => ({
  kind: 'numeric',
  name,
  nullable: false,
  training: { min: 1, max: 3, median: 2 },
});

describe('a server with a model', () => {
  let server: PredictionServer;
  let authorization: string;
  beforeAll(async () => {
    server = await PredictionServer.start(publish);
    authorization = `Bearer ${await server.token()}`;
  });
  afterAll(() => server.stop());

  const predict = (body: unknown): Promise<Answer<unknown>> =>
    server.post('/predict', JSON.stringify(body), { authorization });

  describe('metrics', () => {
    it('count predictions by outcome, refusals by feature and rule, and stored rows', async () => {
      const valueOf = async (series: string): Promise<number> => {
        const { body } = await server.send<string>('/metrics');
        return Number(
          body
            .split('\n')
            .find((line) => line.startsWith(`${series} `))
            ?.slice(series.length),
        );
      };
      const predicted = `model_predictions_total{model="${NAME}",version="1",outcome="high_risk"}`;
      const refused = `model_input_validation_failures_total{model="${NAME}",feature="side",rule="category"}`;
      const unknown = `model_input_validation_failures_total{model="${NAME}",feature="unknown",rule="unknown"}`;
      const before = [await valueOf(predicted), await valueOf('prediction_log_writes_total')];
      await predict({ features: GOOD });
      await predict({ features: { ...GOOD, side: 'middle', 'a name of the caller': 1 } });
      expect(await valueOf(predicted)).toBe((before[0] ?? 0) + 1);
      expect(await valueOf('prediction_log_writes_total')).toBe((before[1] ?? 0) + 1);
      expect(await valueOf(refused)).toBeGreaterThan(0);
      expect(await valueOf(unknown)).toBeGreaterThan(0);
      expect(await valueOf('prediction_log_write_failures_total')).toBe(0);
      const { body } = await server.send<string>('/metrics');
      expect(body).not.toContain('a name of the caller');
      expect(body).toMatch(/^model_info\{model="foretell",version="1",.* 1$/m);
      for (const stage of ['validate', 'infer', 'log']) {
        expect(body).toMatch(
          new RegExp(`model_prediction_duration_seconds_count\\{.*stage="${stage}"\\} [1-9]`),
        );
      }
    });
  });

  describe('health', () => {
    it('is live and ready without a credential', async () => {
      expect((await server.send('/health/live')).body).toEqual({ status: 'ok' });
      const ready = await server.send('/health/ready');
      expect(ready.status).toBe(200);
      expect(ready.body).toEqual({
        status: 'ok',
        checks: { model: { status: 'ok', name: NAME, version: '1' }, database: { status: 'ok' } },
      });
    });
  });

  describe('the OpenAPI document', () => {
    const document = async (): Promise<OpenAPIObject> =>
      (await server.send<OpenAPIObject>('/docs-json')).body;
    const operations = async () =>
      Object.entries((await document()).paths).flatMap(([path, item]) =>
        (['get', 'post', 'put', 'patch', 'delete'] as const).flatMap((method) => {
          const operation = item[method];
          return operation === undefined ? [] : [{ name: `${method} ${path}`, operation }];
        }),
      );

    it('has a summary, a tag that is described, and an answer with its schema for every route', async () => {
      const tags = new Set((await document()).tags?.map(({ name }) => name));
      const lacking = (await operations()).filter(({ operation }) => {
        const [success] = Object.entries(operation.responses).filter(([status]) =>
          status.startsWith('2'),
        );
        const answers =
          success?.[0] === '204' ||
          (success?.[1] as { content?: unknown } | undefined)?.content !== undefined;
        const tagged = operation.tags?.length === 1 && operation.tags.every((tag) => tags.has(tag));
        return !operation.summary || !tagged || !answers;
      });
      expect(lacking.map(({ name }) => name)).toEqual([]);
    });

    it('documents a 401 problem on every route that needs a credential', async () => {
      const secured = (await operations()).filter(
        ({ operation }) => operation.security !== undefined,
      );
      expect(secured.length).toBeGreaterThan(10);
      const lacking = secured.filter(({ operation }) => !('401' in operation.responses));
      expect(lacking.map(({ name }) => name)).toEqual([]);
    });

    it('holds an example of /predict that is answered with 200 as it stands', async () => {
      const schema = (await document()).components?.schemas?.['PredictRequest'] as {
        example: unknown;
      };
      expect((await predict(schema.example)).status).toBe(200);
    });
  });
});

describe('servers of one test', () => {
  let started: PredictionServer | undefined;
  const start = async (prepare?: (varDir: string) => Promise<unknown>): Promise<PredictionServer> =>
    (started = await PredictionServer.start(prepare));
  afterEach(() => started?.stop());

  it('without a model a server is live but not ready, refuses to predict, and serves the model once there is one, schema and all', async () => {
    const server = await start();
    const headers = { authorization: `Bearer ${await server.token()}` };
    const body = JSON.stringify({ features: { width: 2 } });
    expect((await server.send('/health/live')).status).toBe(200);
    const ready = await server.send('/health/ready');
    expect(ready.status).toBe(503);
    expect(ready.body).toMatchObject({
      status: 'unavailable',
      checks: { model: { status: 'unavailable' }, database: { status: 'ok' } },
    });
    const refused = await server.post<Problem>('/predict', body, headers);
    expect([refused.status, refused.body.code]).toEqual([503, 'MODEL_NOT_READY']);
    const required = async (): Promise<unknown> => {
      const { body: document } = await server.send<OpenAPIObject>('/docs-json');
      return (document.components?.schemas?.['Features'] as { required?: unknown }).required;
    };
    expect(await required()).toBeUndefined();

    await server.publish({ features: [feature('width')] });
    await server.app.get(ModelLoader).check();
    expect((await server.send('/health/ready')).status).toBe(200);
    expect((await server.post('/predict', body, headers)).status).toBe(200);
    expect(await required()).toEqual(['width']);

    await server.publish({ features: [feature('height')], threshold: 0.25 });
    await server.app.get(ModelLoader).check();
    expect(await required()).toEqual(['height']);
    expect((await server.post('/predict', body, headers)).status).toBe(422);
    const metrics = await server.send<string>('/metrics');
    expect(metrics.body).toContain(
      'model_prediction_score_bucket{le="0.25",model="foretell",version="2"} 0',
    );
  });

  it('a bundle that is not what it says never becomes ready, and readiness says why', async () => {
    const server = await start(async (varDir) => {
      const broken = mkdtempSync(join(varDir, 'bundle-'));
      await writeTinyBundle(broken);
      writeFileSync(join(broken, 'model.onnx'), 'not a model');
      await register(varDir, broken);
    });
    const ready = await server.send('/health/ready');
    expect(ready.status).toBe(503);
    expect(ready.body).toMatchObject({
      checks: {
        model: {
          status: 'unavailable',
          reason: expect.stringContaining('model.onnx') as string,
        },
      },
    });
  });

  it('a prediction log that cannot be written acknowledges nothing: 503 with a time to retry, counted, and the server recovers', async () => {
    const server = await start(publish);
    const headers = { authorization: `Bearer ${await server.token()}` };
    const body = JSON.stringify({ features: GOOD });
    const database = server.app.get(DataSource);
    await database.query('ALTER TABLE predictions RENAME TO gone');
    const refused = await server.post<Problem>('/predict', body, headers);
    expect([refused.status, refused.body.code]).toEqual([503, 'UNAVAILABLE']);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(JSON.stringify(refused.body)).not.toMatch(/probability|SQL|table/i);
    expect((await server.send<string>('/metrics')).body).toMatch(
      /^prediction_log_write_failures_total 1$/m,
    );
    await database.query('ALTER TABLE gone RENAME TO predictions');
    expect((await server.post('/predict', body, headers)).status).toBe(200);
  });

  it('a database that does not answer makes the server not ready, and the reason names no internals', async () => {
    const server = await start(publish);
    await server.app.get(DataSource).destroy();
    const ready = await server.send('/health/ready');
    expect(ready.status).toBe(503);
    expect(ready.body).toMatchObject({
      checks: {
        model: { status: 'ok' },
        database: { status: 'unavailable', reason: 'The database does not answer.' },
      },
    });
    expect((await server.send('/health/live')).status).toBe(200);
  });
});
