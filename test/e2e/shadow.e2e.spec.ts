// A challenger in the shadow of the champion over real HTTP: callers see nothing of it, all of it is recorded, and it can fail unseen.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { Challenger } from '../../src/model/challenger.ts';
import { FileModelRegistry } from '../../src/model/registry/file-model-registry.ts';
import { PredictionService } from '../../src/prediction/prediction.service.ts';
import {
  byChallenger,
  byChampion,
  ChallengedServer,
  mean,
  OTHER_FEATURES,
  rowOf,
} from '../support/challenged-server.ts';
import { publish } from '../support/prediction-server.ts';
import { untilTrue } from '../support/until.ts';

describe('a challenger in the shadow of the champion', () => {
  let challenged: ChallengedServer;
  afterEach(() => challenged.stop());

  it('is not loaded while it is off', async () => {
    challenged = await ChallengedServer.startWith();
    const [answer] = await challenged.predictAll(1);
    expect(answer?.body.model.version).toBe('1');
    expect(await challenged.compare()).toMatchObject({
      mode: 'off',
      convention: 'paired',
      n: 0,
      disagreement_rate: null,
      champion: { version: '1', n: 0 },
      challenger: null,
    });
    expect(await challenged.comparisons()).toEqual([]);
  });

  it('records what both say, compares them, and changes no answer', async () => {
    challenged = await ChallengedServer.startWith();
    await challenged.setMode('shadow');
    const answers = await challenged.predictAll(20);
    answers.forEach(({ body, headers: of }, i) => {
      expect(body.probability).toBeCloseTo(byChampion(i), 6);
      expect([body.model.version, of.get('x-model-version')]).toEqual(['1', '1']);
    });
    const rows = await challenged.recorded(20);
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
    expect(await challenged.compare()).toMatchObject({
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
    expect(
      await challenged.metric(`model_challenger_predictions_total{${labels},mode="shadow"}`),
    ).toBe(20);
    expect(await challenged.metric(`model_challenger_disagreements_total{${labels}}`)).toBe(
      disagree,
    );
    expect(await challenged.metric(`model_challenger_score_difference_count{${labels}}`)).toBe(20);
    const metrics = await challenged.metrics();
    expect(metrics).not.toContain('model_predictions_total{model="foretell",version="2"');
  });

  it('scores only once the caller has the answer', async () => {
    challenged = await ChallengedServer.startWith();
    await challenged.setMode('shadow');
    const caller = {
      userId: randomUUID(),
      username: 'u',
      role: 'client',
      scopes: ['predict'],
      via: 'token',
      credentialId: randomUUID(),
    } as const;
    const held: (() => void)[] = [];
    const service = challenged.server.app.get(PredictionService);
    await service.predict({ features: rowOf(0) }, caller, (work) => held.push(work));
    await sleep(100);
    expect(await challenged.comparisons()).toEqual([]);
    const scored = 'model_challenger_predictions_total{model="foretell",version="2",mode="shadow"}';
    expect(await challenged.metric(scored)).toBe(0);
    for (const work of held) work();
    await challenged.recorded(1);
    expect(await challenged.metric(scored)).toBe(1);
  });

  it('fails unseen: callers get the answers of the champion, and each failure is kept and counted', async () => {
    challenged = await ChallengedServer.startWith();
    await challenged.setMode('shadow');
    await challenged.breakChallenger();
    const answers = await challenged.predictAll(5);
    expect(answers.map(({ body }) => body.model.version)).toEqual(Array(5).fill('1'));
    const rows = await challenged.recorded(5);
    for (const row of rows)
      expect(row).toMatchObject({ probability: null, label: null, error: 'model_error' });
    expect(await challenged.compare()).toMatchObject({
      n: 0,
      errors: 5,
      challenger: { version: '2' },
    });
    const errors =
      'model_challenger_errors_total{model="foretell",version="2",mode="shadow",reason="model_error"}';
    expect(await challenged.metric(errors)).toBe(5);
  });

  it('does not compare a version with itself', async () => {
    challenged = await ChallengedServer.start(async (varDir) => {
      await publish(varDir);
      const registry = new FileModelRegistry(join(varDir, 'registry'));
      await registry.setAlias('foretell', 'challenger', '1');
    });
    await challenged.setMode('shadow');
    expect(challenged.server.app.get(Challenger).current()?.version.version).toBe('1');
    await challenged.predictAll(3);
    await sleep(100);
    expect(await challenged.comparisons()).toEqual([]);
  });

  it('keeps rows that do not fit a challenger of other features as its failures', async () => {
    challenged = await ChallengedServer.startWith(OTHER_FEATURES);
    await challenged.setMode('shadow');
    await challenged.predict(0);
    expect(await challenged.recorded(1)).toMatchObject([{ version: '2', error: 'invalid_input' }]);
  });

  it('costs nobody an answer where comparisons cannot be stored', async () => {
    challenged = await ChallengedServer.startWith();
    await challenged.setMode('shadow');
    const database = challenged.server.app.get(DataSource);
    await database.query('ALTER TABLE challenger_predictions RENAME TO gone');
    await challenged.predictAll(3);
    const dropped =
      'model_challenger_dropped_total{model="foretell",version="2",reason="not_stored"}';
    await untilTrue(async () => (await challenged.metric(dropped)) >= 3, 30_000, 20);
    expect(await challenged.metric(dropped)).toBe(3);
    await database.query('ALTER TABLE gone RENAME TO challenger_predictions');
    await challenged.predict(0);
    await challenged.recorded(1);
  });
});
