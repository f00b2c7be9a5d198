// What the prediction doors are asked and answer, as a summary of a window counts it, over real HTTP.
import { DataSource } from 'typeorm';
import { ActivityBucket } from '../../src/metrics/activity.ts';
import { ActivityLog } from '../../src/prediction/rollups/activity-log.ts';
import { RollupLog } from '../../src/prediction/rollups/rollup-log.ts';
import { DAY_MS } from '../../src/prediction/rollups/spans.ts';
import { PredictionServer, publish } from '../support/prediction-server.ts';

const ROW = { 'mean radius': 13, 'mean texture': 18, side: 'left' };
const PREDICT = JSON.stringify({ features: ROW });
const INVOKE = JSON.stringify({ dataframe_records: [ROW, ROW] });
const TENSOR = JSON.stringify({
  inputs: [{ name: 'features', shape: [1, 3], datatype: 'FP32', data: [13, 18, 0] }],
});

describe('the activity of the prediction doors', () => {
  let server: PredictionServer;
  let bearer: Record<string, string>;

  beforeEach(async () => {
    server = await PredictionServer.start(publish);
    bearer = { authorization: `Bearer ${await server.token()}` };
  });
  afterEach(() => server.stop());

  const window = () => ({ from: Date.now() - DAY_MS, to: Date.now() });

  async function activity(): Promise<ActivityBucket> {
    const all = new ActivityBucket(0, DAY_MS);
    for (const bucket of await server.app.get(ActivityLog).read(window())) all.merge(bucket);
    return all;
  }

  /** A request is counted when its last byte is out, which the client may know before. */
  async function untilRequests(count: number): Promise<ActivityBucket> {
    for (;;) {
      const all = await activity();
      if (all.requests >= count) return all;
      await new Promise(setImmediate);
    }
  }

  it('counts every door and every row, and no other route', async () => {
    for (const body of [PREDICT, PREDICT, PREDICT])
      expect((await server.post('/predict', body, bearer)).status).toBe(200);
    expect((await server.post('/invocations', INVOKE, bearer)).status).toBe(200);
    expect((await server.post('/v2/models/foretell/infer', TENSOR, bearer)).status).toBe(200);
    const batch = { ...bearer, 'content-type': 'application/x-ndjson' };
    expect((await server.post('/predict/batch', JSON.stringify(ROW), batch)).status).toBe(200);
    await server.send('/health/live');
    await server.post('/predict/what-if', PREDICT, bearer);

    const { requests, errors, http, stages } = await untilRequests(6);
    expect([requests, http.count]).toEqual([6, 6]);
    expect(Object.values(errors).every((count) => count === 0)).toBe(true);
    expect(stages.infer.count).toBe(6);
    expect(stages.log.count).toBe(6);
    expect(http.min).toBeGreaterThan(0);
    expect(http.max).toBeGreaterThan(stages.infer.min ?? Infinity);
    const rollups = await server.app.get(RollupLog).read(window());
    expect(rollups.reduce((sum, { rollup }) => sum + rollup.rows, 0)).toBe(7);
  });

  it('says why requests were refused', async () => {
    const statuses = [
      await server.post('/predict', PREDICT, bearer),
      await server.post('/predict', '{"features":{"mean radius":"a"}}', bearer),
      await server.post('/predict', '{', bearer),
      await server.post('/predict', PREDICT, {}),
      await server.post('/predict', PREDICT, { authorization: 'Bearer no.such.token' }),
      await server.post('/v2/models/another/infer', TENSOR, bearer),
      await server.post('/predict', JSON.stringify({ features: 'a'.repeat(30_000) }), bearer),
    ].map(({ status }) => status);
    expect(statuses).toEqual([200, 422, 400, 401, 401, 404, 413]);
    const { errors } = await untilRequests(statuses.length);
    expect(errors).toEqual({
      invalid_input: 2,
      unauthorized: 2,
      not_found: 1,
      too_large: 1,
      rate_limited: 0,
      overloaded: 0,
      model_error: 0,
      client_left: 0,
    });
  });

  it('is in the database after a stop', async () => {
    for (let i = 0; i < 4; i += 1) await server.post('/predict', PREDICT, bearer);
    await untilRequests(4);
    const database = server.app.get(DataSource);
    const bodies: { readonly body: string }[] = [];
    const destroy = database.destroy.bind(database);
    // The last moment at which it can be asked.
    database.destroy = async () => {
      bodies.push(
        ...(await database.query<{ body: string }[]>(
          `SELECT body FROM "activity_rollups" WHERE span_ms = ${DAY_MS}`,
        )),
      );
      await destroy();
    };
    await server.app.close();
    const requests = bodies.map(({ body }) => ActivityBucket.from(0, 0, JSON.parse(body)).requests);
    expect(requests.reduce((sum, count) => sum + count, 0)).toBe(4);
  });
});
