// Traces every request that Fastify routes: but those of orchestrators, of Prometheus, of the pages and of streams that never end.
import type { FastifyInstance } from 'fastify';
import { within } from './active-span.ts';
import type { Tracing } from './tracing.ts';

const UNTRACED = /^\/($|assets\/|docs|health\/|v2\/health\/|metrics$|monitoring\/stream$)/;

export function traceHttp(fastify: FastifyInstance, tracing: Tracing): void {
  fastify.addHook('onRequest', ({ raw, routeOptions: { url } }, reply, done) => {
    if (url !== undefined && UNTRACED.test(url)) done();
    // Fastify keeps to it where it waits for the body.
    else within(tracing.serve(raw, reply.raw, url), done);
  });
  fastify.addHook('onClose', () => tracing.close());
}
