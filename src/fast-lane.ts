// The fast lane: POST /predict by a caller who is known already, answered on Node's HTTP server itself. Fastify's and Nest's way to the same
// service takes longer than the prediction; whatever is unusual about a request (no token yet, an API key, another content type) goes there.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import type { BearerTokens } from './auth/bearer-tokens.ts';
import type { RequestLimits } from './auth/request-limits.ts';
import type { Principal } from './common/access.ts';
import { hasTooManyHeaders } from './common/connections.ts';
import { problemAnswer, reportProblem, toAppError } from './common/problem.filter.ts';
import type { RouteMeter } from './metrics/instrument-http.ts';
import { afterAnswerOf } from './prediction/after-answer.ts';
import type { Door } from './prediction/pending-prediction.ts';
import type { PredictionResponse } from './prediction/prediction.dto.ts';
import type { PredictionService } from './prediction/prediction.service.ts';
import { within } from './tracing/active-span.ts';
import type { Span, Tracing } from './tracing/tracing.ts';

export const FAST_ROUTE = '/predict';
const JSON_ANSWER = 'application/json; charset=utf-8';
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

export class FastLane {
  /** Of every answer: name, value, name, value. */
  headers: readonly string[];
  private closed = false;

  constructor(private readonly parts: Parts) {
    this.headers = Object.entries(parts.headers).flat();
  }

  /** Puts the lane before whatever answers the server's requests now. */
  openOn(server: Server): void {
    const others = server.listeners('request') as RequestListener[];
    server.removeAllListeners('request');
    server.on('request', (request, response) => {
      const caller = this.callerOf(request);
      if (caller === null) for (const other of others) other.call(server, request, response);
      else this.serve(request, response, caller);
    });
  }

  /** From now on all take the ordinary way, and those that are under way here end their connections as it does. */
  close(): void {
    this.closed = true;
    this.headers = [...this.headers, 'Connection', 'close'];
  }

  /** Who is calling, where the request is one for the lane. */
  private callerOf(request: IncomingMessage): Principal | null {
    if (request.url !== FAST_ROUTE || request.method !== 'POST' || this.closed) return null;
    const { headers } = request;
    if (hasTooManyHeaders(request)) return null;
    if (this.parts.crossOrigin && headers.origin !== undefined) return null;
    if (!JSON_TYPES.has(headers['content-type']) || headers['x-api-key'] !== undefined) return null;
    const length = Number(headers['content-length']);
    if (!(length > 0 && length <= this.parts.bodyLimitBytes)) return null;
    const caller = this.parts.tokens.recall(request);
    return caller?.scopes.includes('predict') === true ? caller : null;
  }

  private serve(request: IncomingMessage, response: ServerResponse, caller: Principal): void {
    const { limits, meter, predictions, tracing } = this.parts;
    const span = tracing?.serve(request, response, FAST_ROUTE) ?? null;
    const exchange = new Exchange(response, this, span);
    meter.watch(request, response, () => exchange.bytes);
    let body = EMPTY;
    request.on('data', (chunk: Buffer) => {
      body = body === EMPTY ? chunk : Buffer.concat([body, chunk]);
    });
    const begin = (): void => {
      if (limits === null) predictions.begin(body, caller, exchange);
      else this.beginCounted(limits, body, caller, exchange);
    };
    request.on(
      'end',
      span === null
        ? begin
        : () => {
            within(span, begin);
          },
    );
  }

  /** Begins at once where that is known, and answers who has had his share. */
  private beginCounted(
    limits: RequestLimits,
    body: Buffer,
    caller: Principal,
    exchange: Exchange,
  ): void {
    const { predictions } = this.parts;
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
}

const EMPTY: Buffer = Buffer.alloc(0);

class Exchange implements Door {
  private static readonly logger = new Logger('Problem');
  /** Of the answer's body, once there is one. */
  bytes: number | undefined;
  private readonly id = randomUUID();

  constructor(
    private readonly response: ServerResponse,
    private readonly lane: FastLane,
    private readonly span: Span | null,
  ) {}

  answered(answer: PredictionResponse): void {
    const own = ['X-Model-Version', answer.model.version, 'Content-Type', JSON_ANSWER];
    this.send(200, own, JSON.stringify(answer));
  }

  refused(thrown: unknown): void {
    const error = toAppError(thrown);
    // Told by a batch or a transaction that other requests share.
    within(this.span, () => {
      reportProblem(Exchange.logger, this.id, error);
    });
    const { status, headers, body } = problemAnswer(error, this.id);
    this.send(status, Object.entries(headers).flat(), body);
  }

  afterAnswer(work: () => void): void {
    afterAnswerOf({ raw: this.response })(work);
  }

  private send(status: number, headers: readonly string[], body: string): void {
    if (this.response.headersSent) return;
    this.bytes = Buffer.byteLength(body);
    const length = ['X-Request-Id', this.id, 'Content-Length', String(this.bytes)];
    this.response.writeHead(status, [...this.lane.headers, ...headers, ...length]);
    this.response.end(body);
  }
}
