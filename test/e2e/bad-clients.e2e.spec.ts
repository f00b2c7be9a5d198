// Clients that are slow, leave, lie about lengths or speak no HTTP: each gets a problem or the end of its connection, and nobody else notices.
import { PredictionServer, publish, type Problem } from '../support/prediction-server.ts';
import { RawClient, type RawAnswer } from '../support/raw-client.ts';
import { untilTrue } from '../support/until.ts';

const ROW = JSON.stringify({ 'mean radius': 13, 'mean texture': 18, side: 'left' });
/** A token that is known already takes the fast lane, a key never does. */
const LANES = ['token', 'key'] as const;
type Lane = (typeof LANES)[number];

let server: PredictionServer;
let credentials: Readonly<Record<Lane, string>>;

beforeAll(async () => {
  server = await PredictionServer.start(publish, { REQUEST_TIMEOUT: '1' });
  const token = `Authorization: Bearer ${await server.token()}`;
  const { body } = await server.post<{ key: string }>(
    '/api-keys',
    JSON.stringify({ name: 'bad clients', scopes: ['predict'] }),
    { authorization: token.slice('Authorization: '.length) },
  );
  credentials = { token, key: `X-API-Key: ${body.key}` };
});
afterAll(() => server.stop());

const metrics = async (): Promise<string> => (await server.send<string>('/metrics')).body;

/** The value of a series once it is what is expected; asking is a request too. */
async function expectMetric(series: RegExp, expected: number): Promise<void> {
  const value = async (): Promise<number> => Number(series.exec(await metrics())?.[1] ?? 0);
  await untilTrue(async () => (await value()) === expected, 30_000, 10);
}

const LEFT =
  /^http_request_duration_seconds_count\{method="POST",route="\/predict",code="499"\} (\d+)$/m;
const left = async (): Promise<number> => Number(LEFT.exec(await metrics())?.[1] ?? 0);

/** After whatever was done to it: others are answered, and nothing is counted as under way but the question itself. */
afterEach(async () => {
  expect(await (await predictor('token')).predict()).toBe(200);
  await expectMetric(/^http_requests_in_flight (\d+)$/m, 1);
});

const head = (lane: Lane, length: number | string, ...more: readonly string[]): string =>
  [
    'POST /predict HTTP/1.1',
    'Host: localhost',
    credentials[lane],
    'Content-Type: application/json',
    `Content-Length: ${length}`,
    ...more,
    '\r\n',
  ].join('\r\n');

const whole = (lane: Lane): string => head(lane, ROW.length) + ROW;

const open = (): Promise<RawClient> => RawClient.connect(server.url);

async function predictor(lane: Lane): Promise<{ predict: () => Promise<number> }> {
  const client = await open();
  let asked = 0;
  return {
    predict: async () => {
      client.write(whole(lane));
      asked += 1;
      const status = (await client.answers(asked)).at(-1)?.status ?? 0;
      client.leave();
      return status;
    },
  };
}

function expectProblem(answer: RawAnswer | undefined, status: number, code: string): void {
  expect(answer?.status).toBe(status);
  expect(answer?.headers['content-type']).toMatch(/^application\/problem\+json/);
  const problem = JSON.parse(answer?.body ?? '') as Problem;
  expect(problem).toMatchObject({ status, code });
  expect(problem.instance).toMatch(/^[0-9a-f-]{36}$/);
  expect(answer?.body).not.toMatch(/stack|\.js|\.ts|HPE_|ERR_/);
}

describe('a client that is slow', () => {
  it('is told so and cut off while it sends its headers', async () => {
    const client = await open();
    client.write('POST /predict HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
    await client.drip('x'.repeat(60), 30);
    const answers = await client.closed();
    expectProblem(answers[0], 408, 'REQUEST_TIMEOUT');
  });

  it.each(LANES)('is told so and cut off while it sends its body (%s)', async (lane) => {
    const client = await open();
    client.write(head(lane, ROW.length));
    const startedAt = performance.now();
    await client.drip(ROW, 60);
    const answers = await client.closed();
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    expectProblem(answers[0], 408, 'REQUEST_TIMEOUT');
  });

  it('is cut off where it says nothing at all, a thousand of them too, while others are answered', async () => {
    const silent = await Promise.all(Array.from({ length: 1000 }, open));
    const startedAt = performance.now();
    for (let i = 0; i < 20; i++) expect(await (await predictor('token')).predict()).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    const answers = await Promise.all(silent.map((client) => client.closed()));
    expect(answers.every(([first]) => first?.status === 408)).toBe(true);
  });
});

describe('a client that leaves', () => {
  it.each(LANES)(
    'in the middle of its body is counted as 499 and stored nowhere (%s)',
    async (lane) => {
      const before = await left();
      const client = await open();
      client.write(head(lane, ROW.length) + ROW.slice(0, 10));
      await expectMetric(/^http_requests_in_flight (\d+)$/m, 2);
      client.leave();
      await expectMetric(LEFT, before + 1);
    },
  );

  it.each(LANES)(
    'before its answers, some of which wait for their turn, leaves nothing behind (%s)',
    async (lane) => {
      const client = await open();
      client.write(whole(lane).repeat(50));
      client.leave();
      await client.closed();
    },
  );

  it('while a large answer is on its way to it leaves nothing behind', async () => {
    const client = await open();
    client.socket.pause();
    client.write('GET /docs-json HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(200));
    await new Promise((resolve) => setTimeout(resolve, 300));
    client.leave();
    await expectMetric(/^http_requests_in_flight (\d+)$/m, 1);
  });
});

describe('a client that sends requests without waiting', () => {
  it.each(LANES)('is answered in order (%s)', async (lane) => {
    const client = await open();
    const alive = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n';
    client.write(whole(lane) + alive + whole(lane) + whole(lane) + alive);
    const answers = await client.answers(5);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(answers.map(({ body }) => 'probability' in (JSON.parse(body) as object))).toEqual([
      true,
      false,
      true,
      true,
      false,
    ]);
    client.leave();
  });
});

describe('a client that ends its side', () => {
  it.each(LANES)('after its request has left: Node ends the other side too (%s)', async (lane) => {
    const client = await RawClient.connect(server.url, true);
    client.socket.end(whole(lane));
    const answers = await client.closed();
    expect(answers.every(({ status }) => status === 200)).toBe(true);
  });

  it.each(LANES)('in the middle of its body is refused or cut off (%s)', async (lane) => {
    const client = await RawClient.connect(server.url, true);
    client.socket.end(head(lane, ROW.length) + ROW.slice(0, 10));
    const answers = await client.closed();
    if (answers.length > 0) expectProblem(answers[0], 400, 'BAD_REQUEST');
  });
});

describe('a length that is not that of the body', () => {
  it.each(LANES)(
    'too small: the body does not fit, and its rest is no request (%s)',
    async (lane) => {
      const client = await open();
      client.write(head(lane, ROW.length - 5) + ROW);
      const answers = await client.closed();
      expect(answers.map(({ status }) => status)).toContain(400);
      expectProblem(answers.at(-1), 400, 'BAD_REQUEST');
    },
  );

  it.each(LANES)('too large: the rest is waited for until the time is over (%s)', async (lane) => {
    const client = await open();
    client.write(head(lane, ROW.length + 5) + ROW);
    expectProblem((await client.closed())[0], 408, 'REQUEST_TIMEOUT');
  });

  it.each([
    ['negative', -1, ''],
    ['no number', 'many', ''],
    ['said twice', 5, 'Content-Length: 6'],
    ['said beside chunks', 5, 'Transfer-Encoding: chunked'],
  ])('%s: is refused', async (_, length, more) => {
    const client = await open();
    client.write(head('token', length, ...(more === '' ? [] : [more])));
    expectProblem((await client.closed())[0], 400, 'BAD_REQUEST');
  });
});

describe('a client that waits to be asked for its body', () => {
  it.each(LANES)('is asked, and answered (%s)', async (lane) => {
    const client = await open();
    client.write(head(lane, ROW.length, 'Expect: 100-continue'));
    expect((await client.answers(1))[0]?.status).toBe(100);
    client.write(ROW);
    expect((await client.answers(2))[1]?.status).toBe(200);
    client.leave();
  });
});

describe('too much', () => {
  it('headers are refused with 431', async () => {
    const client = await open();
    client.write(
      `GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`,
    );
    expectProblem((await client.closed())[0], 431, 'HEADERS_TOO_LARGE');
  });

  it('of a request line is refused with 431', async () => {
    const client = await open();
    client.write(`GET /model-info?${'x'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    expectProblem((await client.closed())[0], 431, 'HEADERS_TOO_LARGE');
  });

  // Host, credentials, type and length are four.
  it.each(LANES)('headers in number are refused with 431: 100 are not (%s)', async (lane) => {
    const client = await open();
    const more = (count: number): string[] => Array.from({ length: count }, (_, i) => `X-${i}: x`);
    client.write(head(lane, ROW.length, ...more(96)) + ROW);
    expect((await client.answers(1))[0]?.status).toBe(200);
    client.write(head(lane, ROW.length, ...more(97)) + ROW);
    expectProblem((await client.answers(2))[1], 431, 'HEADERS_TOO_LARGE');
    client.write(head(lane, ROW.length, ...more(2500)) + ROW);
    expectProblem((await client.answers(3))[2], 431, 'HEADERS_TOO_LARGE');
    client.leave();
  });

  it.each(LANES)('body is refused with 413 before it is sent (%s)', async (lane) => {
    const client = await open();
    client.write(head(lane, 20_001));
    expectProblem((await client.answers(1))[0], 413, 'BODY_TOO_LARGE');
    client.leave();
  });

  it.each(LANES)('body in chunks is refused with 413 (%s)', async (lane) => {
    const client = await open();
    const chunk = `1000\r\n${' '.repeat(0x1000)}\r\n`;
    client.write(head(lane, 0).replace('Content-Length: 0', 'Transfer-Encoding: chunked'));
    client.write(chunk.repeat(6));
    expectProblem((await client.answers(1))[0], 413, 'BODY_TOO_LARGE');
    client.leave();
  });
});

describe('what is no HTTP', () => {
  it.each([
    ['a word', 'HELLO\r\n\r\n'],
    ['a handshake of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['a version that there is not', 'GET / HTTP/9.9\r\nHost: localhost\r\n\r\n'],
    ['a header with a control character', 'GET / HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n'],
    ['a header without a name', 'GET / HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n'],
    [
      'a chunk without a length',
      'POST /predict HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    ],
  ])('is told so in a problem: %s', async (_, text) => {
    const client = await open();
    client.write(text);
    expectProblem((await client.closed())[0], 400, 'BAD_REQUEST');
  });
});
