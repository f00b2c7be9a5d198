// A canary over real HTTP: a stable share of the callers gets the challenger's answers, and the champion's where it fails.
import { ModelLoader } from '../../src/model/model-loader.ts';
import { ModelSlot } from '../../src/model/model-slot.ts';
import { inCanary } from '../../src/prediction/canary-share.ts';
import { ChallengerTraffic } from '../../src/prediction/challenger-traffic.ts';
import {
  byChallenger,
  byChampion,
  CHALLENGER_BIAS,
  ChallengedServer,
  mean,
  OTHER_FEATURES,
  type Prediction,
} from '../support/challenged-server.ts';
import { publish } from '../support/prediction-server.ts';

describe('a challenger as a canary', () => {
  let challenged: ChallengedServer;
  afterEach(() => challenged.stop());

  const KEYS = Array.from({ length: 60 }, (_, i) => `customer-${i}`);
  const versionOf = (key: string): string => (inCanary(key, 0.3) ? '2' : '1');

  it('answers a stable share of the keys, and its version is in answer, header, log and metrics', async () => {
    challenged = await ChallengedServer.startWith();
    await challenged.setMode('canary', 0.3);
    const twice = [...KEYS, ...KEYS];
    const answers = await Promise.all(twice.map((key, i) => challenged.predict(i % 40, key)));
    answers.forEach(({ body, headers: of }, i) => {
      const version = versionOf(twice[i] ?? '');
      const expected = version === '2' ? byChallenger(i % 40) : byChampion(i % 40);
      expect([body.model.version, of.get('x-model-version')]).toEqual([version, version]);
      expect(body.probability).toBeCloseTo(expected, 6);
    });
    const canary = answers.filter(({ body }) => body.model.version === '2');
    expect(canary.length).toBeGreaterThan(10);
    const logged = await challenged.get<Prediction>(`/predictions/${canary[0]?.body.id ?? ''}`);
    expect(logged.body).toMatchObject({
      model: { version: '2' },
      probability: canary[0]?.body.probability,
    });
    const metrics = await challenged.metrics();
    expect(metrics).toContain(
      `model_challenger_predictions_total{model="foretell",version="2",mode="canary"} ${canary.length}`,
    );
    expect(metrics).not.toMatch(/customer-/);
    expect(await challenged.comparisons()).toEqual([]);

    const comparison = await challenged.compare();
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
    challenged = await ChallengedServer.startWith();
    await challenged.setMode('canary', 0.5);
    const { body } = await challenged.get<{ id: string }>('/users/me');
    const versions = (await challenged.predictAll(6)).map((answer) => answer.body.model.version);
    expect(versions).toEqual(Array(6).fill(inCanary(body.id, 0.5) ? '2' : '1'));
  });

  it('leaves the answer to the champion where it fails, and the failure is kept and counted', async () => {
    challenged = await ChallengedServer.startWith();
    await challenged.setMode('canary', 1);
    await challenged.breakChallenger();
    const answers = await challenged.predictAll(4);
    answers.forEach(({ body, headers: of }, i) => {
      expect([body.model.version, of.get('x-model-version')]).toEqual(['1', '1']);
      expect(body.probability).toBeCloseTo(byChampion(i), 6);
    });
    const rows = await challenged.recorded(4);
    for (const row of rows)
      expect(row).toMatchObject({ mode: 'canary', version: '2', error: 'model_error' });
    expect(await challenged.compare()).toMatchObject({ convention: 'groups', n: 0, errors: 4 });
    const errors =
      'model_challenger_errors_total{model="foretell",version="2",mode="canary",reason="model_error"}';
    expect(await challenged.metric(errors)).toBe(4);
    expect(
      await challenged.metric(
        'model_prediction_errors_total{model="foretell",reason="model_error"}',
      ),
    ).toBe(0);
  });

  it('leaves the answer to a champion that is swapped away meanwhile', async () => {
    challenged = await ChallengedServer.startWith();
    await challenged.setMode('canary', 1);
    const traffic = challenged.server.app.get(ChallengerTraffic);
    const attempt = traffic.attempt.bind(traffic);
    jest.spyOn(traffic, 'attempt').mockImplementationOnce(async (...of) => {
      await challenged.server.publish({ bias: 1 });
      await challenged.server.app.get(ModelLoader).check();
      await challenged.breakChallenger();
      return attempt(...of);
    });
    const { body } = await challenged.predict(0);
    expect(body.model.version).toBe('1');
    expect(body.probability).toBeCloseTo(byChampion(0), 6);
    expect(challenged.server.app.get(ModelSlot).current().version.version).toBe('3');
  });

  it('leaves rows that do not fit its features to the champion', async () => {
    challenged = await ChallengedServer.startWith(OTHER_FEATURES);
    await challenged.setMode('canary', 1);
    expect((await challenged.predict(0)).body.model.version).toBe('1');
    expect(await challenged.recorded(1)).toMatchObject([
      { mode: 'canary', error: 'invalid_input' },
    ]);
  });

  it('leaves everything to the champion until it is loaded, and again once it is off', async () => {
    challenged = await ChallengedServer.start(publish);
    await challenged.setMode('canary', 1);
    expect((await challenged.predict(0)).body.model.version).toBe('1');
    await challenged.server.publish({ bias: CHALLENGER_BIAS }, 'challenger');
    await challenged.setMode('canary', 1);
    expect((await challenged.predict(0)).body.model.version).toBe('2');
    await challenged.setMode('off');
    expect((await challenged.predict(0)).body.model.version).toBe('1');
    expect(await challenged.comparisons()).toEqual([]);
    // What the canary answered can still be looked at.
    expect(await challenged.compare('?version=2&convention=groups&window=1h')).toMatchObject({
      mode: 'off',
      challenger: { version: '2', n: 1 },
    });
  });

  it.each(['window=2h', 'version=%00', 'convention=other', 'share=1'])(
    'refuses ?%s when comparing, and names the field',
    async (query) => {
      challenged = await ChallengedServer.startWith();
      const { status, body } = await challenged.get<{ errors: { field: string }[] }>(
        `/monitoring/champion-challenger?${query}`,
      );
      expect([status, body.errors[0]?.field]).toEqual([422, query.split('=')[0]]);
    },
  );
});
