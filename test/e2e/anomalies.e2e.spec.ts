// Anomalies over real HTTP: what predictions in the log are found to be, when, by which rows, what came first, and that somebody has seen it.
import { randomUUID } from 'node:crypto';
import { DataSource, type Repository } from 'typeorm';
import type {
  AnomaliesResponse,
  AnomalyResponse,
} from '../../src/monitoring/anomalies/anomalies.dto.ts';
import { AnomalyCursor } from '../../src/monitoring/anomalies/anomaly-cursor.entity.ts';
import { AnomalySchedule } from '../../src/monitoring/anomalies/anomaly-schedule.ts';
import { Anomaly } from '../../src/monitoring/anomalies/anomaly.entity.ts';
import { MonitoringDuty } from '../../src/monitoring/monitoring-duty.ts';
import { LoggedPrediction } from '../../src/prediction/logged-prediction.entity.ts';
import { Random } from '../../src/statistics/random.ts';
import { logRow } from '../contract/prediction-writer.contract.ts';
import { PredictionServer, publish, type Problem } from '../support/prediction-server.ts';

/** Rows of the tests are stored at these and later instants, one every 100 ms: after anything that the first look reaches. */
const BEGIN = Date.now() + 3_600_000;
const STEP_MS = 100;

type Changes = Partial<LoggedPrediction>;
type Headers = Readonly<Record<string, string>>;

class Watched {
  private place = 0;
  private readonly random = Random.of(1);

  private constructor(
    readonly server: PredictionServer,
    readonly admin: Headers,
  ) {}

  static async start(settings: Readonly<Record<string, string>> = {}): Promise<Watched> {
    const server = await PredictionServer.start(publish, settings);
    return new Watched(server, { authorization: `Bearer ${await server.token()}` });
  }

  /** A server that does not look by itself. */
  static async startUnscheduled(): Promise<Watched> {
    const duty = jest.spyOn(MonitoringDuty.prototype, 'take').mockReturnValue(undefined);
    const watched = await Watched.start();
    duty.mockRestore();
    return watched;
  }

  get log(): Repository<LoggedPrediction> {
    return this.server.app.get(DataSource).getRepository(LoggedPrediction);
  }

  /** The instant of the next row. */
  get now(): number {
    return BEGIN + this.place * STEP_MS;
  }

  /** Ordinary rows of version 1, but for the changes. */
  async answer(rows: number, changes: (row: Changes) => Changes = () => ({})): Promise<string[]> {
    const stored = Array.from({ length: rows }, () => this.row(changes));
    for (let at = 0; at < rows; at += 50) await this.log.insert(stored.slice(at, at + 50));
    return stored.map(({ id }) => id);
  }

  /** As the schedule does, some seconds after the last row. */
  look(): Promise<void> {
    return this.server.app.get(AnomalySchedule).look(this.now + 5000);
  }

  async list(query = ''): Promise<AnomaliesResponse> {
    const path = `/monitoring/anomalies${query}`;
    const { status, body } = await this.server.send<AnomaliesResponse>(path, {
      headers: this.admin,
    });
    expect(status).toBe(200);
    return body;
  }

  acknowledge<Body = AnomalyResponse>(id: string, headers = this.admin, body: object = {}) {
    return this.server.post<Body>(
      `/monitoring/anomalies/${id}/acknowledge`,
      JSON.stringify(body),
      headers,
    );
  }

  private row(changes: (row: Changes) => Changes): LoggedPrediction {
    const createdAt = this.now;
    this.place += 1;
    const part = (): number => this.random.next() / 2 ** 32;
    // As the rows of the bundle: both numbers all over their ranges, and together.
    const [share, noise] = [part(), part()];
    const ordinary = {
      id: randomUUID(),
      createdAt,
      probability: 0.2 + 0.2 * part(),
      durationMs: 2 * Math.exp(part() + part() - 1),
      cpuPercent: 20 + 10 * part(),
      memoryBytes: Math.round(3e8 + 1e6 * part()),
      inputs: JSON.stringify({
        'mean radius': 7 + 20 * share,
        'mean texture': 10 + 29 * noise,
        side: 'left',
      }),
    };
    return logRow({ ...ordinary, ...changes(ordinary) });
  }
}

describe('anomalies', () => {
  let watched: Watched;
  beforeEach(async () => {
    watched = await Watched.startUnscheduled();
    // From now on: rows of the tests come later.
    await watched.server.app.get(AnomalySchedule).look();
  });
  afterEach(() => watched.server.stop());

  it('are told on one time axis, each with its predictions, and what came first', async () => {
    await watched.answer(1500);
    await watched.look();
    expect(await watched.list()).toMatchObject({ items: [], look: { skipped: 0 } });

    const begin = watched.now;
    const busy = await watched.answer(60, () => ({ cpuPercent: 130 }));
    const slow = await watched.answer(300, ({ durationMs = 0, cpuPercent = 0 }) => ({
      durationMs: durationMs * 5,
      cpuPercent: cpuPercent + 100,
    }));
    await watched.answer(20, ({ probability = 0 }) => ({ probability: probability + 0.5 }));
    const odd = await watched.answer(1, () => ({
      inputs: JSON.stringify({ 'mean radius': 1e6, 'mean texture': 18, side: 'left' }),
    }));
    await watched.answer(100, ({ probability = 0 }) => ({ probability: probability + 0.5 }));
    await watched.look();

    const { items, look } = await watched.list('?window=1h');
    expect(items.map(({ at }) => at)).toEqual(
      items
        .map(({ at }) => at)
        .sort()
        .reverse(),
    );
    expect(items.map(({ kind, feature }) => `${kind} ${feature ?? ''}`.trim()).sort()).toEqual([
      'cpu',
      'input',
      'input mean radius',
      'latency',
      'score',
    ]);
    const of = (kind: string) => items.find((anomaly) => anomaly.kind === kind) as AnomalyResponse;
    expect(of('cpu')).toMatchObject({
      model: { name: 'foretell', version: null },
      evidence: { method: 'robust_z' },
      acknowledged_at: null,
    });
    expect(Math.abs(Date.parse(of('cpu').at) - begin)).toBeLessThan(1000);
    expect([...busy, ...slow]).toEqual(expect.arrayContaining([...of('cpu').prediction_ids]));
    expect(of('latency')).toMatchObject({ model: { name: 'foretell', version: '1' } });
    expect(of('latency').value).toBeGreaterThan(3 * (of('latency').expected ?? 0));
    expect(slow).toEqual(expect.arrayContaining([...of('latency').prediction_ids]));
    expect(items.find(({ feature }) => feature === 'mean radius')).toMatchObject({
      evidence: { method: 'outside_range' },
      prediction_ids: odd,
    });
    expect(items.find(({ evidence: { method } }) => method === 'mahalanobis')).toMatchObject({
      feature: null,
      prediction_ids: odd,
    });
    for (const { first } of items)
      expect(first).toEqual({ id: of('cpu').id, kind: 'cpu', at: of('cpu').at });
    expect(look).toMatchObject({ skipped: 0, expected_run: 100_000 });
    expect(JSON.stringify(items)).not.toContain('1000000');

    const metrics = (await watched.server.send<string>('/metrics')).body;
    expect(metrics).toContain('model_anomalies_total{model="foretell",kind="cpu"} 1');
    expect(metrics).toContain('model_anomalies_total{model="foretell",kind="input"} 2');
    expect(metrics).toContain('model_anomalies_total{model="foretell",kind="memory"} 0');
    expect(await watched.list('?kind=score')).toMatchObject({
      items: [{ kind: 'score', first: { kind: 'cpu' } }],
    });
  });

  it('that are alike and close together are one that goes on', async () => {
    const odd = () => ({ inputs: JSON.stringify({ 'mean radius': 1e6, side: 'left' }) });
    const ids: string[] = [];
    for (let look = 0; look < 3; look += 1) {
      await watched.answer(20);
      ids.push(...(await watched.answer(1, odd)));
      await watched.look();
    }
    const { items } = await watched.list();
    const radius = items.filter(({ feature }) => feature === 'mean radius');
    expect(radius).toMatchObject([
      { prediction_ids: ids, evidence: { rows: 3 }, acknowledged_at: null },
    ]);
    expect(Date.parse(radius[0]?.ended_at ?? '') - Date.parse(radius[0]?.at ?? '')).toBe(
      2 * 21 * STEP_MS,
    );
  });

  it('look at no row twice, after a restart and a look that was broken off neither', async () => {
    const ids = await watched.answer(20, () => ({
      inputs: JSON.stringify({ 'mean radius': 1e6 }),
    }));
    const cursors = watched.server.app.get(DataSource).getRepository(AnomalyCursor);
    const before = await cursors.findOneByOrFail({ name: 'predictions' });
    await watched.look();
    expect(await cursors.findOneByOrFail({ name: before.name })).toMatchObject({
      at: watched.now - STEP_MS,
      rowId: ids.at(-1),
    });
    const told = (await watched.list()).items;
    expect(told.find(({ feature }) => feature === 'mean radius')?.evidence.rows).toBe(20);
    await watched.look();
    expect((await watched.list()).items).toEqual(told);
    await cursors.update({ name: before.name }, { at: before.at, rowId: before.rowId });
    await watched.look();
    expect((await watched.list()).items).toEqual(told);
  });

  it('leave out the oldest rows where too many have come, and say how many', async () => {
    await watched.answer(5300);
    await watched.look();
    expect((await watched.list()).look.skipped).toBe(300);
    await watched.look();
    expect((await watched.list()).look.skipped).toBe(300);
  });

  it('are acknowledged once, by operators', async () => {
    await watched.answer(1, () => ({ inputs: JSON.stringify({ 'mean radius': 1e6 }) }));
    await watched.look();
    const [{ id } = { id: '' }] = (await watched.list()).items;
    const user = { username: 'reader', password: 'a password of a viewer', role: 'viewer' };
    await watched.server.post('/users', JSON.stringify(user), { ...watched.admin });
    const viewer = {
      authorization: `Bearer ${await watched.server.token(user.username, user.password)}`,
    };
    expect((await watched.acknowledge(id, viewer)).status).toBe(403);
    expect((await watched.server.send('/monitoring/anomalies', { headers: viewer })).status).toBe(
      200,
    );
    const first = await watched.acknowledge(id, watched.admin, { note: 'A new scanner.' });
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ id, note: 'A new scanner.' });
    expect(first.body.acknowledged_by).toMatch(/^[0-9a-f-]{36}$/);
    expect((await watched.acknowledge(id, watched.admin, { note: 'Again.' })).body).toMatchObject({
      note: 'A new scanner.',
      acknowledged_at: first.body.acknowledged_at,
    });
    expect((await watched.list('?acknowledged=true')).items.map((one) => one.id)).toContain(id);
    expect((await watched.list('?acknowledged=false')).items.map((one) => one.id)).not.toContain(
      id,
    );
    expect((await watched.acknowledge(randomUUID())).status).toBe(404);
    const long = await watched.acknowledge<Problem>(id, watched.admin, { note: 'x'.repeat(1001) });
    expect([long.status, long.body.code]).toEqual([422, 'INVALID_INPUT']);
    const refused = await watched.server.send('/monitoring/anomalies?kind=weather', {
      headers: watched.admin,
    });
    expect(refused.status).toBe(422);
  });

  it('hold no value of a row', async () => {
    await watched.answer(3, () => ({
      inputs: JSON.stringify({ 'mean radius': 987654.25, 'mean texture': 'a secret', side: 'x' }),
    }));
    await watched.look();
    const stored = await watched.server.app.get(DataSource).getRepository(Anomaly).find();
    expect(stored.length).toBeGreaterThan(0);
    expect(JSON.stringify(stored)).not.toMatch(/987654|secret/);
  });
});

it('with ANOMALY_EXPECTED_RUN=off nobody looks', async () => {
  const watched = await Watched.start({ ANOMALY_EXPECTED_RUN: 'off' });
  expect((await watched.list()).look).toEqual({
    at: null,
    up_to: null,
    skipped: 0,
    expected_run: null,
  });
  await watched.server.stop();
});

it('a burst of refused requests is an anomaly, with how many of which kind', async () => {
  const watched = await Watched.startUnscheduled();
  const schedule = watched.server.app.get(AnomalySchedule);
  const send = async (rows: number, inputs: object): Promise<void> => {
    const body = JSON.stringify(inputs);
    for (let i = 0; i < rows; i += 20) {
      const some = Array.from({ length: 20 }, () =>
        watched.server.post('/predict', body, watched.admin),
      );
      await Promise.all(some);
    }
  };
  await schedule.look();
  await send(700, { 'mean radius': 14, 'mean texture': 19, side: 'left' });
  await schedule.look();
  await send(100, { 'mean radius': 'wide', side: 'left' });
  await schedule.look();
  const { items } = await watched.list('?kind=error');
  expect(items).toMatchObject([
    {
      model: { name: 'foretell', version: null },
      expected: 0,
      evidence: { parts: { invalid_input: 100 } },
      prediction_ids: [],
    },
  ]);
  expect(items[0]?.value).toBeGreaterThan(0.5);
  await watched.server.stop();
});
