// CORS: a browser lets scripts of other sites read nothing, but for the origins that CORS_ORIGINS names.
import { PredictionServer, publish } from '../support/prediction-server.ts';

const ROW = JSON.stringify({ 'mean radius': 13, 'mean texture': 18, side: 'left' });
const APP = 'https://app.example';
const OTHER = 'https://other.example';

interface Opened {
  readonly server: PredictionServer;
  readonly authorization: string;
}

async function start(settings: Readonly<Record<string, string>>): Promise<Opened> {
  const server = await PredictionServer.start(publish, settings);
  return { server, authorization: `Bearer ${await server.token()}` };
}

/** What a browser sends before a prediction with a token. */
const preflight = ({ server }: Opened, origin: string): Promise<Response> =>
  fetch(`${server.url}/predict`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  });

const predict = ({ server, authorization }: Opened, origin: string): Promise<Response> =>
  fetch(`${server.url}/predict`, {
    method: 'POST',
    headers: { origin, authorization, 'content-type': 'application/json' },
    body: ROW,
  });

const accessControl = ({ headers }: Response): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')));

describe('without CORS_ORIGINS', () => {
  let closed: Opened;
  beforeAll(async () => {
    closed = await start({});
  });
  afterAll(() => closed.server.stop());

  it('a preflight is no route, and allows nothing', async () => {
    const answer = await preflight(closed, APP);
    expect(answer.status).toBe(404);
    expect(accessControl(answer)).toEqual({});
  });

  it('an answer may be read by no other origin, whichever lane it came by', async () => {
    // The first one makes the token known.
    for (let i = 0; i < 3; i++) {
      const answer = await predict(closed, APP);
      expect(answer.status).toBe(200);
      expect(accessControl(answer)).toEqual({});
    }
  });
});

describe('with CORS_ORIGINS', () => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await start({ CORS_ORIGINS: `https://first.example, ${APP}` });
  });
  afterAll(() => opened.server.stop());

  const readable = {
    'access-control-allow-origin': APP,
    'access-control-expose-headers':
      'X-Request-Id, X-Model-Version, Retry-After, RateLimit, RateLimit-Policy',
  };

  it('a preflight of a named origin allows methods and headers, and never credentials', async () => {
    const answer = await preflight(opened, APP);
    expect(answer.status).toBe(204);
    expect(accessControl(answer)).toEqual({
      ...readable,
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': 'authorization,content-type',
      'access-control-max-age': '600',
    });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('a prediction may be read by a named origin, whichever lane it came by', async () => {
    for (let i = 0; i < 3; i++) {
      const answer = await predict(opened, APP);
      expect(answer.status).toBe(200);
      expect(accessControl(answer)).toEqual(readable);
      expect(answer.headers.get('vary')).toContain('Origin');
    }
  });

  it('a problem may be read too', async () => {
    for (const [path, status] of [
      ['/model-info', 401],
      ['/nothing', 404],
    ] as const) {
      const answer = await fetch(opened.server.url + path, { headers: { origin: APP } });
      expect(answer.status).toBe(status);
      expect(accessControl(answer)).toEqual(readable);
    }
  });

  it('a live stream may be read too', async () => {
    const { server, authorization } = opened;
    const leave = new AbortController();
    const answer = await fetch(`${server.url}/monitoring/stream`, {
      headers: { origin: APP, authorization },
      signal: leave.signal,
    });
    expect(answer.status).toBe(200);
    expect(accessControl(answer)).toEqual(readable);
    leave.abort();
  });

  it.each([OTHER, 'null', `${APP}.evil.example`, `${APP}:8443`, 'http://app.example'])(
    'the origin %s may read nothing',
    async (origin) => {
      for (const answer of [await preflight(opened, origin), await predict(opened, origin)])
        expect(accessControl(answer)['access-control-allow-origin']).toBeUndefined();
    },
  );

  it('who sends no origin is answered as ever', async () => {
    const { server, authorization } = opened;
    for (let i = 0; i < 2; i++)
      expect((await server.post('/predict', ROW, { authorization })).status).toBe(200);
  });
});
