// What would have to change, over real HTTP: on the default data set each answer, sent to /predict, gives the label that it promises.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenAPIObject } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { parse, stringify } from 'yaml';
import { trainPipeline } from '../../ml/pipeline-run.ts';
import type { ModelFeature, RawRow } from '../../src/features/feature-spec.ts';
import { ModelSlot } from '../../src/model/model-slot.ts';
import type { WhatIfResponse } from '../../src/prediction/what-if/what-if.dto.ts';
import {
  PredictionServer,
  publish,
  type Answer,
  type Problem,
} from '../support/prediction-server.ts';
import { RawClient } from '../support/raw-client.ts';
import { tinyProbability, writeTinyBundle } from '../support/tiny-bundle.ts';

const PATH = '/predict/what-if';
const folder = mkdtempSync(join(tmpdir(), 'what-if-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function asker(
  server: PredictionServer,
): Promise<<Body = WhatIfResponse>(path: string, body: unknown) => Promise<Answer<Body>>> {
  const authorization = `Bearer ${await server.token()}`;
  return (path, body) => server.post(path, JSON.stringify(body), { authorization });
}

/** Rows of the default data set, far from each other. */
function wdbcRows(count: number): readonly RawRow[] {
  const [header = '', ...lines] = readFileSync('data/wdbc.csv', 'utf8').trim().split(/\r?\n/);
  const names = header.split(',').slice(0, -1);
  return Array.from({ length: count }, (_, i) => {
    const cells = (lines[Math.floor((i * lines.length) / count)] ?? '').split(',').map(Number);
    return Object.fromEntries(names.map((name, column) => [name, cells[column] ?? null]));
  });
}

/** The default params with one quick candidate. */
async function trainWdbc(name: string, learner: string, grid: object): Promise<string> {
  const params = parse(readFileSync('params.yaml', 'utf8')) as object;
  const paramsFile = join(folder, `${name}.yaml`);
  const quick = {
    data: { path: join(process.cwd(), 'data/wdbc.csv') },
    candidates: [{ learner, grid }],
    selection: { folds: 2, metric: 'log_loss' },
  };
  writeFileSync(paramsFile, stringify({ ...params, ...quick }));
  const varDir = join(folder, name);
  await trainPipeline({ paramsFile, environment: { VAR_DIR: varDir } });
  return join(varDir, 'registry');
}

describe.each([
  ['logistic_regression', { C: [1] }, null],
  [
    'gradient_boosting',
    {
      n_estimators: [60],
      num_leaves: [6],
      monotone_constraints: { 'worst radius': 1, 'worst texture': 1, 'mean texture': 1 },
    },
    ['worst radius', 'worst texture', 'mean texture'],
  ],
])('what-if of the default data set by %s', (learner, grid, constrained) => {
  let server: PredictionServer;
  let ask: Awaited<ReturnType<typeof asker>>;
  beforeAll(async () => {
    const registry = await trainWdbc(learner, learner, grid);
    server = await PredictionServer.start(undefined, { REGISTRY_DIR: registry });
    ask = await asker(server);
  });
  afterAll(() => server.stop());

  it('answers a change that /predict labels as promised, for every row', async () => {
    let found = 0;
    for (const features of wdbcRows(10)) {
      const { status, body } = await ask(PATH, { features });
      expect(status).toBe(200);
      const before = await ask<{ label: string; probability: number }>('/predict', { features });
      expect(body).toMatchObject({
        label: before.body.label,
        probability: before.body.probability,
      });
      expect(body.target_label).not.toBe(body.label);
      expect(body.search.scored).toBeLessThan(250_000);
      if (body.change === null) continue;
      found += 1;
      const moved = body.change.features;
      const changed = {
        ...features,
        ...Object.fromEntries(moved.map(({ feature, to }) => [feature, to])),
      };
      const after = await ask<{
        label: string;
        probability: number;
        warnings: { feature: string }[];
      }>('/predict', { features: changed });
      expect(after.body).toMatchObject({
        label: body.target_label,
        probability: body.change.probability,
      });
      // Of features that stay as they are, at most.
      const warned = after.body.warnings.map(({ feature }) => feature);
      expect(moved.filter(({ feature }) => warned.includes(feature))).toEqual([]);
      for (const { feature, from, to } of moved) {
        expect(from).toBe(features[feature]);
        // Back by a little: without that much of a change the label is the old one.
        const nearly = Number(to) + (Number(from) - Number(to)) * 1e-5;
        const back = { features: { ...changed, [feature]: nearly } };
        expect((await ask<{ label: string }>('/predict', back)).body.label).toBe(body.label);
        if (constrained?.includes(feature) === true)
          expect(Number(to) > Number(from)).toBe(body.target_label === 'malignant');
      }
    }
    expect(found).toBeGreaterThan(5);
  });

  it('changes what may change in the direction allowed', async () => {
    const mutable = {
      'worst radius': 'decrease',
      'worst area': 'decrease',
      'worst texture': 'any',
    };
    for (const features of wdbcRows(4)) {
      const { body } = await ask(PATH, { features, mutable });
      for (const { feature, from, to } of body.change?.features ?? []) {
        expect(Object.keys(mutable)).toContain(feature);
        if (feature !== 'worst texture') expect(Number(to)).toBeLessThan(Number(from));
      }
    }
  });
});

/** So many that no change of a few of them, nor of all, can be ruled out quickly. */
const WIDE: readonly ModelFeature[] = Array.from({ length: 30 }, (_, i) => ({
  kind: 'numeric',
  name: `f${i}`,
  nullable: false,
  training: { min: 0, max: 1, median: 0.5 },
}));
const WIDE_ROW = Object.fromEntries(WIDE.map(({ name }) => [name, 0.5]));

describe('POST /predict/what-if', () => {
  let server: PredictionServer;
  let ask: Awaited<ReturnType<typeof asker>>;
  beforeEach(async () => {
    server = await PredictionServer.start(publish);
    ask = await asker(server);
  });
  afterEach(() => server.stop());

  const GOOD = { 'mean radius': 13, 'mean texture': 18, side: 'left' };
  const stored = async (): Promise<number> => {
    const rows: { n: number }[] = await server.app
      .get(DataSource)
      .query('SELECT count(*) AS n FROM predictions');
    return Number(rows[0]?.n);
  };

  it('says what was asked of which model, and stores no row', async () => {
    const { headers, body } = await ask(PATH, { features: GOOD });
    expect(headers.get('x-model-version')).toBe('1');
    expect(body).toMatchObject({
      label: 'malignant',
      threshold: 0.5,
      model: { name: 'foretell', version: '1' },
      target_label: 'benign',
      change: { label: 'benign' },
      search: { method: 'grid', exhaustive: true },
    });
    expect(await stored()).toBe(0);
  });

  it('refuses what /predict refuses and features that it does not know, all at once', async () => {
    const body = { features: { ...GOOD, 'mean radius': 'wide' }, mutable: ['side', 'side', 'age'] };
    const refused = await ask<Problem>(PATH, body);
    expect(refused.status).toBe(422);
    expect(refused.body.errors?.map(({ field, code }) => [field, code])).toEqual([
      ['mean radius', 'type'],
      ['mutable[1]', 'repeated'],
      ['mutable[2]', 'unknown'],
    ]);
    const predicted = await ask<Problem>('/predict', { features: body.features });
    expect(refused.body.errors?.[0]).toEqual(predicted.body.errors?.[0]);
    expect((await ask<Problem>(PATH, [])).body.code).toBe('INVALID_INPUT');
    expect(JSON.stringify(refused.body)).not.toContain('wide');
  });

  it('needs the scope predict', async () => {
    expect((await server.post(PATH, '{}', {})).status).toBe(401);
  });

  it('answers 409 for a model from elsewhere, which does not tell what training saw', async () => {
    const dir = join(folder, 'foreign');
    cpSync('test/reference/foreign/text-labels.onnx', join(dir, 'model.onnx'), { recursive: true });
    const inputs = ['a', 'b', 'c'].map((name) => ({ type: 'double', name, required: false }));
    writeFileSync(
      join(dir, 'MLmodel'),
      stringify({
        flavors: {
          onnx: { data: 'model.onnx' },
          python_function: { data: 'model.onnx', loader_module: 'mlflow.onnx' },
        },
        signature: { inputs: JSON.stringify(inputs), outputs: null, params: null },
      }),
    );
    const slot = server.app.get(ModelSlot);
    await slot.offer({ ...slot.current().version, version: '7' }, dir);
    const { status, body } = await ask<Problem>(PATH, { features: { a: 1 } });
    expect([status, body.code]).toEqual([409, 'EXPLANATION_UNAVAILABLE']);
  });

  it('is in the OpenAPI document', async () => {
    const { body } = await server.send<OpenAPIObject>('/docs-json');
    const route = body.paths[PATH]?.post;
    expect(Object.keys(route?.responses ?? {})).toEqual(
      expect.arrayContaining(['200', '400', '401', '403', '409', '422', '500', '503']),
    );
    expect(Object.keys(body.components?.schemas ?? {})).toEqual(
      expect.arrayContaining(['WhatIfResponse', 'ChangeResponse', 'WhatIfSearchResponse']),
    );
  });

  describe('that takes long', () => {
    beforeEach(async () => {
      const dir = mkdtempSync(join(folder, 'wide-'));
      await writeTinyBundle(dir, { features: WIDE, bias: -3 });
      const slot = server.app.get(ModelSlot);
      await slot.offer({ ...slot.current().version, version: '2' }, dir);
    });

    it('says that it found nothing and did not try everything, while others are answered', async () => {
      const runs = jest.spyOn(server.app.get(ModelSlot).current().scorer, 'score');
      const search = ask(PATH, { features: WIDE_ROW });
      const others = { answered: 0, meanwhile: NaN };
      const searched = search.finally(() => (others.meanwhile = others.answered));
      while (runs.mock.calls.length === 0) await sleep(1);
      while (Number.isNaN(others.meanwhile)) {
        expect((await ask('/predict', { features: WIDE_ROW })).status).toBe(200);
        others.answered += 1;
      }
      const { body } = await searched;
      expect(body.probability).toBeCloseTo(tinyProbability(WIDE, -3, WIDE_ROW), 6);
      expect(body).toMatchObject({ change: null, search: { exhaustive: false } });
      expect(others.meanwhile).toBeGreaterThan(0);
    });

    it('is answered by the model that it began with, through a swap', async () => {
      const slot = server.app.get(ModelSlot);
      const before = slot.current().scorer;
      const runs = jest.spyOn(before, 'score');
      const search = ask(PATH, { features: WIDE_ROW });
      while (runs.mock.calls.length === 0) await sleep(1);
      const dir = mkdtempSync(join(folder, 'next-'));
      await writeTinyBundle(dir, { bias: 1 });
      await slot.offer({ ...slot.current().version, version: '3' }, dir);
      const { status, body } = await search;
      expect(status).toBe(200);
      expect(body.model.version).toBe('2');
      await expect(before.score(new Float32Array(30), 1)).rejects.toThrow();
    });

    it('ends when the client leaves', async () => {
      const { scorer } = server.app.get(ModelSlot).current();
      const runs = jest.spyOn(scorer, 'score');
      const text = JSON.stringify({ features: WIDE_ROW });
      const client = await RawClient.connect(server.url);
      client.write(
        [
          `POST ${PATH} HTTP/1.1`,
          'Host: localhost',
          `Authorization: Bearer ${await server.token()}`,
          'Content-Type: application/json',
          `Content-Length: ${text.length}`,
          '',
          text,
        ].join('\r\n'),
      );
      while (runs.mock.calls.length < 10) await sleep(1);
      client.leave();
      let soFar: number;
      do {
        soFar = runs.mock.calls.length;
        await sleep(200);
      } while (runs.mock.calls.length !== soFar);
      // Not because it was done.
      runs.mockClear();
      await ask(PATH, { features: WIDE_ROW });
      expect(runs.mock.calls.length).toBeGreaterThan(soFar);
    });
  });
});
