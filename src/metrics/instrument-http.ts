// Measures every request at the door: duration, sizes and requests in flight, by route template.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HttpInstruments } from './instruments.ts';

/** Where no route matched: one label for whatever a scanner tries. */
const UNMATCHED = 'unmatched';
/** nginx's code for a client that left before its answer. */
const CLIENT_CLOSED = '499';

/** Call before routes are added: each known route then has its series of server errors from 0. */
export function instrumentHttp(fastify: FastifyInstance, instruments: HttpInstruments): void {
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) {
      if (each !== 'HEAD' && each !== 'OPTIONS') instruments.expectRoute(each, url);
    }
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    instruments.inFlight.inc();
    // 'close' comes once, after the last byte or when the client leaves; onResponse is silent about the latter.
    reply.raw.once('close', () => {
      instruments.inFlight.dec();
      measure(request, reply, instruments);
    });
    done();
  });
}

function measure(request: FastifyRequest, reply: FastifyReply, instruments: HttpInstruments): void {
  const route = request.routeOptions.url ?? UNMATCHED;
  const code = reply.raw.writableFinished ? String(reply.raw.statusCode) : CLIENT_CLOSED;
  instruments.duration.observe({ method: request.method, route, code }, reply.elapsedTime / 1000);
  observeLength(instruments.requestSize, route, request.headers['content-length']);
  observeLength(instruments.responseSize, route, reply.raw.getHeader('content-length'));
}

/** Nothing is observed where the length is not stated (a stream, no body). */
function observeLength(
  histogram: HttpInstruments['requestSize'],
  route: string,
  length: string | number | readonly string[] | undefined,
): void {
  const bytes = Number(length);
  if (length !== undefined && Number.isFinite(bytes)) histogram.observe({ route }, bytes);
}
