// Predictions over real HTTP: what is answered, what is refused and how, and what the log holds.
import { DataSource } from 'typeorm';
import {
  PredictionServer,
  publish,
  type Answer,
  type Problem,
} from '../support/prediction-server.ts';
import { TINY_FEATURES, tinyProbability } from '../support/tiny-bundle.ts';

const GOOD = { 'mean radius': 13, 'mean texture': 18, side: 'left' };

interface Prediction {
  readonly id: string;
  readonly probability: number;
  readonly label: string;
}

describe('predictions', () => {
  let server: PredictionServer;
  let admin: string;
  beforeAll(async () => {
    server = await PredictionServer.start(publish);
    admin = await server.token();
  });
  afterAll(() => server.stop());

  const bearer = (token = admin): Record<string, string> => ({ authorization: `Bearer ${token}` });
  const predict = <Body = Prediction>(body: unknown, headers = bearer()): Promise<Answer<Body>> =>
    server.post<Body>('/predict', typeof body === 'string' ? body : JSON.stringify(body), headers);
  const read = <Body>(path: string, headers = bearer()): Promise<Answer<Body>> =>
    server.send<Body>(path, { headers });
  const stored = async (): Promise<number> => {
    const rows: { n: number }[] = await server.app
      .get(DataSource)
      .query('SELECT count(*) AS n FROM predictions');
    return Number(rows[0]?.n);
  };

  describe('POST /predict', () => {
    it('answers id, label, probability, threshold, model and warnings', async () => {
      const { status, headers, body } = await predict({ features: GOOD });
      expect(status).toBe(200);
      expect(body).toEqual({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        label: 'malignant',
        probability: expect.closeTo(tinyProbability(TINY_FEATURES, 0, GOOD), 6) as number,
        threshold: 0.5,
        model: { name: 'foretell', version: '1' },
        warnings: [],
      });
      expect(headers.get('x-model-version')).toBe('1');
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('reads a bare feature object', async () => {
      const [bare, envelope] = [await predict(GOOD), await predict({ features: GOOD })];
      expect(bare.body.probability).toBe(envelope.body.probability);
    });

    it('answers a value that training never saw, with a warning that names it', async () => {
      const { status, body } = await predict({ features: { ...GOOD, 'mean radius': 40 } });
      expect(status).toBe(200);
      expect(body).toMatchObject({
        warnings: [{ feature: 'mean radius', code: 'outside_training_range' }],
      });
    });

    it('takes a missing value where the feature may be missing', async () => {
      expect((await predict({ features: { ...GOOD, 'mean texture': null } })).status).toBe(200);
      expect((await predict({ features: { 'mean radius': 13, side: 'right' } })).status).toBe(200);
    });

    it('lists every field that does not fit, by name and expectation, and never a value', async () => {
      const { status, headers, body } = await predict<Problem>({
        features: { 'mean radius': 'secret-text', side: 'secret-side', extra: 'secret-extra' },
      });
      expect(status).toBe(422);
      expect(headers.get('content-type')).toContain('application/problem+json');
      expect(body).toMatchObject({ code: 'INVALID_INPUT', instance: headers.get('x-request-id') });
      expect(body.errors).toEqual([
        {
          field: 'mean radius',
          code: 'type',
          expected: 'a number from 0 to 50',
          received: 'a string',
        },
        {
          field: 'side',
          code: 'category',
          expected: expect.stringContaining('left, right') as string,
          received: 'a string',
        },
        {
          field: 'extra',
          code: 'unknown',
          expected: expect.any(String) as string,
          received: 'a string',
        },
      ]);
      expect(JSON.stringify(body)).not.toContain('secret');
    });

    it.each([
      ['a missing field', { side: 'left' }, 'missing'],
      ['null where it may not be', { ...GOOD, 'mean radius': null }, 'null'],
      ['a value outside its domain', { ...GOOD, 'mean radius': 51 }, 'range'],
      ['a nested value', { ...GOOD, 'mean radius': { value: 13 } }, 'type'],
      ['a list as a value', { ...GOOD, 'mean radius': [13] }, 'type'],
      ['a number in quotes', { ...GOOD, 'mean radius': '13' }, 'type'],
      ['a boolean', { ...GOOD, 'mean radius': true }, 'type'],
      ['a huge text', { ...GOOD, 'mean radius': 'x'.repeat(10_000) }, 'type'],
      ['a name from the prototype', { ...GOOD, toString: 1 }, 'unknown'],
    ])('refuses %s', async (_, features, code) => {
      const { status, body } = await predict<Problem>({ features });
      expect(status).toBe(422);
      expect(body.errors).toMatchObject([{ code }]);
      expect(JSON.stringify(body).length).toBeLessThan(2000);
    });

    it.each(['1e999', '-1e999', '1e39'])(
      'refuses %s, which float32 cannot hold',
      async (number) => {
        const { status, body } = await predict<Problem>(
          `{"features": {"mean radius": ${number}, "side": "left"}}`,
        );
        expect(status).toBe(422);
        expect(body.errors).toMatchObject([{ field: 'mean radius', code: 'not_finite' }]);
      },
    );

    it.each([
      ['NaN', '{"features": {"mean radius": NaN}}', 400, 'MALFORMED_JSON'],
      ['Infinity', '{"features": {"mean radius": Infinity}}', 400, 'MALFORMED_JSON'],
      ['a truncated body', '{"features": {"mean radius": 13', 400, 'MALFORMED_JSON'],
      ['duplicate keys', '{"features": {"side": "left", "side": "right"}}', 400, 'DUPLICATE_KEY'],
      ['an empty body', '', 400, 'BAD_REQUEST'],
      ['a prototype key', '{"__proto__": {"features": {}}}', 400, 'BAD_REQUEST'],
      ['deep nesting', '['.repeat(5000) + ']'.repeat(5000), 400, 'BAD_REQUEST'],
      ['an array', '[1, 2]', 422, 'INVALID_INPUT'],
      ['null', 'null', 422, 'INVALID_INPUT'],
      ['a string', '"text"', 422, 'INVALID_INPUT'],
      ['a number', '3', 422, 'INVALID_INPUT'],
      ['features that are a list', '{"features": [1, 2, 3]}', 422, 'INVALID_INPUT'],
      ['features that are null', '{"features": null}', 422, 'INVALID_INPUT'],
      ['an unknown member', '{"features": {}, "rows": []}', 422, 'INVALID_INPUT'],
      ['an empty object', '{}', 422, 'INVALID_INPUT'],
      ['a body over the limit', `{"features": "${'x'.repeat(20_000)}"}`, 413, 'BODY_TOO_LARGE'],
    ])('refuses %s with a problem', async (_, text, status, code) => {
      const before = await stored();
      const answer = await predict<Problem>(text);
      expect([answer.status, answer.body.code]).toEqual([status, code]);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(await stored()).toBe(before);
    });

    it('refuses another content type with 415', async () => {
      const { status, body } = await predict<Problem>('mean radius=13', {
        ...bearer(),
        'content-type': 'text/plain',
      });
      expect([status, body.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    });

    it('needs a credential that holds the scope predict', async () => {
      const none = await predict<Problem>({ features: GOOD }, {});
      expect([none.status, none.body.code]).toEqual([401, 'UNAUTHENTICATED']);
      expect(none.headers.get('www-authenticate')).toContain('Bearer');
      const user = { username: 'reader', password: 'a password of a viewer', role: 'viewer' };
      await server.post('/users', JSON.stringify(user), bearer());
      const viewer = await server.token(user.username, user.password);
      const refused = await predict<Problem>({ features: GOOD }, bearer(viewer));
      expect([refused.status, refused.body.code]).toEqual([403, 'FORBIDDEN']);
      expect((await read('/predictions', bearer(viewer))).status).toBe(200);
    });

    it('answers many at once, each its own row', async () => {
      const radii = Array.from({ length: 50 }, (_, i) => 7 + i / 4);
      const answers = await Promise.all(
        radii.map((radius) => predict({ features: { ...GOOD, 'mean radius': radius } })),
      );
      answers.forEach(({ body }, i) => {
        const row = { ...GOOD, 'mean radius': radii[i] ?? 0 };
        expect(body.probability).toBeCloseTo(tinyProbability(TINY_FEATURES, 0, row), 6);
      });
    });
  });

  describe('the prediction log', () => {
    it('holds the prediction when the answer arrives', async () => {
      const { body } = await predict({ features: GOOD, key: 'row-7' });
      const { status, body: row } = await read<Record<string, unknown>>(`/predictions/${body.id}`);
      expect(status).toBe(200);
      const me = await read<{ id: string }>('/users/me');
      expect(row).toEqual({
        id: body.id,
        created_at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        user_id: me.body.id,
        credential: expect.stringMatching(/^token:/) as string,
        key: 'row-7',
        model: { name: 'foretell', version: '1' },
        features: GOOD,
        probability: body.probability,
        label: body.label,
        threshold: 0.5,
        warnings: [],
        duration_ms: expect.any(Number) as number,
        cpu_percent: expect.any(Number) as number,
        memory_bytes: expect.any(Number) as number,
        explanation: null,
        block: expect.stringMatching(/^[\w-]{12}:[1-9]\d*$/) as string,
      });
      expect(row['duration_ms']).toBeGreaterThan(0);
      expect(row['memory_bytes']).toBeGreaterThan(1_000_000);
    });

    it('pages and filters', async () => {
      interface Page {
        readonly items: readonly { id: string; created_at: string }[];
        readonly next_cursor: string | null;
      }
      const ids: string[] = [];
      let cursor = '';
      do {
        const { body } = await read<Page>(`/predictions?limit=7${cursor}`);
        ids.push(...body.items.map(({ id }) => id));
        cursor = body.next_cursor === null ? '' : `&cursor=${body.next_cursor}`;
      } while (cursor !== '');
      expect(new Set(ids).size).toBe(await stored());
      expect((await read<Page>('/predictions?version=999')).body.items).toEqual([]);
      expect((await read<Page>('/predictions?to=2020-01-01')).body.items).toEqual([]);
      expect((await read<Page>('/predictions?label=malignant&limit=1')).body.items).toHaveLength(1);
    });

    it.each([
      'limit=0',
      'limit=1001',
      'limit=x',
      'from=yesterday',
      'from=2026-02-30',
      'to=2026-01-01T00:00',
      'user=me',
      'cursor=x',
      'version=%00',
      'page=2',
    ])('refuses ?%s and names the field', async (query) => {
      const { status, body } = await read<Problem>(`/predictions?${query}`);
      expect(status).toBe(422);
      expect(body.errors?.[0]?.field).toBe(query.split('=')[0]);
    });

    it.each(['nonsense', '2f1f0a36-6a51-4b7a-a6f1-0d0c1a9f3b52'])(
      'answers 404 for the id %s',
      async (id) => {
        expect((await read(`/predictions/${id}`)).status).toBe(404);
      },
    );
  });
});
