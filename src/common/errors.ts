// The error catalogue: every error this product can answer, with its HTTP status and title. Domain code throws AppError with a code;
// only problem.filter.ts turns it into HTTP. Messages name fields and expectations, never a caller's values.
import type { Rate } from './rate-limit/rate-limiter.ts';

export const CATALOGUE = {
  MALFORMED_JSON: { status: 400, title: 'The body is not valid JSON' },
  DUPLICATE_KEY: { status: 400, title: 'A key appears twice in a JSON object' },
  BAD_REQUEST: { status: 400, title: 'The request cannot be understood' },
  UNAUTHENTICATED: { status: 401, title: 'Authentication is required' },
  INVALID_TOKEN: { status: 401, title: 'The access token is not valid' },
  INVALID_API_KEY: { status: 401, title: 'The API key is not valid' },
  INVALID_CREDENTIALS: { status: 401, title: 'The credentials are not valid' },
  INVALID_SIGNATURE: { status: 401, title: 'The signature is not valid' },
  INVALID_GRANT: { status: 401, title: 'The refresh token is not valid' },
  FORBIDDEN: { status: 403, title: 'The credentials do not grant this' },
  NOT_FOUND: { status: 404, title: 'There is no such resource' },
  MODEL_NOT_FOUND: { status: 404, title: 'There is no such model version' },
  NOT_ACCEPTABLE: { status: 406, title: 'None of the accepted content types can be answered' },
  REQUEST_TIMEOUT: { status: 408, title: 'The request took too long to arrive' },
  CONFLICT: { status: 409, title: 'The request conflicts with the present state' },
  GATE_FAILED: { status: 409, title: 'The gate refuses the promotion' },
  EXPLANATION_UNAVAILABLE: { status: 409, title: 'The model cannot explain its answers' },
  DRIFT_REFERENCE_UNAVAILABLE: { status: 409, title: 'The model carries no reference for drift' },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The content type is not supported' },
  INVALID_INPUT: { status: 422, title: 'The input does not fit what is expected' },
  TOO_MANY_REQUESTS: { status: 429, title: 'Too many requests' },
  HEADERS_TOO_LARGE: { status: 431, title: 'The headers are too large' },
  INTERNAL: { status: 500, title: 'Internal error' },
  MODEL_ERROR: { status: 500, title: 'The model could not be run' },
  MODEL_NOT_READY: { status: 503, title: 'No verified model is being served yet' },
  UNAVAILABLE: { status: 503, title: 'A part this request needs is not available' },
  BUNDLE_INVALID: { status: 503, title: 'The model bundle is not valid' },
  REGISTRY_UNAVAILABLE: { status: 503, title: 'The model registry is not available' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof CATALOGUE;

/** One field of an invalid input: where, which rule, what was expected and what kind of thing came. Never the value itself. */
export interface FieldError {
  readonly field: string;
  readonly code: string;
  readonly expected: string;
  readonly received?: string;
}

export interface AppErrorOptions {
  readonly errors?: readonly FieldError[];
  /** Further members of the problem (RFC 9457, section 3.2), by their names on the wire. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
  /** What was used up, of TOO_MANY_REQUESTS by RATE_LIMIT. */
  readonly quota?: Rate;
  readonly cause?: unknown;
}

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly errors: readonly FieldError[] | undefined;
  readonly members: Readonly<Record<string, unknown>> | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly quota: Rate | undefined;

  constructor(
    readonly code: ErrorCode,
    detail: string,
    options: AppErrorOptions = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.errors = options.errors;
    this.members = options.members;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.quota = options.quota;
  }
}

/** The message of anything thrown, for logs and for errors that wrap a cause. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
