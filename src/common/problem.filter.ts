// The only place where an error becomes HTTP: RFC 9457 problem+json from the catalogue, or the shape of the protocol that a route speaks.
// Unknown errors are logged and answered as INTERNAL without their message or stack.
import {
  Catch,
  HttpException,
  Logger,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, CATALOGUE, type ErrorCode, type FieldError } from './errors.ts';
import { foreignProtocolOf, foreignStatusOf, type ForeignProtocol } from './foreign-route.ts';
import { isOutage } from './outage.ts';
import { ProblemReports } from './problem-reports.ts';
import type { Rate } from './rate-limit/rate-limiter.ts';

const CHALLENGE = 'Bearer realm="foretell"';
const RETRY_AFTER_SECONDS = 5;
export const PROBLEM_JSON = 'application/problem+json';

/** RFC 9457, with the members every answer of ours carries. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  /** The request id, also in X-Request-Id. */
  readonly instance: string;
  readonly errors?: readonly FieldError[];
  /** Of some codes: more members, as the gate's `report`. */
  readonly [member: string]: unknown;
}

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  413: 'BODY_TOO_LARGE',
  // A part of the path that is longer than any name: the router looks no further.
  414: 'NOT_FOUND',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  422: 'INVALID_INPUT',
  429: 'TOO_MANY_REQUESTS',
  503: 'UNAVAILABLE',
};

/** Sentences of our own for what the framework refuses: its messages may quote the caller. */
const DETAIL: Partial<Record<ErrorCode, string>> = {
  BAD_REQUEST: 'The request cannot be understood.',
  NOT_FOUND: 'There is nothing at this path for this method; /docs lists every route.',
  BODY_TOO_LARGE: 'The body is larger than BODY_LIMIT_BYTES allows.',
  UNSUPPORTED_MEDIA_TYPE:
    'Send application/json; /docs says which other content types a route takes.',
};

/** Any thrown value as an AppError: ours as it is, an outage as UNAVAILABLE, the framework's by status, everything else as INTERNAL. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isOutage(error)) {
    return new AppError(
      'UNAVAILABLE',
      'A part that this request needs does not answer; try again.',
      {
        cause: error,
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      },
    );
  }
  const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
  const code = status === undefined ? undefined : BY_STATUS[status];
  if (code === undefined) {
    return new AppError(
      'INTERNAL',
      'Something went wrong here; the log names it by this instance.',
      {
        cause: error,
      },
    );
  }
  return new AppError(code, DETAIL[code] ?? `${CATALOGUE[code].title}.`, { cause: error });
}

function statusOf(error: unknown): number | undefined {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}

export function toProblem(error: AppError, instance: string): Problem {
  const { status, title } = CATALOGUE[error.code];
  return {
    ...error.members,
    type: `urn:foretell:problem:${error.code.toLowerCase().replaceAll('_', '-')}`,
    title,
    status,
    code: error.code,
    detail: error.message,
    instance,
    ...(error.errors && { errors: error.errors }),
  };
}

/** RFC 6750: what a 401 or 403 answer says about the credentials it wants. */
function challengeOf(code: ErrorCode): string | undefined {
  if (code === 'INVALID_TOKEN') return `${CHALLENGE}, error="invalid_token"`;
  if (code === 'FORBIDDEN') return `${CHALLENGE}, error="insufficient_scope"`;
  return CATALOGUE[code].status === 401 ? CHALLENGE : undefined;
}

/** A problem as it leaves: status, headers of its own, body. */
export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function problemAnswer(error: AppError, requestId: string): ProblemAnswer {
  const problem = toProblem(error, requestId);
  return {
    status: problem.status,
    headers: { ...headersOf(error), 'Content-Type': `${PROBLEM_JSON}; charset=utf-8` },
    body: JSON.stringify(problem),
  };
}

/** Answers a request with a problem; also used where Fastify fails before Nest is reached. */
export function sendProblem(reply: FastifyReply, requestId: string, error: AppError): void {
  const { status, headers, body } = problemAnswer(error, requestId);
  reply.status(status).header('X-Request-Id', requestId).headers(headers).send(body);
}

/** The same as another protocol has it; its 503 always says when to come back. */
function sendForeign(
  reply: FastifyReply,
  requestId: string,
  error: AppError,
  { errorBody }: ForeignProtocol,
): void {
  const status = foreignStatusOf(error.code);
  if (status === 503) reply.header('Retry-After', String(RETRY_AFTER_SECONDS));
  reply
    .status(status)
    .header('X-Request-Id', requestId)
    .headers(headersOf(error))
    .type('application/json')
    .send(JSON.stringify(errorBody(error)));
}

function headersOf(error: AppError): Record<string, string> {
  const challenge = challengeOf(error.code);
  const { retryAfterSeconds, quota } = error;
  const seconds = String(Math.max(1, Math.ceil(retryAfterSeconds ?? 0)));
  return {
    ...(challenge !== undefined && { 'WWW-Authenticate': challenge }),
    ...(retryAfterSeconds !== undefined && { 'Retry-After': seconds }),
    ...(quota !== undefined && usedUp(quota, seconds)),
    'Cache-Control': 'no-store',
  };
}

/** RateLimit fields for HTTP (draft-ietf-httpapi-ratelimit-headers-10): the quota, and that nothing of it is left for so long. */
const usedUp = ({ requests, windowSeconds }: Rate, seconds: string): Record<string, string> => ({
  'RateLimit-Policy': `"default";q=${requests};w=${windowSeconds}`,
  RateLimit: `"default";r=0;t=${seconds}`,
});

/** One for the process, as its log is. */
const REPORTS = new ProblemReports();

/** Logs what an operator should know about: an error that is ours. */
export function reportProblem(logger: Logger, requestId: string, error: AppError): void {
  REPORTS.report(logger, requestId, error);
}

@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Problem');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const found = toAppError(thrown);
    // Where nothing is, it does not matter of what kind the body was.
    const isNowhere = request.is404 && found.code === 'UNSUPPORTED_MEDIA_TYPE';
    const error = isNowhere ? toAppError({ statusCode: 404 }) : found;
    reportProblem(this.logger, request.id, error);
    if (reply.sent) return;
    const protocol = foreignProtocolOf(request);
    if (protocol === null) sendProblem(reply, request.id, error);
    else sendForeign(reply, request.id, error, protocol);
  }
}
