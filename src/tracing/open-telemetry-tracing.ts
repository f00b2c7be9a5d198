// Traces as OpenTelemetry has them: spans of the SDK, named by its semantic conventions, sent as OTLP over HTTP in the background.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import {
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span as SdkSpan,
  type Tracer,
} from '@opentelemetry/api';
import { parseKeyPairsIntoRecord, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
  type Resource,
} from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_SERVICE_INSTANCE_ID,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_VERSION,
  ATTR_URL_FULL,
  ATTR_URL_SCHEME,
} from '@opentelemetry/semantic-conventions';
import { VERSION } from '../common/version.ts';
import { CLIENT_CLOSED, whenAnswered } from '../common/when-answered.ts';
import type { TracingConfig } from '../config/load-config.ts';
import type { OutgoingCall, PartFacts, PartName, Span, Tracing } from './tracing.ts';
import { WatchedExporter } from './watched-exporter.ts';

/** What the end of the process waits for the collector at most; it is given half a minute and has a log to store. */
const FLUSH_MS = 5000;
/** Those of the semantic conventions; any other would be a name of the caller's choice. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** Of the Host header: a name or an address, and a port. */
const HOST = /^([\w.-]{1,253}|\[[\da-f:.]{2,45}\])(?::(\d{1,5}))?$/i;

const PROPAGATOR = new W3CTraceContextPropagator();

export class OpenTelemetryTracing implements Tracing {
  readonly #provider: BasicTracerProvider;
  readonly #tracer: Tracer;

  constructor({ endpoint, headers, serviceName, sampledShare }: TracingConfig) {
    const exporter = new OTLPTraceExporter({
      url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
      headers: parseKeyPairsIntoRecord(headers ?? ''),
    });
    this.#provider = new BasicTracerProvider({
      resource: resourceOf(serviceName),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampledShare) }),
      spanProcessors: [new BatchSpanProcessor(new WatchedExporter(exporter))],
    });
    this.#tracer = this.#provider.getTracer('foretell', VERSION);
  }

  serve(request: IncomingMessage, response: ServerResponse, route?: string): Span {
    const parent = PROPAGATOR.extract(ROOT_CONTEXT, request.headers, defaultTextMapGetter);
    const span = new RequestSpan(this.#tracer, parent, request, route);
    whenAnswered(request, response, (status) => {
      span.end(status);
    });
    return span;
  }

  async close(): Promise<void> {
    const late = new AbortController();
    // What cannot be sent has been told of by the exporter.
    await Promise.race([
      this.#provider.shutdown().catch(() => undefined),
      pause(FLUSH_MS, undefined, { signal: late.signal }).catch(() => undefined),
    ]);
    late.abort();
  }
}

/** What OTEL_RESOURCE_ATTRIBUTES says of the place stays, as the environment of the deployment. */
const resourceOf = (serviceName: string): Resource =>
  defaultResource()
    .merge(resourceFromAttributes({ [ATTR_SERVICE_INSTANCE_ID]: randomUUID() }))
    .merge(detectResources({ detectors: [envDetector] }))
    .merge(
      resourceFromAttributes({
        [ATTR_SERVICE_NAME]: serviceName,
        [ATTR_SERVICE_VERSION]: VERSION,
      }),
    );

class RequestSpan implements Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly #span: SdkSpan;
  readonly #context: Context;
  /** The same instant by both clocks: times by performance.now() can be told as dates, and parts never lie outside of the whole. */
  readonly #began = { at: performance.now(), epochMs: Date.now() };

  constructor(
    private readonly tracer: Tracer,
    parent: Context,
    request: IncomingMessage,
    route: string | undefined,
  ) {
    const { method = '' } = request;
    const isKnown = METHODS.has(method);
    const verb = isKnown ? method : 'HTTP';
    this.#span = tracer.startSpan(
      route === undefined ? verb : `${verb} ${route}`,
      {
        kind: SpanKind.SERVER,
        startTime: this.#began.epochMs,
        attributes: {
          [ATTR_HTTP_REQUEST_METHOD]: isKnown ? method : '_OTHER',
          [ATTR_URL_SCHEME]: 'http',
          ...(route !== undefined && { [ATTR_HTTP_ROUTE]: route }),
          ...hostOf(request.headers.host),
        },
      },
      parent,
    );
    this.#context = trace.setSpan(ROOT_CONTEXT, this.#span);
    ({ traceId: this.traceId, spanId: this.spanId } = this.#span.spanContext());
  }

  part(name: PartName, from: number, to: number, facts: PartFacts, errorType?: string): void {
    if (!this.#span.isRecording()) return;
    const options = {
      startTime: this.#epochOf(from),
      attributes: {
        'foretell.model.name': facts.model,
        'foretell.model.version': facts.version,
        'foretell.rows': facts.rows,
      },
    };
    const span = this.tracer.startSpan(name, options, this.#context);
    if (errorType !== undefined) fail(span, errorType);
    span.end(this.#epochOf(to));
  }

  call(method: string, url: string): OutgoingCall {
    const { hostname, port, protocol } = new URL(url);
    const span = this.tracer.startSpan(
      method,
      {
        kind: SpanKind.CLIENT,
        startTime: this.#epochOf(performance.now()),
        attributes: {
          [ATTR_HTTP_REQUEST_METHOD]: method,
          [ATTR_URL_FULL]: url,
          [ATTR_SERVER_ADDRESS]: hostname,
          [ATTR_SERVER_PORT]: Number(port) || (protocol === 'https:' ? 443 : 80),
        },
      },
      this.#context,
    );
    const headers: Record<string, string> = {};
    PROPAGATOR.inject(trace.setSpan(ROOT_CONTEXT, span), headers, defaultTextMapSetter);
    const end = (): void => {
      span.end(this.#epochOf(performance.now()));
    };
    return {
      headers,
      answered: (status) => {
        span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, status);
        if (status >= 400) fail(span, String(status));
        end();
      },
      failed: (errorType) => {
        fail(span, errorType);
        end();
      },
    };
  }

  end(status: number): void {
    const span = this.#span;
    if (status === CLIENT_CLOSED) span.setAttribute(ATTR_ERROR_TYPE, 'client_left');
    else span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, status);
    // A request that is refused is the caller's error, not the server's.
    if (status >= 500) fail(span, String(status));
    span.end(this.#epochOf(performance.now()));
  }

  #epochOf(at: number): number {
    return this.#began.epochMs + (at - this.#began.at);
  }
}

function fail(span: SdkSpan, errorType: string): void {
  span.setAttribute(ATTR_ERROR_TYPE, errorType);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function hostOf(header: string | undefined): Attributes {
  const [, address, port] = HOST.exec(header ?? '') ?? [];
  if (address === undefined) return {};
  return {
    [ATTR_SERVER_ADDRESS]: address,
    ...(port !== undefined && { [ATTR_SERVER_PORT]: Number(port) }),
  };
}
