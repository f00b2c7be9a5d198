// The security headers of every kind of answer, held against those that helmet sets by default.
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';
import { PredictionServer, publish } from '../support/prediction-server.ts';
import { RawClient } from '../support/raw-client.ts';

type Headers = Readonly<Record<string, string>>;

const POLICY = 'content-security-policy';
/** Said of pages alone: how to render, and with whom. Data is not rendered, and its policy allows nothing. */
const OF_RENDERING = [
  'cross-origin-opener-policy',
  'origin-agent-cluster',
  'referrer-policy',
  'x-dns-prefetch-control',
  'x-download-options',
  'x-frame-options',
  'x-permitted-cross-domain-policies',
  'x-xss-protection',
];
const ROW = JSON.stringify({ 'mean radius': 13, 'mean texture': 18, side: 'left' });

/** All but the policy, which is stricter here. */
const OF_PAGES = helmetDefaults();
const OF_DATA = Object.fromEntries(
  Object.entries(OF_PAGES).filter(([name]) => !OF_RENDERING.includes(name)),
);

function helmetDefaults(): Headers {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet({ contentSecurityPolicy: false })(request, response, () => undefined);
  return response.getHeaders() as Headers;
}

let server: PredictionServer;
let authorization: string;
beforeAll(async () => {
  server = await PredictionServer.start(publish, {
    NODE_ENV: 'production',
    JWT_SECRET: 'a secret of the tests of headers that is long',
  });
  authorization = `Bearer ${await server.token()}`;
});
afterAll(() => server.stop());

async function raw(text: string): Promise<{ readonly status: number; readonly headers: Headers }> {
  const client = await RawClient.connect(server.url);
  client.write(text);
  const [answer] = await client.answers(1);
  client.leave();
  if (answer === undefined) throw new Error('there is no answer');
  return answer;
}

const get = (path: string): Promise<{ readonly status: number; readonly headers: Headers }> =>
  raw(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);

const predict = (type: string): Promise<{ readonly status: number; readonly headers: Headers }> =>
  raw(
    `POST /predict HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\n` +
      `Content-Type: ${type}\r\nContent-Length: ${ROW.length}\r\n\r\n${ROW}`,
  );

it.each([
  ['of the API', 200, () => get('/health/live')],
  ['of a prediction, the ordinary way', 200, () => predict('Application/JSON')],
  ['of a prediction, in the fast lane', 200, () => predict('application/json')],
  ['that is a problem', 401, () => get('/model-info')],
  ['that is an error of another protocol', 404, () => get('/v2/models/nothing')],
  ['where there is no route', 404, () => get('/nothing')],
  ['to a path that cannot be read', 400, () => get('/%zz')],
  ['to a path with a part that is too long', 404, () => get(`/jobs/${'x'.repeat(500)}`)],
  ['to what is no HTTP', 400, () => raw('HELLO\r\n\r\n')],
  ['to headers that are too large', 431, () => get(`/?${'x'.repeat(20_000)}`)],
  ['to too many headers', 431, () => get(`/ping HTTP/1.1\r\n${'X: x\r\n'.repeat(200)}X: `)],
])('an answer %s has those of data', async (_, status, ask) => {
  const answer = await ask();
  expect(answer.status).toBe(status);
  expect(answer.headers).toMatchObject(OF_DATA);
  expect(answer.headers[POLICY]).toBe("default-src 'none';frame-ancestors 'none'");
  expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  expect(answer.headers['x-powered-by']).toBeUndefined();
});

it.each([
  '/',
  '/docs',
  '/docs/page.js',
  '/docs/swagger-ui.css',
  '/docs-json',
  '/assets/nothing.js',
])(
  'the page %s has all of helmet, and a policy that lets in nothing from elsewhere',
  async (path) => {
    const { headers } = await get(path);
    expect(headers).toMatchObject(OF_PAGES);
    const directives = (headers[POLICY] ?? '').split(';');
    expect(directives).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
      ]),
    );
    expect(headers[POLICY]).not.toMatch(/unsafe|\*|https?:/);
  },
);
