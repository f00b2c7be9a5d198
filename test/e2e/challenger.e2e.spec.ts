// A challenger beside the champion over real HTTP: what callers see of it, what is recorded, and that it can fail without anyone noticing.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import type { ModelFeature } from '../../src/features/feature-spec.ts';
import { Challenger } from '../../src/model/challenger.ts';
import { ModelLoader } from '../../src/model/model-loader.ts';
import { ModelSlot } from '../../src/model/model-slot.ts';
import { FileModelRegistry } from '../../src/model/registry/file-model-registry.ts';
import { inCanary } from '../../src/prediction/canary-share.ts';
import { ChallengerPrediction } from '../../src/prediction/challenger-prediction.entity.ts';
import { ChallengerTraffic } from '../../src/prediction/challenger-traffic.ts';
import { PredictionService } from '../../src/prediction/prediction.service.ts';
import { PredictionServer, publish, type Answer } from '../support/prediction-server.ts';
import { TINY_FEATURES, tinyProbability } from '../support/tiny-bundle.ts';

const CHALLENGER_BIAS = -0.3;
const OTHER_FEATURES: readonly ModelFeature[] = [
  { kind: 'numeric', name: 'width', nullable: false, training: { min: 1, max: 3, median: 2 } },
];

interface Prediction {
  readonly id: string;
  readonly label: string;
  readonly probability: number;
  readonly model: { readonly version: string };
}
interface Side {
  readonly version: string;
  readonly n: number;
  readonly high_risk_rate: number;
  readonly mean_score: number;
  readonly latency_ms: { readonly mean: number; readonly p95: number };
}
interface Comparison {
  readonly n: number;
  readonly errors: number;
  readonly disagreement_rate: number;
  readonly mean_abs_difference: number;
  readonly champion: Side;
  readonly challenger: Side;
}

const rowOf = (i: number) => ({ 'mean radius': 7 + i / 2, 'mean texture': 18, side: 'left' });
const byChampion = (i: number): number => tinyProbability(TINY_FEATURES, 0, rowOf(i));
const byChallenger = (i: number): number =>
  tinyProbability(TINY_FEATURES, CHALLENGER_BIAS, rowOf(i));
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a challenger beside the champion', () => {
  let server: PredictionServer;
  let headers: Record<string, string>;

  /** Version 1 is the champion; version 2, the challenger, has another bias, or other features. */
  const start = async (features = TINY_FEATURES): Promise<void> => {
    server = await PredictionServer.start(async (varDir) => {
      await publish(varDir);
      await publish(varDir, { bias: CHALLENGER_BIAS, features }, 'challenger');
    });
    headers = { authorization: `Bearer ${await server.token()}` };
  };
  afterEach(() => server.stop());

  const setMode = async (mode: string, share?: number): Promise<void> => {
    const { status } = await server.send('/models/challenger', {
      method: 'PUT',
      body: JSON.stringify({ mode, share }),
      headers: { ...headers, 'content-type': 'application/json' },
    });
    expect(status).toBe(200);
  };
  const predict = async (i: number, key?: string): Promise<Answer<Prediction>> => {
    const body = JSON.stringify({ features: rowOf(i), ...(key !== undefined && { key }) });
    const answer = await server.post<Prediction>('/predict', body, headers);
    expect(answer.status).toBe(200);
    return answer;
  };
  const predictAll = (n: number): Promise<Answer<Prediction>[]> =>
    Promise.all(Array.from({ length: n }, (_, i) => predict(i)));
  const compare = async (query = ''): Promise<Comparison> =>
    (await server.send<Comparison>(`/monitoring/champion-challenger${query}`, { headers })).body;
  const comparisons = (): Promise<ChallengerPrediction[]> =>
    server.app.get(DataSource).getRepository(ChallengerPrediction).find();
  /** The rows once there are that many: they are stored behind the answers. */
  const recorded = async (n: number): Promise<ChallengerPrediction[]> => {
    for (let i = 0; i < 200 && (await comparisons()).length < n; i += 1) await sleep(20);
    const rows = await comparisons();
    expect(rows).toHaveLength(n);
    return rows;
  };
  const metric = async (series: string): Promise<number> => {
    const { body } = await server.send<string>('/metrics');
    const line = body.split('\n').find((each) => each.startsWith(`${series} `));
    return Number(line?.slice(series.length));
  };
  const breakChallenger = async (): Promise<void> => {
    await server.app.get(Challenger).current()?.scorer.release();
  };

  it('is not loaded while it is off', async () => {
    await start();
    const [answer] = await predictAll(1);
    expect(answer?.body.model.version).toBe('1');
    expect(await compare()).toMatchObject({
      mode: 'off',
      convention: 'paired',
      n: 0,
      disagreement_rate: null,
      champion: { version: '1', n: 0 },
      challenger: null,
    });
    expect(await comparisons()).toEqual([]);
  });

  describe('in shadow mode', () => {
    it('records what both say, compares them, and changes no answer', async () => {
      await start();
      await setMode('shadow');
      const answers = await predictAll(20);
      answers.forEach(({ body, headers: of }, i) => {
        expect(body.probability).toBeCloseTo(byChampion(i), 6);
        expect([body.model.version, of.get('x-model-version')]).toEqual(['1', '1']);
      });
      const rows = await recorded(20);
      for (const [i, { body }] of answers.entries()) {
        const row = rows.find(({ predictionId }) => predictionId === body.id);
        expect(row).toMatchObject({
          mode: 'shadow',
          modelName: 'foretell',
          championVersion: '1',
          championProbability: body.probability,
          championLabel: body.label,
          version: '2',
          probability: expect.closeTo(byChallenger(i), 6) as number,
          label: byChallenger(i) >= 0.5 ? 'malignant' : 'benign',
          error: null,
        });
        expect(row?.durationMs).toBeGreaterThan(0);
      }

      const all = answers.map((_, i) => i);
      const disagree = all.filter((i) => byChampion(i) >= 0.5 !== byChallenger(i) >= 0.5).length;
      expect(disagree).toBeGreaterThan(0);
      expect(await compare()).toMatchObject({
        mode: 'shadow',
        share: 0,
        convention: 'paired',
        n: 20,
        truncated: false,
        errors: 0,
        disagreement_rate: disagree / 20,
        mean_abs_difference: expect.closeTo(
          mean(all.map((i) => byChampion(i) - byChallenger(i))),
          6,
        ) as number,
        max_abs_difference: expect.closeTo(
          Math.max(...all.map((i) => byChampion(i) - byChallenger(i))),
          6,
        ) as number,
        score_correlation: expect.closeTo(1, 2) as number,
        champion: {
          version: '1',
          n: 20,
          high_risk_rate: mean(all.map((i) => Number(byChampion(i) >= 0.5))),
          latency_ms: { mean: expect.any(Number) as number, p95: expect.any(Number) as number },
        },
        challenger: {
          version: '2',
          n: 20,
          mean_score: expect.closeTo(mean(all.map(byChallenger)), 6) as number,
        },
      });
      const labels = 'model="foretell",version="2"';
      expect(await metric(`model_challenger_predictions_total{${labels},mode="shadow"}`)).toBe(20);
      expect(await metric(`model_challenger_disagreements_total{${labels}}`)).toBe(disagree);
      expect(await metric(`model_challenger_score_difference_count{${labels}}`)).toBe(20);
      const { body: metrics } = await server.send<string>('/metrics');
      expect(metrics).not.toContain('model_predictions_total{model="foretell",version="2"');
    });

    it('scores only once the caller has the answer', async () => {
      await start();
      await setMode('shadow');
      const caller = {
        userId: randomUUID(),
        username: 'u',
        role: 'client',
        scopes: ['predict'],
        via: 'token',
        credentialId: randomUUID(),
      } as const;
      const held: (() => void)[] = [];
      const service = server.app.get(PredictionService);
      await service.predict({ features: rowOf(0) }, caller, (work) => held.push(work));
      await sleep(100);
      expect(await comparisons()).toEqual([]);
      const scored =
        'model_challenger_predictions_total{model="foretell",version="2",mode="shadow"}';
      expect(await metric(scored)).toBe(0);
      for (const work of held) work();
      await recorded(1);
      expect(await metric(scored)).toBe(1);
    });

    it('fails unseen: callers get the answers of the champion, and each failure is kept and counted', async () => {
      await start();
      await setMode('shadow');
      await breakChallenger();
      const answers = await predictAll(5);
      expect(answers.map(({ body }) => body.model.version)).toEqual(Array(5).fill('1'));
      const rows = await recorded(5);
      for (const row of rows)
        expect(row).toMatchObject({ probability: null, label: null, error: 'model_error' });
      expect(await compare()).toMatchObject({ n: 0, errors: 5, challenger: { version: '2' } });
      const errors =
        'model_challenger_errors_total{model="foretell",version="2",mode="shadow",reason="model_error"}';
      expect(await metric(errors)).toBe(5);
    });

    it('does not compare a version with itself', async () => {
      server = await PredictionServer.start(async (varDir) => {
        await publish(varDir);
        const registry = new FileModelRegistry(join(varDir, 'registry'));
        await registry.setAlias('foretell', 'challenger', '1');
      });
      headers = { authorization: `Bearer ${await server.token()}` };
      await setMode('shadow');
      expect(server.app.get(Challenger).current()?.version.version).toBe('1');
      await predictAll(3);
      await sleep(100);
      expect(await comparisons()).toEqual([]);
    });

    it('keeps rows that do not fit a challenger of other features as its failures', async () => {
      await start(OTHER_FEATURES);
      await setMode('shadow');
      await predict(0);
      expect(await recorded(1)).toMatchObject([{ version: '2', error: 'invalid_input' }]);
    });

    it('costs nobody an answer where comparisons cannot be stored', async () => {
      await start();
      await setMode('shadow');
      const database = server.app.get(DataSource);
      await database.query('ALTER TABLE challenger_predictions RENAME TO gone');
      await predictAll(3);
      const dropped =
        'model_challenger_dropped_total{model="foretell",version="2",reason="not_stored"}';
      for (let i = 0; i < 200 && (await metric(dropped)) < 3; i += 1) await sleep(20);
      expect(await metric(dropped)).toBe(3);
      await database.query('ALTER TABLE gone RENAME TO challenger_predictions');
      await predict(0);
      await recorded(1);
    });
  });

  describe('as a canary', () => {
    const KEYS = Array.from({ length: 60 }, (_, i) => `customer-${i}`);
    const versionOf = (key: string): string => (inCanary(key, 0.3) ? '2' : '1');

    it('answers a stable share of the keys, and its version is in answer, header, log and metrics', async () => {
      await start();
      await setMode('canary', 0.3);
      const twice = [...KEYS, ...KEYS];
      const answers = await Promise.all(twice.map((key, i) => predict(i % 40, key)));
      answers.forEach(({ body, headers: of }, i) => {
        const version = versionOf(twice[i] ?? '');
        const expected = version === '2' ? byChallenger(i % 40) : byChampion(i % 40);
        expect([body.model.version, of.get('x-model-version')]).toEqual([version, version]);
        expect(body.probability).toBeCloseTo(expected, 6);
      });
      const canary = answers.filter(({ body }) => body.model.version === '2');
      expect(canary.length).toBeGreaterThan(10);
      const logged = await server.send<Prediction>(`/predictions/${canary[0]?.body.id ?? ''}`, {
        headers,
      });
      expect(logged.body).toMatchObject({
        model: { version: '2' },
        probability: canary[0]?.body.probability,
      });
      const { body: metrics } = await server.send<string>('/metrics');
      expect(metrics).toContain(
        `model_challenger_predictions_total{model="foretell",version="2",mode="canary"} ${canary.length}`,
      );
      expect(metrics).not.toMatch(/customer-/);
      expect(await comparisons()).toEqual([]);

      const comparison = await compare();
      expect(comparison).toMatchObject({
        mode: 'canary',
        share: 0.3,
        convention: 'groups',
        errors: 0,
        disagreement_rate: null,
        challenger: {
          version: '2',
          n: canary.length,
          high_risk_rate: mean(canary.map(({ body }) => Number(body.label === 'malignant'))),
          mean_score: expect.closeTo(mean(canary.map(({ body }) => body.probability)), 9) as number,
          latency_ms: { mean: expect.any(Number) as number, p95: expect.any(Number) as number },
        },
      });
      // From the challenger's first answer on.
      expect(comparison.champion.n).toBeGreaterThan(0);
      expect(comparison.n).toBe(comparison.champion.n + comparison.challenger.n);
      expect(comparison.n).toBeLessThanOrEqual(120);
    });

    it('keeps a caller without a key on one side, by the user', async () => {
      await start();
      await setMode('canary', 0.5);
      const { body } = await server.send<{ id: string }>('/users/me', { headers });
      const versions = (await predictAll(6)).map((answer) => answer.body.model.version);
      expect(versions).toEqual(Array(6).fill(inCanary(body.id, 0.5) ? '2' : '1'));
    });

    it('leaves the answer to the champion where it fails, and the failure is kept and counted', async () => {
      await start();
      await setMode('canary', 1);
      await breakChallenger();
      const answers = await predictAll(4);
      answers.forEach(({ body, headers: of }, i) => {
        expect([body.model.version, of.get('x-model-version')]).toEqual(['1', '1']);
        expect(body.probability).toBeCloseTo(byChampion(i), 6);
      });
      const rows = await recorded(4);
      for (const row of rows)
        expect(row).toMatchObject({ mode: 'canary', version: '2', error: 'model_error' });
      expect(await compare()).toMatchObject({ convention: 'groups', n: 0, errors: 4 });
      const errors =
        'model_challenger_errors_total{model="foretell",version="2",mode="canary",reason="model_error"}';
      expect(await metric(errors)).toBe(4);
      expect(
        await metric('model_prediction_errors_total{model="foretell",reason="model_error"}'),
      ).toBe(0);
    });

    it('leaves the answer to a champion that is swapped away meanwhile', async () => {
      await start();
      await setMode('canary', 1);
      const traffic = server.app.get(ChallengerTraffic);
      const attempt = traffic.attempt.bind(traffic);
      jest.spyOn(traffic, 'attempt').mockImplementationOnce(async (...of) => {
        await server.publish({ bias: 1 });
        await server.app.get(ModelLoader).check();
        await breakChallenger();
        return attempt(...of);
      });
      const { body } = await predict(0);
      expect(body.model.version).toBe('1');
      expect(body.probability).toBeCloseTo(byChampion(0), 6);
      expect(server.app.get(ModelSlot).current().version.version).toBe('3');
    });

    it('leaves rows that do not fit its features to the champion', async () => {
      await start(OTHER_FEATURES);
      await setMode('canary', 1);
      expect((await predict(0)).body.model.version).toBe('1');
      expect(await recorded(1)).toMatchObject([{ mode: 'canary', error: 'invalid_input' }]);
    });

    it('leaves everything to the champion until it is loaded, and again once it is off', async () => {
      server = await PredictionServer.start(publish);
      headers = { authorization: `Bearer ${await server.token()}` };
      await setMode('canary', 1);
      expect((await predict(0)).body.model.version).toBe('1');
      await server.publish({ bias: CHALLENGER_BIAS }, 'challenger');
      await setMode('canary', 1);
      expect((await predict(0)).body.model.version).toBe('2');
      await setMode('off');
      expect((await predict(0)).body.model.version).toBe('1');
      expect(await comparisons()).toEqual([]);
      // What the canary answered can still be looked at.
      expect(await compare('?version=2&convention=groups&window=1h')).toMatchObject({
        mode: 'off',
        challenger: { version: '2', n: 1 },
      });
    });

    it.each(['window=2h', 'version=%00', 'convention=other', 'share=1'])(
      'refuses ?%s when comparing, and names the field',
      async (query) => {
        await start();
        const { status, body } = await server.send<{ errors: { field: string }[] }>(
          `/monitoring/champion-challenger?${query}`,
          { headers },
        );
        expect([status, body.errors[0]?.field]).toEqual([422, query.split('=')[0]]);
      },
    );
  });
});
