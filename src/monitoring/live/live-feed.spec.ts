// A feed computes once a tick for all who watch, not at all for nobody, and outlives what fails.
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { LiveFeed } from './live-feed.ts';
import { LiveViewer } from './live-viewer.ts';
import type { LiveStateResponse } from './live.dto.ts';

const TICK_MS = 20;

let server: Server;
let feed: LiveFeed;
let computed: number;
/** What the next states are: a padding of so many characters, or a failure. */
let next: { readonly padding: number } | Error;
let viewers: LiveViewer[];

const state = (): LiveStateResponse =>
  ({
    at: String(computed),
    window: {},
    step_seconds: 1,
    series: [],
    recent: ['x'.repeat(next instanceof Error ? 0 : next.padding), computed],
  }) as unknown as LiveStateResponse;

beforeEach(async () => {
  computed = 0;
  next = { padding: 0 };
  viewers = [];
  feed = new LiveFeed(() => {
    computed += 1;
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(state());
  }, TICK_MS);
  const own = feed;
  server = createServer((_request, response) => {
    response.writeHead(200);
    const viewer = new LiveViewer(response, () => Promise.resolve());
    viewers.push(viewer);
    own.join(viewer, undefined);
    viewer.onEnd(() => {
      own.leave(viewer);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const watch = async (): Promise<IncomingMessage> => {
  const { port } = server.address() as AddressInfo;
  const request = get({ host: '127.0.0.1', port, agent: false });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  return answer.on('error', () => undefined);
};
const events = async (answer: IncomingMessage, count: number): Promise<string[]> => {
  let text = '';
  answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
  while (text.split('\n\n').length <= count) await sleep(1);
  return text.split('\n\n').slice(0, count);
};

it('computes nothing before somebody looks, and nothing after the last has left', async () => {
  await sleep(3 * TICK_MS);
  expect(computed).toBe(0);
  const answer = await watch();
  await events(answer, 2);
  answer.destroy();
  while (feed.isWatched) await sleep(1);
  await sleep(TICK_MS);
  const last = computed;
  await sleep(5 * TICK_MS);
  expect(computed).toBe(last);
});

it('computes one state a tick, however many watch', async () => {
  const began = performance.now();
  const answers = await Promise.all(Array.from({ length: 20 }, watch));
  const seen = await Promise.all(answers.map((answer) => events(answer, 4)));
  expect(computed).toBeLessThanOrEqual((performance.now() - began) / TICK_MS + 2);
  const last = seen[0]?.at(-1);
  expect(last).toContain('event: change');
  expect(seen.filter((each) => each.includes(last ?? '')).length).toBeGreaterThan(1);
});

it('goes on after a state that could not be computed, and tells that once', async () => {
  const told = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  const answer = await watch();
  await events(answer, 1);
  next = new Error('database is locked');
  const failed = computed;
  while (computed < failed + 4) await sleep(1);
  expect(told).toHaveBeenCalledTimes(1);
  expect(told.mock.calls[0]?.[0]).toContain('database is locked');
  next = { padding: 0 };
  const [event] = await events(answer, 1);
  expect(event).toContain('event: change');
  told.mockRestore();
});

it('cuts off a viewer who does not read, and only that one', async () => {
  next = { padding: 2 ** 17 };
  const [slow, quick] = [await watch(), await watch()];
  slow.pause();
  let bytes = 0;
  quick.on('data', (chunk: Buffer) => (bytes += chunk.length));
  const gone = once(slow.socket, 'close');
  while (viewers.length < 2) await sleep(1);
  const left = new Promise<void>((resolve) => {
    viewers[0]?.onEnd(resolve);
  });
  await left;
  const before = bytes;
  while (bytes < before + 2 ** 20) await sleep(1);
  expect(feed.isWatched).toBe(true);
  slow.resume();
  await gone;
});
