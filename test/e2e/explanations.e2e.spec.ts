// Why an answer is what it is, over real HTTP: what POST /predict?explain says and keeps, what monitoring makes of it, and what is refused.
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { Challenger } from '../../src/model/challenger.ts';
import { ChallengedServer } from '../support/challenged-server.ts';
import {
  reasonText,
  writeExplainableBundle,
  type ExplainableOptions,
} from '../support/explainable-bundle.ts';
import {
  PredictionServer,
  publish,
  register,
  type Answer,
  type Problem,
} from '../support/prediction-server.ts';

interface Reason {
  readonly code: string;
  readonly feature: string;
  readonly text: string;
  readonly contribution: number;
}
interface Explanation {
  readonly method: string;
  readonly base_value: number;
  readonly output: number;
  readonly contributions: Readonly<Record<string, number>>;
  readonly reasons: readonly Reason[];
}
interface Prediction {
  readonly id: string;
  readonly label: string;
  readonly probability: number;
  readonly model: { readonly version: string };
  readonly explanation?: Explanation;
}
interface Summary {
  readonly rows: number;
  readonly groups: readonly {
    readonly model: { readonly name: string; readonly version: string };
    readonly method: string;
    readonly background: string;
    readonly rows: number;
    readonly labels: readonly { readonly label: string; readonly rows: number }[];
    readonly features: readonly {
      readonly name: string;
      readonly mean_absolute_contribution: number;
    }[];
  }[];
}

const ROUGH = { 'mean radius': 21, 'mean texture': 33, side: 'right' };
/** Benign, though its side speaks for malignant. */
const SMOOTH = { 'mean radius': 9, 'mean texture': 12, side: 'right' };
const NAMES = ['mean radius', 'mean texture', 'side'];

async function publishExplainable(
  varDir: string,
  options: ExplainableOptions,
  alias?: string,
): Promise<string> {
  const bundleDir = mkdtempSync(join(varDir, 'explainable-'));
  await writeExplainableBundle(bundleDir, options);
  return register(varDir, bundleDir, alias);
}

/** A server, and how it is asked. */
class ExplainingServer {
  private constructor(
    readonly server: PredictionServer,
    readonly headers: Readonly<Record<string, string>>,
  ) {}

  static async start(prepare: (varDir: string) => Promise<unknown>): Promise<ExplainingServer> {
    const server = await PredictionServer.start(prepare);
    return new ExplainingServer(server, { authorization: `Bearer ${await server.token()}` });
  }

  predict<Body = Prediction>(query: string, features: object = ROUGH): Promise<Answer<Body>> {
    return this.server.post<Body>(`/predict${query}`, JSON.stringify({ features }), this.headers);
  }

  read<Body>(path: string): Promise<Answer<Body>> {
    return this.server.send<Body>(path, { headers: this.headers });
  }

  async stored(): Promise<number> {
    const [row] = await this.server.app
      .get(DataSource)
      .query<[{ n: number | string }]>('SELECT count(*) AS n FROM predictions');
    return Number(row.n);
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

describe.each([
  ['a forest', { learner: 'random_forest' }, 'tree_interventional', 'probability', 'none'],
  [
    'a boosted model behind a curve',
    { learner: 'gradient_boosting', platt: true },
    'tree_interventional',
    'log_odds',
    'platt',
  ],
  ['a linear model', { learner: 'logistic_regression' }, 'linear', 'log_odds', 'none'],
] satisfies [string, ExplainableOptions, string, string, string][])(
  'POST /predict?explain of %s',
  (_, options, method, space, calibration) => {
    let explaining: ExplainingServer;
    beforeAll(async () => {
      explaining = await ExplainingServer.start((varDir) => publishExplainable(varDir, options));
    });
    afterAll(() => explaining.server.stop());

    it('says what each feature moved the answer by, adding up to the margin', async () => {
      const { status, body } = await explaining.predict('?explain=true');
      expect(status).toBe(200);
      expect(body.explanation).toMatchObject({
        method,
        background: 'favourable',
        background_rows: expect.any(Number) as number,
        space,
        calibration,
      });
      const { base_value, output, contributions } = body.explanation as Explanation;
      expect(Object.keys(contributions)).toEqual(NAMES);
      expect(base_value + sum(Object.values(contributions))).toBeCloseTo(output, 6);
      if (calibration === 'none')
        expect(space === 'log_odds' ? sigmoid(output) : output).toBeCloseTo(body.probability, 6);
    });

    it('gives reasons for the adverse answer only, the strongest first', async () => {
      const adverse = (await explaining.predict('?explain=true')).body;
      expect(adverse.label).toBe('malignant');
      const { reasons = [], contributions = {} } = adverse.explanation ?? {};
      const expected = NAMES.filter((name) => (contributions[name] ?? 0) > 1e-9)
        .sort((a, b) => (contributions[b] ?? 0) - (contributions[a] ?? 0))
        .map((name) => ({
          code: name.toUpperCase().replaceAll(' ', '_'),
          feature: name,
          text: reasonText(name),
          contribution: contributions[name],
        }));
      expect(expected.length).toBeGreaterThan(0);
      expect(reasons).toEqual(expected);
      const favourable = (await explaining.predict('?explain=true', SMOOTH)).body;
      expect(favourable.label).toBe('benign');
      expect(favourable.explanation?.contributions['side']).toBeGreaterThan(0);
      expect(favourable.explanation?.reasons).toEqual([]);
    });

    it('keeps the explanation with the prediction, as it was answered', async () => {
      const { body } = await explaining.predict('?explain=true');
      const one = await explaining.read<Prediction>(`/predictions/${body.id}`);
      expect(one.body.explanation).toEqual(body.explanation);
      const { body: page } = await explaining.read<{ items: Prediction[] }>('/predictions?limit=1');
      expect(page.items[0]?.explanation).toEqual(body.explanation);
    });

    it.each(['', '?explain=false'])('says and keeps nothing of it for %p', async (query) => {
      const { body } = await explaining.predict(query);
      expect(body).not.toHaveProperty('explanation');
      const one = await explaining.read<Prediction>(`/predictions/${body.id}`);
      expect(one.body.explanation).toBeNull();
    });

    it('measures the stage, and says what the features count for', async () => {
      await explaining.predict('?explain=true');
      const { body: metrics } = await explaining.read<string>('/metrics');
      const count = /^model_prediction_duration_seconds_count\{.*stage="explain".*\} (\d+)/m;
      expect(Number(count.exec(metrics)?.[1])).toBeGreaterThan(0);
      const { body: info } = await explaining.read<{ importance: Summary['groups'][0] }>(
        '/model-info',
      );
      expect(info.importance).toMatchObject({ method, background: 'favourable' });
      const { rows, features } = info.importance;
      expect(rows).toBeGreaterThan(0);
      expect(features.map(({ name }) => name).toSorted()).toEqual(NAMES);
      const means = features.map((each) => each.mean_absolute_contribution);
      expect(means).toEqual(means.toSorted((a, b) => b - a));
    });
  },
);

describe('a choice of method', () => {
  let trees: ExplainingServer;
  beforeAll(async () => {
    trees = await ExplainingServer.start((varDir) =>
      publishExplainable(varDir, { learner: 'gradient_boosting', background: 'training' }),
    );
  });
  afterAll(() => trees.server.stop());

  it.each([
    ['path_dependent', 'tree_path_dependent'],
    ['interventional', 'tree_interventional'],
  ])('explains trees by ?explain=%s: %s', async (choice, method) => {
    const { body } = await trees.predict(`?explain=${choice}`);
    expect(body.explanation).toMatchObject({ method, background: 'training' });
  });

  it('is refused by its name where it is unknown, and nothing is stored', async () => {
    const before = await trees.stored();
    for (const query of ['?explain=yes', '?explain=', '?explain=true&explain=true']) {
      const { status, body } = await trees.predict<Problem>(query);
      expect([status, body.code]).toEqual([422, 'INVALID_INPUT']);
      expect(body.errors).toMatchObject([{ field: 'explain' }]);
      expect(JSON.stringify(body)).not.toContain('yes');
    }
    expect(await trees.stored()).toBe(before);
  });

  it('goes the ordinary way, and the plain question the fast one', async () => {
    const names = (path: string): Promise<readonly string[]> =>
      new Promise((resolve, reject) => {
        const headers = { ...trees.headers, 'content-type': 'application/json' };
        const request = httpRequest(trees.server.url + path, { method: 'POST', headers });
        request.on('response', (response) => {
          response.resume().on('end', () => {
            resolve(response.rawHeaders);
          });
        });
        const body = JSON.stringify(ROUGH);
        request.on('error', reject).setHeader('content-length', Buffer.byteLength(body));
        request.end(body);
      });
    // Only the fast lane writes it in this case. It knows a caller for a second, which a busy machine may take for one request.
    let plain: readonly string[] = [];
    for (let i = 0; i < 5 && !plain.includes('X-Request-Id'); i += 1)
      plain = await names('/predict');
    expect(plain).toContain('X-Request-Id');
    expect(await names('/predict?explain=true')).toContain('x-request-id');
  });

  it('is in the OpenAPI document, with the answer that it gives', async () => {
    const { body } = await trees.read<{
      paths: Record<string, { post: { parameters: object[]; responses: Record<string, object> } }>;
      components: { schemas: Record<string, { properties: object }> };
    }>('/docs-json');
    const { parameters, responses } = body.paths['/predict']?.post ?? {};
    expect(parameters).toMatchObject([
      {
        name: 'explain',
        in: 'query',
        required: false,
        schema: { enum: ['true', 'false', 'path_dependent', 'interventional'] },
      },
    ]);
    expect(JSON.stringify(responses?.['409'])).toContain('EXPLANATION_UNAVAILABLE');
    expect(body.components.schemas['ExplanationResponse']?.properties).toHaveProperty('reasons');
  });
});

describe('a model that cannot be explained so', () => {
  it.each([
    ['without an explainer', (varDir: string) => publish(varDir), 'true'],
    [
      'that is linear, asked for paths',
      (varDir: string) => publishExplainable(varDir, { learner: 'logistic_regression' }),
      'path_dependent',
    ],
  ])('%s: is answered as ever, but 409 where it is to say why', async (_, prepare, choice) => {
    const plain = await ExplainingServer.start(prepare);
    const { status, body } = await plain.predict<Problem>(`?explain=${choice}`);
    expect([status, body.code]).toEqual([409, 'EXPLANATION_UNAVAILABLE']);
    expect(await plain.stored()).toBe(0);
    const { body: metrics } = await plain.read<string>('/metrics');
    expect(metrics).toMatch(/^model_prediction_errors_total\{.*reason="model_error"\} 0$/m);
    expect((await plain.predict('')).status).toBe(200);
    await plain.server.stop();
  });

  it('without an explainer: has no importance', async () => {
    const plain = await ExplainingServer.start(publish);
    expect((await plain.read('/model-info')).body).toMatchObject({ importance: null });
    await plain.server.stop();
  });
});

describe('a canary', () => {
  const MODEL_ERRORS =
    'model_challenger_errors_total{model="foretell",version="2",mode="canary",reason="model_error"}';
  const startWith = (challenger: (varDir: string) => Promise<unknown>): Promise<ChallengedServer> =>
    ChallengedServer.start(async (varDir) => {
      await publishExplainable(varDir, { learner: 'logistic_regression' });
      await challenger(varDir);
    });
  const ask = async ({ server, headers }: ChallengedServer): Promise<Prediction> => {
    const body = JSON.stringify({ features: ROUGH });
    const answer = await server.post<Prediction>('/predict?explain=true', body, headers);
    expect(answer.status).toBe(200);
    return answer.body;
  };

  it('explains its own answers', async () => {
    const challenged = await startWith((varDir) =>
      publishExplainable(varDir, { learner: 'gradient_boosting' }, 'challenger'),
    );
    await challenged.setMode('canary', 1);
    const { id, model, explanation } = await ask(challenged);
    expect([model.version, explanation?.method]).toEqual(['2', 'tree_interventional']);
    const { body } = await challenged.get<Prediction>(`/predictions/${id}`);
    expect(body).toMatchObject({ model: { version: '2' }, explanation });
    await challenged.stop();
  });

  it('whose explanation fails is answered for by the champion, and that is counted', async () => {
    const challenged = await startWith((varDir) =>
      publishExplainable(varDir, { learner: 'gradient_boosting' }, 'challenger'),
    );
    await challenged.setMode('canary', 1);
    const dir = challenged.server.app.get(Challenger).current()?.bundle.dir ?? '';
    rmSync(join(dir, 'explainer.bin'));
    const { model, explanation } = await ask(challenged);
    expect([model.version, explanation?.method]).toEqual(['1', 'linear']);
    expect(await challenged.metric(MODEL_ERRORS)).toBe(1);
    expect((await challenged.predict(1)).body.model.version).toBe('2');
    await challenged.stop();
  });

  it('leaves to the champion those who ask why, where it cannot say', async () => {
    const challenged = await startWith((varDir) => publish(varDir, {}, 'challenger'));
    await challenged.setMode('canary', 1);
    const { model, explanation } = await ask(challenged);
    expect([model.version, explanation?.method]).toEqual(['1', 'linear']);
    expect((await challenged.predict(1)).body.model.version).toBe('2');
    expect(await challenged.metric(MODEL_ERRORS)).toBe(0);
    await challenged.stop();
  });
});

describe('GET /monitoring/explanations', () => {
  let explaining: ExplainingServer;
  beforeAll(async () => {
    explaining = await ExplainingServer.start((varDir) =>
      publishExplainable(varDir, { learner: 'gradient_boosting' }),
    );
  });
  afterAll(() => explaining.server.stop());
  const summary = async (query = ''): Promise<Summary> =>
    (await explaining.read<Summary>(`/monitoring/explanations${query}`)).body;

  it('has no rows before anybody asked why', async () => {
    await explaining.predict('');
    expect(await summary()).toMatchObject({ rows: 0, groups: [] });
  });

  it('adds up what was stored, by version, method and background', async () => {
    const answers: Explanation[] = [];
    for (const features of [ROUGH, SMOOTH, { ...ROUGH, side: 'left' }]) {
      const { body } = await explaining.predict('?explain=true', features);
      answers.push(body.explanation as Explanation);
    }
    await explaining.predict('?explain=path_dependent');
    const { rows, groups } = await summary('?window=15m');
    expect(rows).toBe(4);
    expect(groups.map(({ model, method, rows: n }) => [model.version, method, n])).toEqual([
      ['1', 'tree_interventional', 3],
      ['1', 'tree_path_dependent', 1],
    ]);
    const [group] = groups;
    expect(group?.background).toBe('favourable');
    expect(sum((group?.labels ?? []).map(({ rows: n }) => n))).toBe(3);
    for (const { name, mean_absolute_contribution } of group?.features ?? []) {
      const values = answers.map(({ contributions }) => Math.abs(contributions[name] ?? NaN));
      expect(mean_absolute_contribution).toBeCloseTo(sum(values) / 3, 12);
    }
    const means = (group?.features ?? []).map((each) => each.mean_absolute_contribution);
    expect(means).toEqual(means.toSorted((a, b) => b - a));
  });

  it('looks at one version, or at none', async () => {
    expect((await summary('?window=all&version=1')).rows).toBe(4);
    expect(await summary('?window=all&version=99')).toMatchObject({ rows: 0, groups: [] });
  });

  it.each(['window=1y', 'version=%00', 'limit=5'])('refuses ?%s by its name', async (query) => {
    const { status, body } = await explaining.read<Problem>(`/monitoring/explanations?${query}`);
    expect([status, body.code]).toEqual([422, 'INVALID_INPUT']);
    expect(body.errors?.[0]?.field).toBe(query.split('=')[0]);
  });

  it('needs the scope to read', async () => {
    expect((await explaining.server.send('/monitoring/explanations')).status).toBe(401);
  });
});
