// PORT: traces of requests. Adapters: none, which is null, and OpenTelemetry, which is loaded only where a collector is set.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Config } from '../config/load-config.ts';

/** What a part of a prediction is about; features and scores never are. */
export interface PartFacts {
  readonly model: string;
  readonly version: string;
  readonly rows: number;
}

/** The stages of a prediction, as metrics name them; `batch`: all of an upload. */
export type PartName = 'infer' | 'explain' | 'log' | 'batch';

/** One request that is being answered. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;

  /** Tells of a part that has ended: `from`, `to` by performance.now(); `errorType`: what it failed with, absent where it did not. */
  part(name: PartName, from: number, to: number, facts: PartFacts, errorType?: string): void;

  /** Begins a call of another server; the address without what it asks for. */
  call(method: string, url: string): OutgoingCall;
}

export interface OutgoingCall {
  /** To be sent along: who is calling, for the other server's own trace. */
  readonly headers: Readonly<Record<string, string>>;
  answered(status: number): void;
  failed(errorType: string): void;
}

export interface Tracing {
  /** A span from now to the last byte of the answer. `route`: its pattern; absent where none matched. */
  serve(request: IncomingMessage, response: ServerResponse, route?: string): Span;

  /** Sends what is left, for a few seconds at most. Never rejects. */
  close(): Promise<void>;
}

/** null: nothing is traced, and nothing of OpenTelemetry is loaded. */
export async function openTracing({ tracing }: Config): Promise<Tracing | null> {
  if (tracing === null) return null;
  const { OpenTelemetryTracing } = await import('./open-telemetry-tracing.ts');
  return new OpenTelemetryTracing(tracing);
}
