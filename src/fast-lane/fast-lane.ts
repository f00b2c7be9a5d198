// The fast lane: POST /predict by a caller who is known already, answered on Node's HTTP server itself, or without it. Fastify's and Nest's way to the
// same service takes longer than the prediction; whatever is unusual about a request (no token yet, an API key, another content type) goes there.
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { BearerTokens } from '../auth/bearer-tokens.ts';
import type { RequestLimits } from '../auth/request-limits.ts';
import type { Principal } from '../common/access.ts';
import { hasTooManyHeaders } from '../common/connections.ts';
import type { RouteMeter } from '../metrics/instrument-http.ts';
import type { PredictionService } from '../prediction/prediction.service.ts';
import { within } from '../tracing/active-span.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { JSON_ANSWER, ResponseExchange, type Exchange } from './exchange.ts';
import { KeptConnection, type KeptLane } from './kept-connection.ts';
import type { RepeatedHead } from './repeated-head.ts';

export const FAST_ROUTE = '/predict';
const JSON_TYPES: ReadonlySet<string | undefined> = new Set(['application/json', JSON_ANSWER]);

interface Parts {
  readonly tokens: BearerTokens;
  /** null: there is no limit. */
  readonly limits: RequestLimits | null;
  readonly predictions: PredictionService;
  readonly meter: RouteMeter;
  readonly tracing: Tracing | null;
  /** Of every answer. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyLimitBytes: number;
  /** Scripts of other sites may call, and their answers say so: not here. */
  readonly crossOrigin: boolean;
}

export class FastLane implements KeptLane {
  /** Of every answer: name, value, name, value. */
  headers: readonly string[] = [];
  headerLines = '';
  isClosed = false;
  keepAliveSeconds = 0;
  readonly meter: RouteMeter;
  readonly bodyLimitBytes: number;
  private readonly connections = new WeakMap<Socket, KeptConnection>();
  /** Requests that Node's server knows nothing of. */
  private underWay = 0;
  private emptied = (): void => {};

  constructor(private readonly parts: Parts) {
    this.meter = parts.meter;
    this.bodyLimitBytes = parts.bodyLimitBytes;
    this.state(parts.headers);
  }

  /** Puts the lane before whatever answers the server's requests now. */
  openOn(server: Server): void {
    const others = server.listeners('request') as RequestListener[];
    server.removeAllListeners('request');
    server.on('request', (request, response) => {
      const caller = this.callerIn(request);
      this.connections.get(request.socket)?.knows(request, caller !== null);
      if (caller === null) for (const other of others) other.call(server, request, response);
      else this.serve(request, response, caller);
    });
    // A span is of a request and its response.
    if (this.parts.tracing !== null) return;
    this.keepAliveSeconds = Math.floor(server.keepAliveTimeout / 1000);
    server.on('connection', (socket: Socket) => {
      const connection = KeptConnection.of(socket, this);
      if (connection !== null) this.connections.set(socket, connection);
    });
  }

  /**
   * From now on all take the ordinary way, and those that are under way here end their connections as it does. Resolves when those are answered that
   * Node's server knows nothing of: it takes their connections for idle ones, which it may close.
   */
  async close(): Promise<void> {
    this.isClosed = true;
    this.state({ ...this.parts.headers, Connection: 'close' });
    if (this.underWay > 0)
      await new Promise<void>((resolve) => {
        this.emptied = resolve;
      });
  }

  entered(): void {
    this.underWay += 1;
  }

  left(): void {
    this.underWay -= 1;
    if (this.underWay === 0) this.emptied();
  }

  /** Null where the token is none that is known, or allows something else. */
  callerOf(head: RepeatedHead | IncomingMessage): Principal | null {
    const caller = this.parts.tokens.recall(head);
    return caller?.scopes.includes('predict') === true ? caller : null;
  }

  /** Begins at once where that is known, and answers who has had his share. */
  begin(body: Buffer, caller: Principal, exchange: Exchange): void {
    const { limits, predictions } = this.parts;
    if (limits === null) {
      predictions.begin(body, caller, exchange);
      return;
    }
    try {
      const counted = limits.ofCaller(caller);
      if (counted === true) predictions.begin(body, caller, exchange);
      else
        counted
          .then(() => {
            predictions.begin(body, caller, exchange);
          })
          .catch((error: unknown) => {
            exchange.refused(error);
          });
    } catch (error) {
      exchange.refused(error);
    }
  }

  private state(headers: Readonly<Record<string, string>>): void {
    const all = Object.entries(headers);
    this.headers = all.flat();
    this.headerLines = all.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  }

  /** Who is calling, where the request is one for the lane. */
  private callerIn(request: IncomingMessage): Principal | null {
    if (request.url !== FAST_ROUTE || request.method !== 'POST' || this.isClosed) return null;
    const { headers } = request;
    if (hasTooManyHeaders(request)) return null;
    if (this.parts.crossOrigin && headers.origin !== undefined) return null;
    if (!JSON_TYPES.has(headers['content-type']) || headers['x-api-key'] !== undefined) return null;
    const length = Number(headers['content-length']);
    return length > 0 && length <= this.bodyLimitBytes ? this.callerOf(request) : null;
  }

  private serve(request: IncomingMessage, response: ServerResponse, caller: Principal): void {
    const span = this.parts.tracing?.serve(request, response, FAST_ROUTE) ?? null;
    const exchange = new ResponseExchange(response, this, span);
    this.meter.watch(request, response, () => exchange.bytes);
    let body = EMPTY;
    request.on('data', (chunk: Buffer) => {
      body = body === EMPTY ? chunk : Buffer.concat([body, chunk]);
    });
    request.on('end', () => {
      within(span, () => {
        this.begin(body, caller, exchange);
      });
    });
  }
}

const EMPTY: Buffer = Buffer.alloc(0);
