import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { RawClient } from '../../test/support/raw-client.ts';
import type { Principal } from '../common/access.ts';
import type { RouteMeter } from '../metrics/instrument-http.ts';
import type { Exchange } from './exchange.ts';
import { KeptConnection, type KeptLane } from './kept-connection.ts';

const CALLER = { username: 'somebody' } as Principal;
const ANSWER = { id: 'a', label: 'gütig', probability: 0.5, threshold: 0.5, warnings: [] };
const MODEL = { name: 'm', version: '7' };

/** A lane that answers what it is told to, on a server that counts what it reads itself. */
class TestLane implements KeptLane {
  isClosed = false;
  readonly headerLines = 'X-All: 1\r\n';
  readonly keepAliveSeconds = 5;
  readonly bodyLimitBytes = 1000;
  caller: Principal | null = CALLER;
  underWay = 0;
  readonly bodies: string[] = [];
  readonly exchanges: Exchange[] = [];
  readonly ended: (readonly [number, unknown, unknown])[] = [];
  /** Answers as soon as it is asked. */
  isPrompt = true;
  readonly meter = {
    begin: () => 0,
    end: (_startedAt: number, status: number, ofRequest: unknown, ofAnswer: unknown) => {
      this.ended.push([status, ofRequest, ofAnswer]);
    },
  } as unknown as RouteMeter;

  callerOf = (): Principal | null => this.caller;
  entered(): void {
    this.underWay += 1;
  }
  left(): void {
    this.underWay -= 1;
  }
  begin(body: Buffer, _caller: Principal, exchange: Exchange): void {
    this.bodies.push(body.toString());
    this.exchanges.push(exchange);
    if (this.isPrompt) exchange.answered({ ...ANSWER, label: body.toString(), model: MODEL });
  }
}

let lane: TestLane;
let server: Server;
let client: RawClient;
/** What Node's server read: path and body. */
let read: string[];

beforeEach(async () => {
  lane = new TestLane();
  read = [];
  const connections = new WeakMap<Socket, KeptConnection>();
  server = createServer((request, response) => {
    connections.get(request.socket)?.knows(request, request.url === '/predict');
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      read.push(`${request.url} ${body}`);
      response.end('by the server');
    });
  });
  server.on('connection', (socket) => {
    const connection = KeptConnection.of(socket, lane);
    if (connection === null) throw new Error('Node reads sockets in another way');
    connections.set(socket, connection);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  client = await RawClient.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  client.socket.setNoDelay(true);
});
afterEach(async () => {
  client.leave();
  await new Promise((done) => server.close(done));
});

const request = (body: string, length: number | string = body.length, ...more: string[]): string =>
  [
    'POST /predict HTTP/1.1',
    'Host: h',
    'Authorization: t',
    `Content-Length: ${length}`,
    ...more,
    '',
    body,
  ].join('\r\n');

/** Sends and waits for that many answers in all. */
async function ask(text: string, answers: number): Promise<string | undefined> {
  client.write(text);
  return (await client.answers(answers)).at(-1)?.body;
}

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !holds(); i += 1) await pause(5);
  expect(holds()).toBe(true);
}

describe('a kept connection', () => {
  it('lets the server read the first request, and answers those with the same head by itself', async () => {
    expect(await ask(request('one'), 1)).toBe('by the server');
    expect(JSON.parse((await ask(request('other body'), 2)) ?? '')).toEqual({
      ...ANSWER,
      label: 'other body',
      model: MODEL,
    });
    const [, last] = await client.answers(2);
    expect(read).toEqual(['/predict one']);
    expect(last?.status).toBe(200);
    expect(last?.headers).toMatchObject({
      'x-all': '1',
      'x-model-version': '7',
      connection: 'keep-alive',
      'keep-alive': 'timeout=5',
    });
    expect(Math.abs(Date.parse(last?.headers['date'] ?? '') - Date.now())).toBeLessThan(3000);
    expect(lane.ended).toEqual([
      [200, 'other body'.length, Number(last?.headers['content-length'])],
    ]);
  });

  it('goes on after requests of other kinds', async () => {
    await ask('GET /health HTTP/1.1\r\nHost: h\r\n\r\n', 1);
    await ask(request('one'), 2);
    await ask(request('two'), 3);
    await ask('GET /health HTTP/1.1\r\nHost: h\r\n\r\n', 4);
    await ask(request('three'), 5);
    expect(read).toEqual(['/health ', '/predict one', '/health ']);
    expect(lane.bodies).toEqual(['two', 'three']);
  });

  it.each([
    ['a header more', request('two', 3, 'X-More: 1')],
    ['another token', request('two').replace(': t', ': u')],
    ['a length with a zero before it', request('two', '03')],
    ['a body above the limit', request('x'.repeat(1001))],
  ])('leaves to the server: %s', async (_what, text) => {
    await ask(request('one'), 1);
    await ask(text, 2);
    expect([read.length, lane.bodies]).toEqual([2, []]);
  });

  it.each([
    ['a caller who wants no further answer', request('one', 3, 'Connection: close')],
    ['a caller who waits to be asked for the body', request('one', 3, 'Expect: 100-continue')],
  ])('learns nothing from %s', async (_what, text) => {
    client.write(text + text);
    await until(() => read.length > 0);
    expect(lane.bodies).toEqual([]);
  });

  it('leaves to the server who is not known any more', async () => {
    await ask(request('one'), 1);
    lane.caller = null;
    expect(await ask(request('two'), 2)).toBe('by the server');
    lane.caller = CALLER;
    await ask(request('three'), 3);
    expect(lane.bodies).toEqual(['three']);
  });

  it('leaves all to the server once a request came in pieces, or several in one', async () => {
    await ask(request('one'), 1);
    await ask(request('two') + request('three'), 3);
    await ask(request('four'), 4);
    expect(read).toEqual(['/predict one', '/predict two', '/predict three', '/predict four']);
    const other = await RawClient.connect(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    );
    for (const byte of request('five')) {
      other.write(byte);
      await pause(1);
    }
    await other.answers(1);
    other.write(request('six'));
    await other.answers(2);
    other.leave();
    expect(read.slice(4)).toEqual(['/predict five', '/predict six']);
    expect(lane.bodies).toEqual([]);
  });

  it('leaves all to the server where heads do not come again, and not before', async () => {
    const ofCaller = (id: number): string => request('x').replace(': t', `: t${id}`);
    for (let id = 1; id <= 16; id += 1) await ask(ofCaller(id), id);
    await ask(ofCaller(16), 17);
    for (let id = 18; id <= 34; id += 1) await ask(ofCaller(id), id);
    await ask(ofCaller(34), 35);
    expect([lane.bodies.length, read.length]).toEqual([1, 34]);
  });

  it('answers in their order those who do not wait for answers', async () => {
    await ask(request('one'), 1);
    lane.isPrompt = false;
    client.write(request('two'));
    await until(() => lane.exchanges.length === 1);
    client.write(request('three'));
    await pause(20);
    client.write('GET /health HTTP/1.1\r\nHost: h\r\n\r\n');
    await pause(20);
    expect([lane.bodies, read.length]).toEqual([['two'], 1]);
    lane.isPrompt = true;
    lane.exchanges[0]?.answered({ ...ANSWER, label: 'late', model: MODEL });
    const answers = await client.answers(4);
    expect(answers.slice(1).map(({ body }) => body.slice(0, 25))).toEqual([
      '{"id":"a","label":"late",',
      expect.stringContaining('"three'),
      'by the server',
    ]);
  });

  it('asks nothing more of the lane while its caller takes no answers', async () => {
    await ask(request('one'), 1);
    client.socket.pause();
    lane.isPrompt = false;
    const large = 'x'.repeat(4_000_000);
    let asked = 0;
    const more = async (): Promise<boolean> => {
      client.write(request('two'));
      asked += 1;
      await pause(20);
      const exchange = lane.exchanges[asked - 1];
      exchange?.answered({ ...ANSWER, label: large, model: MODEL });
      return exchange !== undefined;
    };
    while (await more()) expect(asked).toBeLessThan(20);
    expect(lane.exchanges).toHaveLength(asked - 1);
    client.socket.resume();
    await until(() => lane.exchanges.length === asked);
    lane.exchanges.at(-1)?.answered({ ...ANSWER, model: MODEL });
    const answers = await client.answers(asked + 1);
    expect(JSON.parse(Buffer.from(answers.at(-1)?.body ?? '', 'latin1').toString())).toMatchObject({
      label: 'gütig',
    });
  });

  it('counts a caller who leaves as such, and answers him no more', async () => {
    await ask(request('one'), 1);
    lane.isPrompt = false;
    client.write(request('two'));
    await until(() => lane.exchanges.length === 1);
    const done: string[] = [];
    lane.exchanges[0]?.afterAnswer(() => done.push('before'));
    client.leave();
    await until(() => lane.underWay === 0);
    lane.exchanges[0]?.answered({ ...ANSWER, model: MODEL });
    lane.exchanges[0]?.afterAnswer(() => done.push('after'));
    await until(() => done.length === 2);
    expect(lane.ended).toEqual([[499, 3, undefined]]);
  });

  it('ends with the answer that is under way when the lane closes', async () => {
    await ask(request('one'), 1);
    lane.isPrompt = false;
    client.write(request('two'));
    await until(() => lane.exchanges.length === 1);
    lane.isClosed = true;
    lane.exchanges[0]?.answered({ ...ANSWER, model: MODEL });
    expect(await client.closed()).toHaveLength(2);
    expect(lane.underWay).toBe(0);
  });

  it('puts nothing into a header that cannot stand there, and refuses with a problem', async () => {
    await ask(request('one'), 1);
    lane.isPrompt = false;
    client.write(request('two'));
    await until(() => lane.exchanges.length === 1);
    const version = '1\r\nX: 1';
    expect(() => lane.exchanges[0]?.answered({ ...ANSWER, model: { name: 'm', version } })).toThrow(
      'X-Model-Version',
    );
    lane.exchanges[0]?.refused(new Error('whatever'));
    const [, answer] = await client.answers(2);
    expect([answer?.status, answer?.headers['content-type']]).toEqual([
      500,
      'application/problem+json; charset=utf-8',
    ]);
  });
});
