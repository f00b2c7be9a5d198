// Measures every request at the door: duration, sizes and requests in flight, by route template.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { BoundHistogram } from './bound-series.ts';
import type { HttpInstruments } from './instruments.ts';

/** Where no route matched: one label for whatever a scanner tries. */
const UNMATCHED = 'unmatched';
/** nginx's code for a client that left before its answer. */
const CLIENT_CLOSED = '499';

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

  constructor(
    private readonly instruments: HttpInstruments,
    private readonly method: string,
    private readonly route: string,
  ) {
    this.requestSize = new BoundHistogram(instruments.requestSize, { route });
    this.responseSize = new BoundHistogram(instruments.responseSize, { route });
  }

  /**
   * From now to the last byte of the answer, or until the client leaves: 'close' comes once, after either. `lengthOf`: of the answer's body;
   * the response itself does not know.
   */
  watch(request: IncomingMessage, response: ServerResponse, lengthOf: () => Length): void {
    const startedAt = performance.now();
    this.instruments.inFlight.inc();
    let ended = false;
    const end = (): void => {
      if (ended) return;
      ended = true;
      this.instruments.inFlight.dec();
      const code = response.writableFinished ? String(response.statusCode) : CLIENT_CLOSED;
      this.duration(code).observe((performance.now() - startedAt) / 1000);
      observeLength(this.requestSize, request.headers['content-length']);
      observeLength(this.responseSize, lengthOf());
    };
    response.once('close', end);
    // Pipelined behind another one: if the client leaves before its turn, only the request is closed.
    if (response.socket === null) request.once('close', end);
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

/** Nothing is observed where the length is not stated (a stream, no body). */
function observeLength(histogram: BoundHistogram<'route'>, length: Length): void {
  const bytes = Number(length);
  if (length !== undefined && Number.isFinite(bytes)) histogram.observe(bytes);
}
