// POST /predict has two ways to the same service: the fast lane for callers that are known, and the ordinary one for everybody else. Nobody
// can tell which way an answer came, but by the case of header names, which HTTP ignores.
import { request as httpRequest } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { PredictionService } from '../../src/prediction/prediction.service.ts';
import { RawClient } from '../support/raw-client.ts';
import { PredictionServer, publish, type Problem } from '../support/prediction-server.ts';

const FEATURES = { 'mean radius': 13, 'mean texture': 18, side: 'left' };
const ROW = JSON.stringify(FEATURES);
/** Both name the same type; the lane knows the first one only. */
const WAYS = { fast: 'application/json', ordinary: 'Application/JSON' };

interface RawAnswer {
  readonly status: number;
  /** By the case that the server writes. */
  readonly names: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
}

let server: PredictionServer;
let authorization: string;
beforeAll(async () => {
  server = await PredictionServer.start(publish);
  authorization = `Bearer ${await server.token()}`;
  // The token is verified once, the ordinary way.
  await server.post('/predict', ROW, { authorization });
});
afterAll(() => server.stop());

function ask(body: string, headers: Record<string, string> = {}): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      `${server.url}/predict`,
      { method: 'POST', headers: { authorization, 'content-type': WAYS.fast, ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            names: response.rawHeaders.filter((_, i) => i % 2 === 0),
            headers: response.headers as Record<string, string>,
            body: JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>,
          });
        });
      },
    );
    request.on('error', reject);
    if (!request.hasHeader('transfer-encoding'))
      request.setHeader('content-length', Buffer.byteLength(body));
    request.end(body);
  });
}

/** Who has called is known for a second, which a busy machine may take for one request: from here on to the end of the test that second does not pass. */
async function stopClock(): Promise<void> {
  const now = performance.now();
  jest.spyOn(performance, 'now').mockReturnValue(now);
  await server.post('/predict', ROW, { authorization });
}
afterEach(() => {
  jest.restoreAllMocks();
});

const repeated = (bearer: string, body: string): string =>
  `POST /predict HTTP/1.1\r\nHost: test\r\nAuthorization: ${bearer}\r\nContent-Type: application/json\r\n` +
  `Content-Length: ${body.length}\r\n\r\n${body}`;

const isFast = ({ names }: RawAnswer): boolean => names.includes('X-Request-Id');

/** Without what differs from answer to answer, and without what becomes of the connection: Fastify ends it where a body cannot be read. */
function comparable({ status, headers, body }: RawAnswer): unknown {
  const others = Object.entries(headers).filter(
    ([name]) => !['date', 'x-request-id', 'connection', 'keep-alive'].includes(name),
  );
  const members = Object.entries(body).filter(([name]) => name !== 'id' && name !== 'instance');
  const { instance } = body;
  const isNamed = instance === undefined || instance === headers['x-request-id'];
  return {
    status,
    headers: Object.fromEntries(others),
    body: Object.fromEntries(members),
    isNamed,
  };
}

describe('the fast lane', () => {
  it.each([
    ['an envelope', JSON.stringify({ features: FEATURES })],
    ['a bare row', ROW],
    ['an envelope with spaces', JSON.stringify({ features: FEATURES }, null, 2)],
    ['a key of the caller', JSON.stringify({ features: FEATURES, key: 'row 7' })],
    ['a value outside the training range', JSON.stringify({ ...FEATURES, 'mean radius': 99 })],
    ['a wrong type', JSON.stringify({ ...FEATURES, 'mean radius': 'wide' })],
    ['a feature too many', JSON.stringify({ ...FEATURES, extra: 1 })],
    ['no JSON', '{"mean radius": 13,'],
    ['a key twice', '{"side": "left", "side": "left"}'],
    ['a list', '[]'],
    ['blanks', '   '],
  ])('answers as the ordinary way does: %s', async (_what, body) => {
    await stopClock();
    const fast = await ask(body);
    const ordinary = await ask(body, { 'content-type': WAYS.ordinary });
    expect([isFast(fast), isFast(ordinary)]).toEqual([true, false]);
    expect(comparable(fast)).toEqual(comparable(ordinary));
  });

  it.each([
    ['an API key beside the token', { 'x-api-key': 'unknown' }, 401],
    ['a token that nobody gave', { authorization: 'Bearer a.b.c' }, 401],
    ['another content type', { 'content-type': 'text/csv' }, 415],
    ['a body in chunks', { 'transfer-encoding': 'chunked' }, 200],
  ])('leaves to the ordinary way what is unusual: %s', async (_what, headers, status) => {
    const answer = await ask(ROW, headers);
    expect([answer.status, isFast(answer)]).toEqual([status, false]);
  });

  it('leaves bodies above the limit to the ordinary way', async () => {
    const answer = await ask(JSON.stringify({ ...FEATURES, extra: 'x'.repeat(30_000) }));
    expect([answer.status, isFast(answer)]).toEqual([413, false]);
  });

  it('knows no token any more that was revoked', async () => {
    await stopClock();
    const revoked = { authorization: `Bearer ${await server.token()}` };
    expect((await ask(ROW, revoked)).status).toBe(200);
    expect(isFast(await ask(ROW, revoked))).toBe(true);
    await server.post('/token/revoke', '{}', revoked);
    expect((await ask(ROW, revoked)).status).toBe(401);
  });

  it('keeps the features as they came', async () => {
    const text = '{"features":{"mean radius":13.50,"mean texture":1.8e1,"side":"left"}}';
    const { id } = (await ask(text)).body as { id: string };
    const stored = await server.send<{ features: unknown }>(`/predictions/${id}`, {
      headers: { authorization },
    });
    expect(stored.body.features).toEqual({ 'mean radius': 13.5, 'mean texture': 18, side: 'left' });
  });

  it('is measured as the ordinary way is', async () => {
    const count = async (): Promise<number[]> => {
      const { body } = await server.send<string>('/metrics');
      return [
        /^http_request_duration_seconds_count\{method="POST",route="\/predict",code="200"\} (\d+)/m,
        /^http_request_size_bytes_count\{route="\/predict"\} (\d+)/m,
        /^http_response_size_bytes_count\{route="\/predict"\} (\d+)/m,
      ].map((line) => Number(line.exec(body)?.[1]));
    };
    const before = await count();
    await ask(ROW);
    await ask(ROW, { 'content-type': WAYS.ordinary });
    const after = await count();
    expect(after.map((value, i) => value - (before[i] ?? 0))).toEqual([2, 2, 2]);
  });

  it('tells the caller that a server without a model is not ready', async () => {
    const empty = await PredictionServer.start();
    const bearer = { authorization: `Bearer ${await empty.token()}` };
    for (let i = 0; i < 2; i += 1) {
      const { status, body } = await empty.post<Problem>('/predict', ROW, bearer);
      expect([status, body.code]).toEqual([503, 'MODEL_NOT_READY']);
    }
    await empty.stop();
  });
});

describe('a connection on which the same head comes again', () => {
  const TIMES = 5;
  /** What Node's server itself reads. */
  let read = 0;
  const count = (): number => (read += 1);
  beforeEach(async () => {
    await stopClock();
    read = 0;
    server.app.getHttpServer().on('request', count);
  });
  afterEach(() => {
    server.app.getHttpServer().off('request', count);
  });

  it.each([
    ['an answer', ROW],
    ['a refusal', JSON.stringify({ ...FEATURES, side: 'up' })],
    ['no JSON', '{'],
  ])('is answered as before without being read again: %s', async (_what, body) => {
    const client = await RawClient.connect(server.url);
    for (let i = 1; i <= TIMES; i += 1) {
      client.write(repeated(authorization, body));
      await client.answers(i);
    }
    const answers = await client.answers(TIMES);
    client.leave();
    const [first, ...others] = answers.map(({ status, headers, body: json }) => {
      const names = Object.keys(headers).sort();
      const answer = { status, headers, names, body: JSON.parse(json) as RawAnswer['body'] };
      return [names, comparable(answer)];
    });
    for (const other of others) expect(other).toEqual(first);
    expect(read).toBe(1);
  });

  it('is measured and stored each time', async () => {
    const counted = async (): Promise<number> => {
      const { body } = await server.send<string>('/metrics');
      const line =
        /^http_request_duration_seconds_count\{method="POST",route="\/predict",code="200"\} (\d+)/m;
      return Number(line.exec(body)?.[1]);
    };
    const before = await counted();
    const client = await RawClient.connect(server.url);
    const ids: string[] = [];
    for (let i = 1; i <= TIMES; i += 1) {
      client.write(repeated(authorization, ROW));
      const last = (await client.answers(i)).at(-1);
      ids.push((JSON.parse(last?.body ?? '') as { id: string }).id);
    }
    client.leave();
    expect((await counted()) - before).toBe(TIMES);
    for (const id of ids)
      expect((await server.send(`/predictions/${id}`, { headers: { authorization } })).status).toBe(
        200,
      );
  });

  it('knows no token any more that was revoked meanwhile', async () => {
    const bearer = `Bearer ${await server.token()}`;
    const client = await RawClient.connect(server.url);
    const ask = async (times: number): Promise<number | undefined> => {
      client.write(repeated(bearer, ROW));
      return (await client.answers(times)).at(-1)?.status;
    };
    expect([await ask(1), await ask(2), await ask(3)]).toEqual([200, 200, 200]);
    await server.post('/token/revoke', '{}', { authorization: bearer });
    expect(await ask(4)).toBe(401);
    client.leave();
  });
});

it('answers what is under way while the server stops, and ends its connections', async () => {
  const stopping = await PredictionServer.start(publish);
  const token = await stopping.token();
  await stopping.post('/predict', ROW, { authorization: `Bearer ${token}` });
  const client = await RawClient.connect(stopping.url);
  client.write(
    `POST /predict HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${ROW.length}\r\n\r\n${ROW.slice(0, 10)}`,
  );
  const inFlight = async (): Promise<boolean> =>
    /^http_requests_in_flight 2$/m.test((await stopping.send<string>('/metrics')).body);
  while (!(await inFlight())) await pause(5);
  const stopped = stopping.stop();
  await pause(200);
  client.write(ROW.slice(10));
  const [answer] = await client.closed();
  expect([answer?.status, answer?.headers['connection']]).toEqual([200, 'close']);
  await stopped;
});

it('answers what is under way on a kept connection too, which the server takes for idle', async () => {
  const stopping = await PredictionServer.start(publish);
  const bearer = `Bearer ${await stopping.token()}`;
  await stopping.post('/predict', ROW, { authorization: bearer });
  const client = await RawClient.connect(stopping.url);
  for (let i = 1; i <= 2; i += 1) {
    client.write(repeated(bearer, ROW));
    await client.answers(i);
  }
  const service = stopping.app.get(PredictionService, { strict: false });
  const begin = service.begin.bind(service);
  let goOn: (() => void) | undefined;
  service.begin = (...args) => {
    goOn = () => {
      begin(...args);
    };
  };
  client.write(repeated(bearer, ROW));
  while (goOn === undefined) await pause(5);
  const stopped = stopping.stop();
  await pause(200);
  goOn();
  const [, , last] = await client.closed();
  expect([last?.status, last?.headers['connection']]).toEqual([200, 'close']);
  await stopped;
});
