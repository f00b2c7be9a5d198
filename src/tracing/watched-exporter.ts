// Says in the log, once for each outage, that traces do not reach the collector: the SDK drops them in silence.
import { Logger } from '@nestjs/common';
import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { within } from './active-span.ts';

export class WatchedExporter implements SpanExporter {
  readonly #logger = new Logger('Tracing');
  #failing = false;

  constructor(private readonly exporter: SpanExporter) {}

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.exporter.export(spans, (result) => {
      this.#watch(result);
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }

  #watch({ code, error }: ExportResult): void {
    const failed = code === ExportResultCode.FAILED;
    if (failed && !this.#failing)
      // The timer that sends was set by some request.
      within(null, () => {
        this.#logger.warn(
          `Traces do not reach OTEL_EXPORTER_OTLP_ENDPOINT (${reasonOf(error)}); they are dropped until they do.`,
        );
      });
    this.#failing = failed;
  }
}

/** A code where there is one, of the system or of HTTP; a message may be as long as the collector likes. */
const reasonOf = (error: (Error & { readonly code?: string | number }) | undefined): string =>
  String(error?.code ?? error?.message.slice(0, 100) ?? 'no reason given');
