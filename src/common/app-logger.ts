// The log as operators read it: one line an event, JSON in production, without the framework's own wiring report.
import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import { activeSpan } from '../tracing/active-span.ts';

const LEVELS: readonly LogLevel[] = ['error', 'warn', 'log', 'debug', 'verbose'];

/** Contexts of Nest's start-up report; main.ts reports a failed start itself, in one line. */
const WIRING: ReadonlySet<string> = new Set([
  'ExceptionHandler',
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);

type Line = [message: unknown, ...optional: unknown[]];

const isWiring = (line: Line): boolean => {
  const context = line.at(-1);
  return typeof context === 'string' && WIRING.has(context);
};

type JsonLineParts = Parameters<ConsoleLogger['getJsonLogObject']>;
type JsonLine = ReturnType<ConsoleLogger['getJsonLogObject']>;

export class AppLogger extends ConsoleLogger {
  constructor(options: { readonly json: boolean; readonly level: LogLevel }) {
    super({
      json: options.json,
      logLevels: LEVELS.slice(0, LEVELS.indexOf(options.level) + 1),
      compact: true,
      breakLength: Infinity,
    });
  }

  override log(...line: Line): void {
    if (!isWiring(line)) super.log(...line);
  }

  override error(...line: Line): void {
    if (!isWiring(line)) super.error(...line);
  }

  /** Where requests are traced, a line says to which trace it belongs. */
  protected override getJsonLogObject(...line: JsonLineParts): JsonLine {
    const object = super.getJsonLogObject(...line);
    const span = activeSpan();
    return span === null ? object : { ...object, trace_id: span.traceId, span_id: span.spanId };
  }
}
