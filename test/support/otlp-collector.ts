// An OpenTelemetry collector as an exporter meets it: OTLP over HTTP, as JSON. It keeps what it is sent and can be slow or ill.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const PATIENCE_MS = 30_000;

/** By the numbers of the protocol. */
export const KIND = { internal: 1, server: 2, client: 3 } as const;
export const STATUS = { unset: 0, error: 2 } as const;

export interface ReceivedSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  /** '' of a root. */
  readonly parentSpanId: string;
  /** Nanoseconds since 1970. */
  readonly start: bigint;
  readonly end: bigint;
  readonly status: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly resource: Readonly<Record<string, string | number>>;
}

interface WireAttribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number };
}
interface WireSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number };
  readonly attributes: readonly WireAttribute[];
}
interface WireRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly WireAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}

export class OtlpCollector {
  readonly spans: ReceivedSpan[] = [];
  /** Everything as it came, headers too. */
  readonly raw: string[] = [];
  private readonly waiting: ServerResponse[] = [];

  private constructor(
    private readonly server: Server,
    /** false: it takes what it is sent and answers nothing. */
    private answers: boolean,
  ) {}

  static async start(answers = true): Promise<OtlpCollector> {
    const server = createServer((request, response) => {
      void collector.receive(request, response);
    });
    const collector = new OtlpCollector(server, answers);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From now on it answers, and what waits too. */
  recover(): void {
    this.answers = true;
    for (const response of this.waiting.splice(0)) answer(response);
  }

  /** The spans that fit, once there are so many; throws where they do not come. */
  async those(fits: (span: ReceivedSpan) => boolean, count = 1): Promise<readonly ReceivedSpan[]> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = this.spans.filter(fits);
      if (found.length >= count) return found;
      if (performance.now() > deadline)
        throw new Error(
          `${count} spans were expected; those that came: ${this.spans.map(({ name }) => name).join(', ')}`,
        );
      await pause(10);
    }
  }

  /** The whole trace once its span of the server is there, which is sent last; that span first. */
  async trace(traceId: string): Promise<readonly [ReceivedSpan, ...ReceivedSpan[]]> {
    const isOf = (span: ReceivedSpan): boolean => span.traceId === traceId;
    const [root] = await this.those((span) => isOf(span) && span.kind === KIND.server);
    if (root === undefined) throw new Error('those() answers at least one');
    return [root, ...this.spans.filter((span) => isOf(span) && span !== root)];
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    this.raw.push(`${request.url} ${JSON.stringify(request.headers)} ${body}`);
    if (request.url !== '/v1/traces') {
      response.writeHead(404).end();
      return;
    }
    this.spans.push(...spansOf(JSON.parse(body) as WireRequest));
    if (this.answers) answer(response);
    else this.waiting.push(response);
  }
}

const answer = (response: ServerResponse): unknown =>
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}');

const spansOf = ({ resourceSpans }: WireRequest): ReceivedSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        name: span.name,
        kind: span.kind,
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? '',
        start: BigInt(span.startTimeUnixNano),
        end: BigInt(span.endTimeUnixNano),
        status: span.status.code ?? STATUS.unset,
        attributes: byKey(span.attributes),
        resource: byKey(resource.attributes),
      })),
    ),
  );

const byKey = (attributes: readonly WireAttribute[]): Record<string, string | number> =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? '']),
  );
