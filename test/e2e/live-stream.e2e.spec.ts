// GET /monitoring/stream over real HTTP: what viewers see, share and miss, and when they are sent away.
import type {
  LiveChangeResponse,
  LivePoint,
  LiveStateResponse,
} from '../../src/monitoring/live/live.dto.ts';
import type { Summary } from '../../src/monitoring/summary/summary.ts';
import { EventStream, type StreamEvent } from '../support/event-stream.ts';
import { PredictionServer, publish, type Problem } from '../support/prediction-server.ts';

const ROW = { 'mean radius': 13, 'mean texture': 18, side: 'left' };
const PASSWORD = 'the viewer of the stream tests';

/** As JSON, which has no class. */
type State = Pick<LiveStateResponse, keyof LiveStateResponse>;

let server: PredictionServer;
let bearer: Record<string, string>;
let streams: EventStream[] = [];

const open = async (
  query = '?window=15m',
  headers: Record<string, string> = {},
): Promise<EventStream> => {
  const url = `${server.url}/monitoring/stream${query}`;
  const stream = await EventStream.open(url, { ...bearer, ...headers });
  streams.push(stream);
  return stream;
};
const resume = (id: string, query?: string): Promise<EventStream> =>
  open(query, { 'last-event-id': id });

const predict = async (key?: string): Promise<string> => {
  const body = JSON.stringify({ features: ROW, key });
  return (await server.post<{ readonly id: string }>('/predict', body, bearer)).body.id;
};

const stateOf = ({ data }: { readonly data: string }): LiveStateResponse =>
  JSON.parse(data) as LiveStateResponse;
const changeOf = ({ data }: { readonly data: string }): LiveChangeResponse =>
  JSON.parse(data) as LiveChangeResponse;

/** What its id says of where an event comes from. */
const feedOf = (event: StreamEvent | undefined): string | undefined => event?.id.split('.')[0];

const viewers = async (): Promise<number> => {
  const { body } = await server.send<string>('/metrics');
  return Number(/^live_stream_viewers (\d+)$/m.exec(body)?.[1]);
};

/** As a client keeps it. */
function withChange(state: State, change: LiveChangeResponse): State {
  const { series, ...members } = change;
  const { from = '', points = [] } = series ?? {};
  const byTime = new Map<string, LivePoint>();
  for (const point of [...state.series, ...points]) byTime.set(point.at, point);
  return {
    ...state,
    ...members,
    series: [...byTime.values()]
      .filter(({ at }) => at >= from)
      .sort((a, b) => (a.at < b.at ? -1 : 1)),
  };
}

beforeAll(async () => {
  server = await PredictionServer.start(publish);
  bearer = { authorization: `Bearer ${await server.token()}` };
});
afterEach(() => {
  for (const stream of streams) stream.leave();
  streams = [];
});
afterAll(() => server.stop());

it('begins with the whole state, which says what the summary says', async () => {
  await predict('the first');
  const stream = await open();
  expect(stream.response.status).toBe(200);
  expect(Object.fromEntries(stream.response.headers)).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining("default-src 'none'") as unknown,
  });
  expect(await stream.block()).toBe('retry: 3000');
  const first = await stream.next();
  expect(first.event).toBe('snapshot');
  const state = stateOf(first);
  const summary = (
    await server.send<Summary>('/monitoring/summary?window=15m', { headers: bearer })
  ).body;
  expect(state.tiles.high_risk_rate.value).toBe(summary.high_risk_rate);
  expect(state.tiles.latency_p95_ms.value).toBe(summary.latency_ms?.p95);
  expect(state.scores.counts).toEqual(summary.scores.counts);
  expect(
    state.series.map(({ mean_score: score }) => score).filter((score) => score !== null),
  ).toEqual(summary.series.map(({ mean_score: score }) => score).filter((score) => score !== null));
  expect(state.recent[0]).toMatchObject({ key: 'the first', model: { version: '1' }, warnings: 0 });
  expect(state.versions).toEqual([{ version: '1', role: 'champion' }]);
  // Measured each second: a minute that has only begun may have none yet.
  expect(state.series.at(-1)).toHaveProperty('memory_bytes');
});

it.each(['15m', '1h', '24h', '7d', 'all'])('has at most 300 points of %s', async (window) => {
  const { series, window: told, tiles } = stateOf(await (await open(`?window=${window}`)).next());
  expect(told.name).toBe(window);
  expect(series.length).toBeGreaterThan(0);
  expect(series.length).toBeLessThanOrEqual(300);
  expect(tiles.requests_per_second.before).toBe(window === 'all' ? null : 0);
});

it('tells a prediction, and of the rest only what changed', async () => {
  const stream = await open();
  await stream.next();
  const id = await predict();
  const event = await stream.until((each) => changeOf(each).recent?.[0]?.id === id);
  const change = changeOf(event);
  expect(event.event).toBe('change');
  expect(Object.keys(change).sort()).toEqual(
    expect.arrayContaining(['at', 'recent', 'scores', 'series', 'tiles', 'window']),
  );
  for (const unchanged of ['version', 'versions', 'tick_seconds', 'step_seconds', 'drift'])
    expect(change).not.toHaveProperty(unchanged);
  expect(change.series?.points.length).toBeLessThanOrEqual(2);
});

it('gives each viewer of a window the same events, byte by byte, and another window others', async () => {
  const [a, b, other] = [await open(), await open(), await open('?window=1h')];
  const seenBy = async (stream: EventStream): Promise<StreamEvent[]> => {
    const events = [await stream.next(), await stream.next(), await stream.next()];
    return events.filter(({ event }) => event === 'change');
  };
  const [ofA, ofB, ofOther] = await Promise.all([seenBy(a), seenBy(b), seenBy(other)]);
  const shared = ofA.filter(({ id }) => ofB.some((each) => each.id === id));
  expect(shared.length).toBeGreaterThan(0);
  expect(ofB).toEqual(expect.arrayContaining(shared));
  expect(feedOf(ofOther[0])).not.toBe(feedOf(ofA[0]));
});

it('resumes after an event without a gap, and ends in the same state', async () => {
  const watching = await open();
  const first = await watching.next();
  let state: State = stateOf(first);
  const leaving = await resume(first.id);
  const last = await leaving.next();
  leaving.leave();
  await predict('while away');
  const missed = await watching.until((each) => changeOf(each).recent?.[0]?.key === 'while away');
  const resumed = await resume(first.id);
  const seen = [];
  do {
    const event = await resumed.next();
    expect(event.event).toBe('change');
    seen.push(event);
    state = withChange(state, changeOf(event));
  } while (seen.at(-1)?.id !== missed.id);
  expect(seen[0]).toEqual(last);
  expect(seen.at(-1)).toEqual(missed);
  const fresh = await open();
  const whole = await fresh.next();
  expect(whole.event).toBe('snapshot');
  while (seen.at(-1)?.id !== whole.id) {
    const event = await resumed.next();
    seen.push(event);
    state = withChange(state, changeOf(event));
  }
  expect(state).toEqual(stateOf(whole));
});

it('goes on where the only viewer left off when he comes back soon', async () => {
  const alone = await open('?window=1h');
  const last = await alone.next();
  alone.leave();
  while ((await viewers()) > 0) await new Promise(setImmediate);
  const back = await (await resume(last.id, '?window=1h')).next();
  expect(back.event).toBe('change');
  expect(feedOf(back)).toBe(feedOf(last));
});

it.each(['of no feed', 'AAAAAAAA.1', '.', '1', ''])(
  'begins anew after an event that it does not know: %j',
  async (id) => {
    expect((await (await resume(id)).next()).event).toBe('snapshot');
  },
);

it('begins anew after an event of another window', async () => {
  const { id } = await (await open('?window=15m')).next();
  expect((await (await resume(id, '?window=1h')).next()).event).toBe('snapshot');
});

it('frees what it holds when viewers leave, and spoils no figure of requests', async () => {
  while ((await viewers()) > 0) await new Promise(setImmediate);
  await Promise.all((await Promise.all([open(), open(), open()])).map((stream) => stream.next()));
  expect(await viewers()).toBe(3);
  for (const stream of streams) stream.leave();
  while ((await viewers()) > 0) await new Promise(setImmediate);
  const { body } = await server.send<string>('/metrics');
  expect(body).toMatch(/^http_requests_in_flight 1$/m);
  expect(body).not.toMatch(/http_request_duration_seconds_count\{[^}]*stream[^}]*code="(200|499)"/);
});

describe('who may watch', () => {
  const statusOf = async (query: string, headers: Record<string, string>): Promise<string> => {
    const { status, body } = await server.send<Problem>(`/monitoring/stream${query}`, { headers });
    return `${status} ${body.code}`;
  };

  const userWith = async (role: string): Promise<Record<string, string>> => {
    const user = { username: `stream-${role}`, password: PASSWORD, role };
    await server.post('/users', JSON.stringify(user), bearer);
    return { authorization: `Bearer ${await server.token(user.username, PASSWORD)}` };
  };

  it('refuses what it cannot answer, as a problem', async () => {
    expect(await statusOf('', {})).toBe('401 UNAUTHENTICATED');
    expect(await statusOf('', { authorization: 'Bearer no' })).toBe('401 INVALID_TOKEN');
    expect(await statusOf('', await userWith('client'))).toBe('403 FORBIDDEN');
    expect(await statusOf('?window=2h', bearer)).toBe('422 INVALID_INPUT');
    expect(await statusOf('?version=%20', bearer)).toBe('422 INVALID_INPUT');
    expect(await statusOf('?version=77', bearer)).toBe('404 MODEL_NOT_FOUND');
  });

  it('says of one version what rows say, and null of requests', async () => {
    const state = stateOf(await (await open('?version=1&window=1h')).next());
    expect(state.version).toBe('1');
    expect(state.tiles.requests_per_second.value).toBeNull();
    expect(state.series.at(-1)?.latency_ms).toBeNull();
    expect(state.recent.length).toBeGreaterThan(0);
  });

  it('answers HEAD without a stream', async () => {
    const { status, headers } = await server.send('/monitoring/stream', {
      method: 'HEAD',
      headers: bearer,
    });
    expect([status, headers.get('content-type')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ]);
  });

  it('ends the stream of a viewer who has lost the right to it', async () => {
    const headers = await userWith('viewer');
    const stream = await open('?window=15m', headers);
    await stream.next();
    const { body } = await server.send<readonly { id: string; username: string }[]>('/users', {
      headers: bearer,
    });
    const id = body.find(({ username }) => username === 'stream-viewer')?.id ?? '';
    await server.send(`/users/${id}`, { method: 'DELETE', headers: bearer });
    await stream.ended();
    expect(await statusOf('', headers)).toBe('401 INVALID_TOKEN');
  });
});

it('keeps a stream longer than a request may take to arrive, until its access token expires', async () => {
  const short = await PredictionServer.start(publish, {
    REQUEST_TIMEOUT: '1s',
    JWT_EXPIRES_IN: '8s',
  });
  try {
    const opened = performance.now();
    const token = await short.token();
    const stream = await EventStream.open(`${short.url}/monitoring/stream?window=15m`, {
      authorization: `Bearer ${token}`,
    });
    await stream.ended();
    expect(performance.now() - opened).toBeGreaterThan(7000);
    expect(performance.now() - opened).toBeLessThan(40_000);
  } finally {
    await short.stop();
  }
});

it('ends all streams when the server stops, which takes no longer for them', async () => {
  const stopping = await PredictionServer.start(publish);
  const authorization = `Bearer ${await stopping.token()}`;
  const opened = await Promise.all(
    ['15m', '15m', '24h'].map((window) =>
      EventStream.open(`${stopping.url}/monitoring/stream?window=${window}`, { authorization }),
    ),
  );
  await Promise.all(opened.map((stream) => stream.next()));
  const began = performance.now();
  await Promise.all([stopping.stop(), ...opened.map((stream) => stream.ended())]);
  expect(performance.now() - began).toBeLessThan(25_000);
});
