import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  openEventStream,
  type EventStreamOptions,
  type StreamEvent,
  type StreamState,
} from './event-stream.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Answers the nth request with the nth answer, and all after with the last. */
async function serve(answers: readonly Answer[]) {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)];
    asked.push(request);
    answer?.(request, response);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: new URL(`http://127.0.0.1:${port}/stream`), asked };
}

function open(url: URL, more: Partial<EventStreamOptions> = {}) {
  const events: StreamEvent[] = [];
  const states: StreamState[] = [];
  const stop = openEventStream({
    url,
    fetch,
    onEvent: (event) => events.push(event),
    onState: (state) => states.push(state),
    ...more,
  });
  closing.push(stop);
  return { events, states, kinds: () => states.map(({ kind }) => kind), stop };
}

const pause = (ms: number): Promise<void> =>
  new Promise((go) => {
    setTimeout(go, ms);
  });

async function until(holds: () => boolean, limitMs = 30_000): Promise<void> {
  const began = Date.now();
  while (!holds()) {
    if (Date.now() - began > limitMs) throw new Error(`not within ${limitMs} ms: ${String(holds)}`);
    await pause(5);
  }
}

const streaming =
  (...chunks: readonly (string | Buffer)[]): Answer =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const chunk of chunks) response.write(chunk);
  };

const thenEnding =
  (...chunks: readonly string[]): Answer =>
  (request, response) => {
    streaming(...chunks)(request, response);
    response.end();
  };

const refusing =
  (status: number, code: string): Answer =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/problem+json' });
    response.end(JSON.stringify({ status, code, title: 'Refused', detail: 'In its own words.' }));
  };

describe('an event stream', () => {
  it('tells events by name, whole, also where a character is split between two pieces', async () => {
    const bytes = Buffer.from('id: 1\nevent: change\ndata: {"key":"é"}\n\n');
    const split = bytes.indexOf('é') + 1;
    const { url } = await serve([
      streaming(': alive\n\n', bytes.subarray(0, split), bytes.subarray(split)),
    ]);
    const { events, kinds } = open(url);
    await until(() => events.length === 1);
    expect(events).toEqual([{ name: 'change', data: '{"key":"é"}' }]);
    expect(kinds()).toEqual(['connecting', 'live']);
  });

  it('goes on after the last event that it had when the server ends it', async () => {
    const { url, asked } = await serve([
      thenEnding('retry: 2000\n\nid: a:1\nevent: snapshot\ndata: 1\n\n'),
      streaming('id: a:2\nevent: change\ndata: 2\n\n'),
    ]);
    const { events, kinds } = open(url);
    await until(() => events.length === 2);
    expect(asked.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, 'a:1']);
    expect(kinds()).toEqual(['connecting', 'live', 'reconnecting', 'live']);
  });

  it('says since when it tries again, once, while a server that is not ready refuses', async () => {
    const { url } = await serve([
      thenEnding('retry: 5\n\nid: 1\ndata: 1\n\n'),
      refusing(503, 'NOT_READY'),
      refusing(503, 'NOT_READY'),
      streaming('id: 2\ndata: 2\n\n'),
    ]);
    const began = Date.now();
    const { states, events } = open(url);
    await until(() => events.length === 2);
    const reconnecting = states.filter(({ kind }) => kind === 'reconnecting');
    expect(reconnecting).toHaveLength(1);
    expect(reconnecting[0]).toMatchObject({ since: expect.any(Number) as number });
    expect((reconnecting[0] as { since: number }).since).toBeGreaterThanOrEqual(began);
  });

  it('goes on at once, without a word, where the server ends a line that had been up for a while', async () => {
    const { url } = await serve([
      (request, response) => {
        streaming('retry: 30\n\nid: 1\ndata: 1\n\n')(request, response);
        setTimeout(() => {
          response.end();
        }, 1000);
      },
      streaming('id: 2\ndata: 2\n\n'),
    ]);
    const { events, kinds } = open(url);
    await until(() => events.length === 2);
    expect(kinds()).toEqual(['connecting', 'live']);
  });

  it('waits longer from failure to failure', async () => {
    const at: number[] = [];
    const { url } = await serve([
      thenEnding('retry: 200\n\nid: 1\ndata: 1\n\n'),
      (request, response) => {
        at.push(Date.now());
        refusing(503, 'NOT_READY')(request, response);
      },
    ]);
    const { states } = open(url);
    await until(() => at.length === 4);
    const [first = 0, second = 0, third = 0, fourth = 0] = at;
    // On a slow machine the first line may have been up for a while, and was no failure.
    const [failed] = states.flatMap((state) => (state.kind === 'reconnecting' ? state.since : []));
    const least = (failed ?? 0) < first ? 400 : 200;
    expect(second - first).toBeGreaterThanOrEqual(least - 10);
    expect(third - second).toBeGreaterThanOrEqual(2 * least - 10);
    expect(fourth - third).toBeGreaterThanOrEqual(4 * least - 10);
  });

  it('ends with the words of a server that refuses for good, and asks no more', async () => {
    const { url, asked } = await serve([refusing(403, 'FORBIDDEN')]);
    const { states } = open(url);
    await until(() => states.at(-1)?.kind === 'ended');
    await pause(50);
    expect(states.at(-1)).toMatchObject({
      kind: 'ended',
      error: { problem: { code: 'FORBIDDEN', detail: 'In its own words.' } },
    });
    expect(asked).toHaveLength(1);
  });

  it('takes a line that is silent for too long as broken', async () => {
    const { url, asked } = await serve([streaming('retry: 5\n\nid: 1\ndata: 1\n\n')]);
    const { states } = open(url, { silenceMs: 60 });
    await until(() => asked.length === 2);
    expect(states.map(({ kind }) => kind)).toContain('reconnecting');
  });

  it('asks for a token each time that it connects', async () => {
    const { url, asked } = await serve([
      thenEnding('retry: 5\n\nid: 1\ndata: 1\n\n'),
      streaming('id: 2\ndata: 2\n\n'),
    ]);
    let tokens = 0;
    const { events } = open(url, {
      fetch: (input, init) => {
        const headers = new Headers(init.headers);
        headers.set('authorization', `Bearer ${(tokens += 1)}`);
        return fetch(input, { ...init, headers });
      },
    });
    await until(() => events.length === 2);
    expect(asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer 1', 'Bearer 2']);
  });

  it('closes the connection and tells nothing more once stopped, while reading and while waiting', async () => {
    let connections = 0;
    const { url, asked } = await serve([
      (request, response) => {
        connections += 1;
        response.on('close', () => (connections -= 1));
        streaming('retry: 20\n\nid: 1\ndata: 1\n\n')(request, response);
      },
    ]);
    const reading = open(url);
    await until(() => reading.events.length === 1);
    reading.stop();
    await until(() => connections === 0);
    const waiting = open(new URL('http://127.0.0.1:9/none'));
    await until(() => waiting.kinds().includes('reconnecting'));
    waiting.stop();
    await pause(60);
    expect([asked.length, reading.kinds(), waiting.kinds()]).toEqual([
      1,
      ['connecting', 'live'],
      ['connecting', 'reconnecting'],
    ]);
  });
});
