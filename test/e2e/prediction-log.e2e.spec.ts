// The prediction log of a running server: what each mode keeps, what becomes of old rows, and of a database that is held by another process.
import { randomUUID } from 'node:crypto';
import { getRepositoryToken } from '@nestjs/typeorm';
import Database from 'better-sqlite3';
import type { Repository } from 'typeorm';
import { Config } from '../../src/config/load-config.ts';
import { PredictionStore } from '../../src/prediction/log/prediction-store.ts';
import { Retention } from '../../src/prediction/log/retention.ts';
import { LoggedPrediction } from '../../src/prediction/logged-prediction.entity.ts';
import { logRow } from '../contract/prediction-writer.contract.ts';
import { PredictionServer, publish, type Problem } from '../support/prediction-server.ts';
import { ENGINE } from '../support/test-database.ts';

const ROW = JSON.stringify({ 'mean radius': 13, 'mean texture': 18, side: 'left' });

describe.each([
  ['acknowledged', 20],
  ['async', 20],
  ['off', 0],
])('PREDICTION_LOG=%s', (mode, expected) => {
  let server: PredictionServer;
  beforeAll(async () => {
    server = await PredictionServer.start(publish, { PREDICTION_LOG: mode });
  });
  afterAll(() => server.stop());

  it(`answers, and keeps ${expected} of 20 predictions that are asked for at once`, async () => {
    const headers = { authorization: `Bearer ${await server.token()}` };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => server.post<{ id: string }>('/predict', ROW, headers)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(20);
    const kept = async (): Promise<number> =>
      (await server.send<{ items: unknown[] }>('/predictions?limit=100', { headers })).body.items
        .length;
    // With async the rows follow their answers.
    const until = Date.now() + 30_000;
    while (mode === 'async' && (await kept()) < expected && Date.now() < until);
    expect(await kept()).toBe(expected);
    const metrics = await server.send<string>('/metrics');
    expect(metrics.body).toMatch(new RegExp(`^prediction_log_writes_total ${expected}$`, 'm'));
    expect(metrics.body).toMatch(/^prediction_log_queue_depth 0$/m);
  });
});

describe('retention', () => {
  let server: PredictionServer;
  beforeAll(async () => {
    server = await PredictionServer.start(publish, { RETENTION_DAYS: '30' });
  });
  afterAll(() => server.stop());

  it('deletes what is older than RETENTION_DAYS and nothing else', async () => {
    const rows = server.app.get<Repository<LoggedPrediction>>(
      getRepositoryToken(LoggedPrediction),
      {
        strict: false,
      },
    );
    const now = Date.now();
    const aged = (days: number): LoggedPrediction =>
      logRow({ id: randomUUID(), createdAt: now - days * 86_400_000 });
    const old = Array.from({ length: 450 }, (_, i) => aged(31 + i));
    const young = [aged(29), aged(1), aged(0)];
    for (let at = 0; at < old.length; at += 50) await rows.insert(old.slice(at, at + 50));
    await rows.insert(young);
    // The server looks by itself when it starts, and may have deleted some of them before.
    await server.app.get(Retention, { strict: false }).run(now);
    const left = await rows.find();
    expect(new Set(left.map(({ id }) => id))).toEqual(new Set(young.map(({ id }) => id)));
  });
});

describe('a log that has no room left', () => {
  it('refuses at every door with 503, and counts what was refused as overloaded', async () => {
    const server = await PredictionServer.start(publish);
    const headers = { authorization: `Bearer ${await server.token()}` };
    const store = server.app.get(PredictionStore, { strict: false });
    const room = jest.spyOn(store, 'hasRoom', 'get').mockReturnValue(false);
    const doors: readonly [string, unknown][] = [
      ['/predict', JSON.parse(ROW)],
      ['/predict/batch', [JSON.parse(ROW)]],
      ['/invocations', { dataframe_records: [JSON.parse(ROW)] }],
    ];
    for (const [path, body] of doors)
      expect((await server.post(path, JSON.stringify(body), headers)).status).toBe(503);
    room.mockRestore();
    expect((await server.post('/predict', ROW, headers)).status).toBe(200);
    const { body } = await server.send<string>('/metrics');
    expect(body).toMatch(/^model_prediction_errors_total\{.*reason="overloaded".*\} 3$/m);
    await server.stop();
  });
});

if (ENGINE === 'sqlite')
  describe('a database that another process holds', () => {
    it('is answered with 503 and a time to retry, nothing is acknowledged, and it goes on by itself', async () => {
      const server = await PredictionServer.start(publish);
      const headers = { authorization: `Bearer ${await server.token()}` };
      const ask = () => server.post<Problem>('/predict', ROW, headers);
      expect((await ask()).status).toBe(200);
      const { database } = server.app.get(Config, { strict: false });
      const other = new Database(database.kind === 'sqlite' ? database.path : '');
      other.exec('BEGIN IMMEDIATE');
      const refused = await ask();
      expect([refused.status, refused.body.code]).toEqual([503, 'UNAVAILABLE']);
      expect(refused.headers.get('retry-after')).toBe('5');
      other.exec('ROLLBACK');
      expect((await ask()).status).toBe(200);
      const { n } = other.prepare('SELECT count(*) AS n FROM predictions').get() as { n: number };
      expect(n).toBe(2);
      other.close();
      await server.stop();
    });
  });
