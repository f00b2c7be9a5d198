// Builds the application: body parsing, security headers, validation, problems, OpenAPI. main.ts and the tests build the SAME app.
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.ts';
import { BearerTokens } from './auth/bearer-tokens.ts';
import { RequestLimits } from './auth/request-limits.ts';
import { AppLogger } from './common/app-logger.ts';
import { connectionOptions, hasTooManyHeaders, tooManyHeaders } from './common/connections.ts';
import { openToOrigins } from './common/cross-origin.ts';
import { foreignProtocolOf } from './common/foreign-route.ts';
import { setUpOpenApi } from './common/openapi.ts';
import { ProblemFilter, sendProblem, toAppError } from './common/problem.filter.ts';
import { securityHeaders } from './common/security-headers.ts';
import { NoSiblings, type Siblings } from './common/siblings.ts';
import { acceptStreams } from './common/streamed-body.ts';
import { parseStrictJson, RAW_BODY } from './common/strict-json.ts';
import { validationPipe } from './common/validation.ts';
import type { Config } from './config/load-config.ts';
import { CONSOLE_ASSETS, serveConsole } from './console/serve-console.ts';
import { FAST_ROUTE, FastLane } from './fast-lane/fast-lane.ts';
import { HttpInstruments } from './metrics/instruments.ts';
import { instrumentHttp, RouteMeter } from './metrics/instrument-http.ts';
import { PredictionService } from './prediction/prediction.service.ts';
import { traceHttp } from './tracing/trace-http.ts';
import { openTracing } from './tracing/tracing.ts';

/** What a browser shows; everything else is data. */
const isPage = (url: string): boolean =>
  url === '/' || url.startsWith('/?') || url.startsWith('/docs') || url.startsWith(CONSOLE_ASSETS);

/** The whole application, initialised but not listening. `siblings`: the other processes behind the same port. */
export async function createApp(
  config: Config,
  siblings: Siblings = new NoSiblings(),
): Promise<NestFastifyApplication> {
  const { server } = config;
  const security = securityHeaders(config.production);
  const adapter = new FastifyAdapter({
    bodyLimit: server.bodyLimitBytes,
    genReqId: () => randomUUID(),
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    trustProxy: server.proxies.length > 0 && [...server.proxies],
    ...connectionOptions(server.requestSeconds, security.data),
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      sendProblem(reply.headers(security.data), request.id, toAppError(error));
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with(config, siblings),
    adapter,
    {
      logger: new AppLogger({ json: config.production, level: server.logLevel }),
      abortOnError: false,
      bodyParser: false,
    },
  );
  const fastify = adapter.getInstance();
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.headers(isPage(request.url) ? security.page : security.data);
    reply.header('x-request-id', request.id);
    done(hasTooManyHeaders(request.raw) ? tooManyHeaders() : undefined);
  });
  openToOrigins(app, server.corsOrigins);
  closeConnectionsWhileDraining(fastify);
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    ['application/json', 'application/problem+json'],
    { parseAs: 'buffer' },
    (request, body, done) => {
      if (foreignProtocolOf(request) !== null) {
        done(null, body);
        return;
      }
      try {
        const text = body.toString();
        done(null, isRawBody(request) ? text : parseStrictJson(text));
      } catch (error) {
        done(toAppError(error));
      }
    },
  );
  fastify.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(body.toString())));
    },
  );
  acceptStreams(fastify, server.requestSeconds * 1000);
  // Any other content type, or none: read by the routes of other protocols only.
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    if (foreignProtocolOf(request) !== null) done(null, body);
    else done(toAppError({ statusCode: 415 }));
  });
  const instruments = app.get(HttpInstruments, { strict: false });
  instrumentHttp(fastify, instruments);
  const tracing = await openTracing(config);
  if (tracing !== null) traceHttp(fastify, tracing);
  const lane = new FastLane({
    tokens: app.get(BearerTokens, { strict: false }),
    limits: app.get<RequestLimits | null>(RequestLimits, { strict: false }),
    predictions: app.get(PredictionService, { strict: false }),
    meter: new RouteMeter(instruments, 'POST', FAST_ROUTE),
    tracing,
    headers: security.data,
    bodyLimitBytes: server.bodyLimitBytes,
    crossOrigin: server.corsOrigins.length > 0,
  });
  fastify.addHook('preClose', () => lane.close());
  app.useGlobalPipes(validationPipe());
  app.useGlobalFilters(new ProblemFilter());
  setUpOpenApi(app);
  serveConsole(fastify);
  await app.init();
  lane.openOn(fastify.server);
  return app;
}

const isRawBody = (request: FastifyRequest): boolean =>
  (request.routeOptions.config as Partial<typeof RAW_BODY>).rawBody === RAW_BODY.rawBody;

/** A connection kept alive after its last answer would hold a stopping server for Node's keep-alive time. */
function closeConnectionsWhileDraining(fastify: FastifyInstance): void {
  let draining = false;
  fastify.addHook('preClose', (done) => {
    draining = true;
    done();
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (draining) reply.header('Connection', 'close');
    done();
  });
}
