// Measures every request at the door: duration, sizes and requests in flight, by route template; those of the prediction doors for the summary too.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { CLIENT_CLOSED, whenAnswered } from '../common/when-answered.ts';
import type { ActivityError } from './activity.ts';
import { BoundHistogram } from './bound-series.ts';
import type { HttpInstruments } from './instruments.ts';

/** Where no route matched: one label for whatever a scanner tries. */
const UNMATCHED = 'unmatched';

/** Where predictions are asked for. */
const DOORS: ReadonlySet<string> = new Set([
  '/predict',
  '/predict/batch',
  '/invocations',
  '/endpoints/:name/invocations',
  '/v2/models/:model/infer',
  '/v2/models/:model/versions/:version/infer',
]);

/** Answered for as long as the client looks, which is neither a duration nor a request that waits. */
const ENDLESS: ReadonlySet<string> = new Set(['/monitoring/stream']);

/** By status; the other refusals are of the input, the other failures the model's. */
const ERRORS: ReadonlyMap<string, ActivityError> = new Map([
  ['401', 'unauthorized'],
  ['403', 'unauthorized'],
  ['404', 'not_found'],
  ['413', 'too_large'],
  ['429', 'rate_limited'],
  ['503', 'overloaded'],
  [String(CLIENT_CLOSED), 'client_left'],
]);

/** Of a body, as a header states it. */
type Length = string | number | readonly string[] | undefined;

/** Call before routes are added: each known route then has its series of server errors from 0. */
export function instrumentHttp(fastify: FastifyInstance, instruments: HttpInstruments): void {
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) {
      if (each !== 'HEAD' && each !== 'OPTIONS') instruments.expectRoute(each, url);
    }
  });
  const meters = new Map<string, RouteMeter>();
  fastify.addHook('onRequest', ({ method, routeOptions, raw: request }, reply, done) => {
    const route = routeOptions.url ?? UNMATCHED;
    const key = `${method} ${route}`;
    let meter = meters.get(key);
    if (meter === undefined) meters.set(key, (meter = new RouteMeter(instruments, method, route)));
    meter.watch(request, reply.raw, () => reply.getHeader('content-length'));
    done();
  });
}

/** Measures the requests of one route. */
export class RouteMeter {
  private readonly durations = new Map<string, BoundHistogram<'method' | 'route' | 'code'>>();
  private readonly requestSize: BoundHistogram<'route'>;
  private readonly responseSize: BoundHistogram<'route'>;
  private readonly isDoor: boolean;
  private readonly isEndless: boolean;

  constructor(
    private readonly instruments: HttpInstruments,
    private readonly method: string,
    private readonly route: string,
  ) {
    this.requestSize = new BoundHistogram(instruments.requestSize, { route });
    this.responseSize = new BoundHistogram(instruments.responseSize, { route });
    this.isEndless = ENDLESS.has(route);
    this.isDoor = method === 'POST' && DOORS.has(route);
  }

  /**
   * From now to the last byte of the answer, or until the client leaves. `lengthOf`: of the answer's body; the response itself does not know.
   */
  watch(request: IncomingMessage, response: ServerResponse, lengthOf: () => Length): void {
    const startedAt = this.begin();
    whenAnswered(request, response, (status) => {
      if (this.isEndless && response.headersSent && response.statusCode < 300) return;
      this.end(startedAt, status, request.headers['content-length'], lengthOf());
    });
  }

  /** Counts a request as under way, and says since when. */
  begin(): number {
    if (!this.isEndless) this.instruments.inFlight.inc();
    return performance.now();
  }

  /** The request is over, by an answer of that status; the lengths are of the bodies. */
  end(startedAt: number, status: number, ofRequest: Length, ofAnswer: Length): void {
    if (!this.isEndless) this.instruments.inFlight.dec();
    const code = String(status);
    const took = performance.now() - startedAt;
    this.duration(code).observe(took / 1000);
    if (this.isDoor) this.instruments.activity.requested(took, errorOf(code));
    observeLength(this.requestSize, ofRequest);
    observeLength(this.responseSize, ofAnswer);
  }

  private duration(code: string): BoundHistogram<'method' | 'route' | 'code'> {
    const known = this.durations.get(code);
    if (known !== undefined) return known;
    const { method, route } = this;
    const series = new BoundHistogram(this.instruments.duration, { method, route, code });
    this.durations.set(code, series);
    return series;
  }
}

/** null for an answer with predictions. */
function errorOf(code: string): ActivityError | null {
  if (code < '400') return null;
  return ERRORS.get(code) ?? (code < '500' ? 'invalid_input' : 'model_error');
}

/** Nothing is observed where the length is not stated (a stream, no body). */
function observeLength(histogram: BoundHistogram<'route'>, length: Length): void {
  const bytes = Number(length);
  if (length !== undefined && Number.isFinite(bytes)) histogram.observe(bytes);
}
