// RATE_LIMIT: what one client may ask for, counted over all doors, and whose address counts where proxies stand in front.
import {
  PredictionServer,
  publish,
  type Answer,
  type Problem,
} from '../support/prediction-server.ts';
import { untilTrue } from '../support/until.ts';

/** So slow to fill that nothing comes back while tests run: one token in 180 s. */
const LIMIT = 20;
const ROW = JSON.stringify({ 'mean radius': 13, 'mean texture': 18, side: 'left' });
const INVOCATION = JSON.stringify({ dataframe_records: [JSON.parse(ROW)] });
const TENSOR = JSON.stringify({
  inputs: [
    { name: 'mean radius', shape: [1], datatype: 'FP64', data: [13] },
    { name: 'mean texture', shape: [1], datatype: 'FP64', data: [18] },
    { name: 'side', shape: [1], datatype: 'BYTES', data: ['left'] },
  ],
});
const OTHER_PASSWORD = 'of a user of the limit tests';

type Headers = Record<string, string>;

let server: PredictionServer;
let admin: Headers;
const start = (settings: Headers): Promise<PredictionServer> =>
  PredictionServer.start(publish, { RATE_LIMIT: `${LIMIT}/h`, ...settings });

beforeAll(async () => {
  // Each test comes from an address of its own: the tests are the proxy.
  server = await start({ TRUST_PROXY: 'loopback' });
  admin = { authorization: `Bearer ${await server.token()}` };
});
afterAll(() => server.stop());

let made = 0;
/** Of the administrator, whose own requests count apart. */
async function newKey(): Promise<Headers> {
  const wanted = JSON.stringify({ name: `key ${(made += 1)}`, scopes: ['predict', 'read'] });
  const { body } = await server.post<{ key: string }>('/api-keys', wanted, admin);
  return { 'x-api-key': body.key };
}

const predict = (credentials: Headers): Promise<Answer<Problem>> =>
  server.post<Problem>('/predict', ROW, credentials);

/** The statuses of so many requests, one after the other. */
async function statuses(count: number, send: () => Promise<Answer<unknown>>): Promise<number[]> {
  const answered: number[] = [];
  for (let i = 0; i < count; i++) answered.push((await send()).status);
  return answered;
}

const times = (count: number, status: number): number[] => Array<number>(count).fill(status);

async function countedInMetrics(series: string): Promise<number> {
  const { body } = await server.send<string>('/metrics');
  const line = body.split('\n').find((each) => each.startsWith(`${series} `));
  return Number(line?.split(' ')[1] ?? 0);
}

describe('a client beyond its rate', () => {
  it('is told in a problem how long to wait, and what the limit is', async () => {
    const key = await newKey();
    expect(await statuses(LIMIT, () => predict(key))).toEqual(times(LIMIT, 200));
    const { status, headers, body } = await predict(key);
    expect(status).toBe(429);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({
      code: 'TOO_MANY_REQUESTS',
      detail: 'The rate limit is reached; wait, then go on.',
    });
    const seconds = Number(headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(100);
    expect(seconds).toBeLessThanOrEqual(180);
    expect(headers.get('ratelimit-policy')).toBe(`"default";q=${LIMIT};w=3600`);
    expect(headers.get('ratelimit')).toBe(`"default";r=0;t=${seconds}`);
  });

  it('is refused at every door, in the words of its protocol, and was counted at each', async () => {
    const key = await newKey();
    const csv = 'mean radius,mean texture,side\n13,18,left\n';
    const doors: Readonly<Record<string, () => Promise<Answer<object>>>> = {
      predict: () => predict(key),
      batch: () => server.post('/predict/batch', csv, { ...key, 'content-type': 'text/csv' }),
      invocations: () => server.post('/invocations', INVOCATION, key),
      infer: () => server.post('/v2/models/foretell/infer', TENSOR, key),
      jobs: () => server.post('/jobs', csv, { ...key, 'content-type': 'text/csv' }),
      feedback: () => server.post('/feedback', '{"items":[]}', key),
      log: () => server.send('/predictions', { headers: key }),
      model: () => server.send('/model-info', { headers: key }),
    };
    const names = Object.keys(doors);
    const all = async (): Promise<Record<string, number>> => {
      const answered: Record<string, number> = {};
      for (const name of names) answered[name] = (await doors[name]?.())?.status ?? 0;
      return answered;
    };
    const first = await all();
    expect(first).toMatchObject({ predict: 200, batch: 200, invocations: 200, infer: 200 });
    expect(Object.values(first)).not.toContain(429);
    const left = LIMIT - names.length;
    expect(await statuses(left + 1, () => predict(key))).toEqual([...times(left, 200), 429]);
    expect(await all()).toEqual(Object.fromEntries(names.map((name) => [name, 429])));

    const invocations = await doors['invocations']?.();
    expect(invocations?.body).toEqual({
      error_code: 'REQUEST_LIMIT_EXCEEDED',
      message: 'The rate limit is reached; wait, then go on.',
    });
    expect(invocations?.headers.get('retry-after')).toMatch(/^1\d\d$/);
    const infer = await doors['infer']?.();
    expect(infer?.body).toEqual({ error: 'The rate limit is reached; wait, then go on.' });
    expect(infer?.headers.get('ratelimit-policy')).toBe(`"default";q=${LIMIT};w=3600`);
  });

  it('is refused in the fast lane, by all tokens of the user together', async () => {
    const username = 'fast client';
    const user = { username, password: OTHER_PASSWORD, role: 'client' };
    expect((await server.post('/users', JSON.stringify(user), admin)).status).toBe(201);
    const [one = '', two = ''] = await Promise.all(
      [1, 2].map(() => server.token(username, OTHER_PASSWORD)),
    );
    let turn = 0;
    const inTurn = (): Promise<Answer<Problem>> =>
      predict({ authorization: `Bearer ${(turn += 1) % 2 === 0 ? one : two}` });
    const before = await countedInMetrics(
      'http_request_duration_seconds_count{method="POST",route="/predict",code="429"}',
    );
    expect(await statuses(LIMIT + 3, inTurn)).toEqual([...times(LIMIT, 200), 429, 429, 429]);
    const refused = await inTurn();
    expect(refused.body).toMatchObject({ code: 'TOO_MANY_REQUESTS', status: 429 });
    expect(refused.headers.get('ratelimit')).toMatch(/^"default";r=0;t=1\d\d$/);
    const counted = (): Promise<number> =>
      countedInMetrics(
        'http_request_duration_seconds_count{method="POST",route="/predict",code="429"}',
      );
    await untilTrue(async () => (await counted()) >= before + 4, 30_000);
    expect(await counted()).toBe(before + 4);
  });

  it('keeps nobody else waiting', async () => {
    const [busy, calm] = [await newKey(), await newKey()];
    expect((await statuses(LIMIT + 1, () => predict(busy))).at(-1)).toBe(429);
    expect((await predict(calm)).status).toBe(200);
  });

  it('is refused before its rights are looked at', async () => {
    const key = await newKey();
    const users = (): Promise<Answer<Problem>> => server.send('/users', { headers: key });
    expect(await statuses(LIMIT + 1, users)).toEqual([...times(LIMIT, 403), 429]);
  });

  it('counts as limited and not as overload in the summary', async () => {
    const key = await newKey();
    await statuses(LIMIT + 2, () => predict(key));
    const headers = await newKey();
    const refused = async (): Promise<Record<string, number>> =>
      (
        await server.send<{ errors: { by_kind: Record<string, number> } }>(
          '/monitoring/summary?window=15m',
          { headers },
        )
      ).body.errors.by_kind;
    await untilTrue(async () => ((await refused())['rate_limited'] ?? 0) >= 2, 30_000, 2000);
    expect((await refused())['overloaded']).toBe(0);
  });
});

describe('an address', () => {
  const from = (address: string): Headers => ({ 'x-forwarded-for': address });
  const logIn = (address: string): Promise<Answer<Problem>> =>
    server.post('/token', JSON.stringify({ username: 'admin', password: 'x' }), from(address));

  it('is limited where no credentials are needed', async () => {
    const ask = (address: string) => () =>
      server.send('/v2/models/foretell', { headers: from(address) });
    expect(await statuses(LIMIT + 1, ask('192.0.2.1'))).toEqual([...times(LIMIT, 200), 429]);
    expect((await logIn('192.0.2.1')).body.detail).toBe(
      'The rate limit is reached; wait, then go on.',
    );
    expect((await logIn('192.0.2.2')).status).toBe(401);
  });

  it('is limited where credentials are missing or no good, and those with good ones are not', async () => {
    const address = from('192.0.2.3');
    const unknown: readonly Headers[] = [
      {},
      { authorization: 'Bearer no.such.token' },
      { 'x-api-key': 'ftl_no' },
    ];
    let turn = 0;
    const inTurn = (): Promise<Answer<Problem>> =>
      predict({ ...address, ...unknown[(turn += 1) % unknown.length] });
    expect(await statuses(LIMIT + 3, inTurn)).toEqual([...times(LIMIT, 401), 429, 429, 429]);
    expect((await predict({ ...address, ...(await newKey()) })).status).toBe(200);
  });

  it.each(['/health/live', '/health/ready', '/metrics', '/ping', '/v2/health/live', '/docs', '/'])(
    'is not limited at %s',
    async (path) => {
      const ask = (): Promise<Answer<unknown>> => server.send(path, { headers: from('192.0.2.4') });
      expect(await statuses(LIMIT + 5, ask)).not.toContain(429);
    },
  );
});

describe('an address behind a proxy', () => {
  it('is the one that the proxy in front has seen, whatever came before it', async () => {
    const forging = async (i: number): Promise<number> =>
      (
        await server.send('/v2/models/foretell', {
          headers: { 'x-forwarded-for': `203.0.113.${i}, 192.0.2.9` },
        })
      ).status;
    const answered: number[] = [];
    for (let i = 0; i <= LIMIT; i++) answered.push(await forging(i));
    expect(answered).toEqual([...times(LIMIT, 200), 429]);
  });

  it('counts by itself at the limit of failed logins', async () => {
    const proxied = await start({ TRUST_PROXY: '192.0.2.200, 127.0.0.0/8', LOGIN_ATTEMPTS: '2' });
    const attempt = async (i: number, address: string): Promise<number> => {
      const body = JSON.stringify({ username: `nobody ${i}`, password: 'wrong' });
      return (await proxied.post('/token', body, { 'x-forwarded-for': address })).status;
    };
    try {
      expect([
        await attempt(1, '192.0.2.1'),
        await attempt(2, '192.0.2.1'),
        await attempt(3, '192.0.2.1'),
        await attempt(4, '192.0.2.2'),
      ]).toEqual([401, 401, 429, 401]);
    } finally {
      await proxied.stop();
    }
  });

  it.each([
    ['there is no TRUST_PROXY', {}],
    ['the proxy is another one', { TRUST_PROXY: '192.0.2.0/24' }],
  ])('cannot be forged where %s', async (_, settings) => {
    const direct = await start({ ...settings, LOGIN_ATTEMPTS: '3' });
    let turn = 0;
    const forged = (): Headers => ({ 'x-forwarded-for': `203.0.113.${(turn += 1)}` });
    const logIn = (): Promise<Answer<Problem>> => {
      const wrong = JSON.stringify({ username: `nobody ${turn}`, password: 'wrong' });
      return direct.post<Problem>('/token', wrong, forged());
    };
    try {
      expect(await statuses(4, logIn)).toEqual([...times(3, 401), 429]);
      const ask = (): Promise<Answer<unknown>> =>
        direct.send('/v2/models/foretell', { headers: forged() });
      expect(await statuses(LIMIT - 3, ask)).toEqual([...times(LIMIT - 4, 200), 429]);
    } finally {
      await direct.stop();
    }
  });
});
