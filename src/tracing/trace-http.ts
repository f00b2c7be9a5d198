// Traces every request that Fastify routes: but those of orchestrators, of Prometheus, of the pages and of streams that never end.
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { within } from './active-span.ts';
import type { Span, Tracing } from './tracing.ts';

const UNTRACED = /^\/($|assets\/|docs|health\/|v2\/health\/|metrics$|monitoring\/stream$)/;

export function traceHttp(fastify: FastifyInstance, tracing: Tracing): void {
  const spans = new WeakMap<IncomingMessage, Span>();
  fastify.addHook('onRequest', ({ raw, routeOptions: { url } }, reply, done) => {
    if (url !== undefined && UNTRACED.test(url)) {
      done();
      return;
    }
    const span = tracing.serve(raw, reply.raw, url);
    spans.set(raw, span);
    within(span, done);
  });
  // A body is read on behalf of its connection: what comes after it has lost its request.
  fastify.addHook('preValidation', ({ raw }, _reply, done) => {
    within(spans.get(raw) ?? null, done);
  });
  fastify.addHook('onClose', () => tracing.close());
}
