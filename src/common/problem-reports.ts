// What operators read about errors that are ours: a fault (500) each time and with its stack; what cannot be done for now (503) in one line for
// all that are refused within some seconds, because under overload or in an outage there are thousands of them a second. /metrics counts each.
import type { Logger } from '@nestjs/common';
import { CATALOGUE, messageOf, type AppError, type ErrorCode } from './errors.ts';

const QUIET_MS = 5000;

interface Crowd {
  readonly quietUntil: number;
  /** Refusals since that line. */
  more: number;
}

export class ProblemReports {
  private readonly crowds = new Map<ErrorCode, Crowd>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  report(logger: Logger, requestId: string, error: AppError): void {
    const { status } = CATALOGUE[error.code];
    if (status === 503) this.reportRefusal(logger, requestId, error);
    else if (status >= 500) {
      logger.error(`${requestId} ${error.code} ${error.message}`, stackOf(error.cause ?? error));
    }
  }

  private reportRefusal(
    logger: Logger,
    requestId: string,
    { code, message, cause }: AppError,
  ): void {
    const crowd = this.crowds.get(code);
    if (crowd !== undefined && this.now() < crowd.quietUntil) {
      crowd.more += 1;
      return;
    }
    this.crowds.set(code, { quietUntil: this.now() + QUIET_MS, more: 0 });
    const why = cause === undefined ? '' : ` (${messageOf(cause)})`;
    const others = crowd?.more ? `; ${crowd.more} more like it were not logged` : '';
    logger.error(`${requestId} ${code} ${message}${why}${others}`);
  }
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined;
}
