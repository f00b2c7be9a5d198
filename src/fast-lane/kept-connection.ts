// A connection on which a caller asks again and again with the same head. Node's server reads the first of these requests. A later one with the same
// head, byte for byte, needs no parser, request, response and streams, which take half of what an answer costs: 15 us of processor time with them, 8
// without. Whatever else comes goes to Node's server as it came, so that HTTP is understood in one place.
import { STATUS_CODES, validateHeaderValue, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Principal } from '../common/access.ts';
import { CLIENT_CLOSED } from '../common/when-answered.ts';
import type { RouteMeter } from '../metrics/instrument-http.ts';
import { Exchange } from './exchange.ts';
import { httpDate } from './http-date.ts';
import { isWhole, RepeatedHead } from './repeated-head.ts';

/** What a connection asks of the lane that it belongs to. */
export interface KeptLane {
  readonly meter: RouteMeter;
  readonly isClosed: boolean;
  /** Lines of every answer. */
  readonly headerLines: string;
  /** How long a connection may be silent. */
  readonly keepAliveSeconds: number;
  readonly bodyLimitBytes: number;
  /** Who asks, where his token is known still. */
  callerOf(head: RepeatedHead): Principal | null;
  begin(body: Buffer, caller: Principal, exchange: Exchange): void;
  entered(): void;
  left(): void;
}

type Read = (bytes: Buffer) => void;

/** Requests for the lane in a row whose head was another each time: those of a proxy, whose connections carry the heads of many callers. */
const MOST_OTHERS = 16;

export class KeptConnection {
  private head: RepeatedHead | null = null;
  /** What is being answered here and not by Node's server. */
  private exchange: KeptExchange | null = null;
  /** What came meanwhile, of a caller who does not wait for his answers. */
  private readonly waiting: Buffer[] = [];
  private isPaused = false;
  /** All that came so far were whole requests, each by itself: the next byte begins one. False, too, where knowing that has not paid. */
  private isInStep = true;
  /** Requests for the lane since one was answered here. */
  private others = 0;
  /** What Node's server has found in the bytes that it reads now. */
  private found: { readonly request: IncomingMessage; readonly isForLane: boolean }[] = [];

  /** null: Node's server does not take bytes from the socket as it is known to. */
  static of(socket: Socket, lane: KeptLane): KeptConnection | null {
    const [read, ...others] = socket.listeners('data') as Read[];
    if (read === undefined || others.length > 0) return null;
    return new KeptConnection(socket, lane, read);
  }

  private constructor(
    private readonly socket: Socket,
    private readonly lane: KeptLane,
    /** Node's server. */
    private readonly read: Read,
  ) {
    // In this order: as soon as somebody else listens, the bytes come as events, and not past them.
    socket.on('data', (bytes: Buffer) => {
      this.receive(bytes);
    });
    socket.removeListener('data', read);
    socket.on('close', () => this.exchange?.abandon());
  }

  /** Node's server has read the head of a request. */
  knows(request: IncomingMessage, isForLane: boolean): void {
    if (this.isInStep) this.found.push({ request, isForLane });
  }

  /** Sends the answer to what is being answered here, and goes on with what has come meanwhile. False where the caller has left. */
  answer(status: number, headers: readonly string[], body: string, bytes: number): boolean {
    const { lane, socket } = this;
    const lines = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lane.headerLines}${linesOf(headers)}Date: ${httpDate()}\r\n`;
    this.exchange = null;
    if (!socket.writable) return false;
    const encoding = bytes === body.length ? 'latin1' : 'utf8';
    if (lane.isClosed) {
      socket.end(`${lines}\r\n${body}`, encoding);
      return true;
    }
    const kept = `Connection: keep-alive\r\nKeep-Alive: timeout=${lane.keepAliveSeconds}\r\n`;
    if (!socket.write(`${lines}${kept}\r\n${body}`, encoding)) this.goOnWhenTaken();
    else if (this.isPaused) this.goOn();
    return true;
  }

  private receive(bytes: Buffer): void {
    if (this.exchange === null && !this.isPaused) this.take(bytes);
    else {
      this.waiting.push(bytes);
      this.pause();
    }
  }

  private take(bytes: Buffer): void {
    if (!this.serve(bytes)) this.handOn(bytes);
  }

  /** False for anything but one more request with the same head. */
  private serve(bytes: Buffer): boolean {
    const { head, lane, socket } = this;
    if (head === null || !this.isInStep || lane.isClosed || isAnswering(socket)) return false;
    const body = head.bodyOf(bytes);
    if (body === null || body.length > lane.bodyLimitBytes) return false;
    const caller = lane.callerOf(head);
    if (caller === null) return false;
    this.others = 0;
    this.exchange = new KeptExchange(this, lane, body.length);
    lane.begin(body, caller, this.exchange);
    return true;
  }

  private handOn(bytes: Buffer): void {
    this.read(bytes);
    if (!this.isInStep) return;
    const [first, ...more] = this.found;
    this.found = [];
    this.isInStep = first !== undefined && more.length === 0 && isWhole(bytes, first.request);
    if (this.isInStep && first?.isForLane === true) this.learn(bytes, first.request);
  }

  private learn(bytes: Buffer, request: IncomingMessage): void {
    this.head = RepeatedHead.of(bytes, request);
    this.others += 1;
    if (this.others > MOST_OTHERS) this.isInStep = false;
  }

  private pause(): void {
    this.isPaused = true;
    this.socket.pause();
  }

  private goOnWhenTaken(): void {
    this.pause();
    this.socket.once('drain', () => {
      this.goOn();
    });
  }

  private goOn(): void {
    for (let next = this.next(); next !== undefined; next = this.next()) this.take(next);
    if (this.exchange !== null) return;
    this.isPaused = false;
    this.socket.resume();
  }

  private next(): Buffer | undefined {
    return this.exchange === null ? this.waiting.shift() : undefined;
  }
}

/** Name, value, name, value. Throws where a value cannot stand in a header. */
function linesOf(headers: readonly string[]): string {
  let lines = '';
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    const value = headers[i + 1] as string;
    validateHeaderValue(name, value);
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

/** Whether Node's server owes answers: the same question that it asks itself. */
const isAnswering = (socket: Socket): boolean =>
  ((socket as { _httpMessage?: unknown })._httpMessage ?? null) !== null;

/** Nothing of it is traced: a traced request has its parent's id in its head. */
class KeptExchange extends Exchange {
  private readonly startedAt: number;
  private later: readonly (() => void)[] = [];
  private isOver = false;

  constructor(
    private readonly connection: KeptConnection,
    private readonly lane: KeptLane,
    private readonly requestBytes: number,
  ) {
    super(null);
    this.startedAt = lane.meter.begin();
    lane.entered();
  }

  afterAnswer(work: () => void): void {
    if (this.isOver) setImmediate(work);
    else this.later = [...this.later, work];
  }

  /** The caller has left. */
  abandon(): void {
    this.end(CLIENT_CLOSED);
  }

  protected send(status: number, headers: readonly string[], body: string, bytes: number): void {
    if (this.isOver) return;
    if (this.connection.answer(status, headers, body, bytes)) this.end(status, bytes);
    else this.abandon();
  }

  private end(status: number, bytes?: number): void {
    this.isOver = true;
    const { lane, requestBytes, startedAt } = this;
    lane.meter.end(startedAt, status, requestBytes, bytes);
    lane.left();
    for (const work of this.later) setImmediate(work);
  }
}
