// HTTP to an MLflow server on global fetch: authentication, timeouts, retries, and every kind of refusal as an AppError that says what to
// change. Upstream messages travel as the error's cause (for the log), never in its detail: MLflow's contain values and SQL.
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { AppError } from '../../common/errors.ts';
import { activeSpan, errorTypeOf } from '../../tracing/active-span.ts';

export interface MlflowConnection {
  /** http(s)://host:port, with a path prefix where MLflow stands behind one. */
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Sent as a Bearer token; wins over username and password. */
  readonly token?: string | undefined;
  /** How long one answer may take, and how long a file transfer may stand still. */
  readonly timeoutMs?: number | undefined;
}

export interface MlflowRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the server's address, percent-encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: object | Uint8Array<ArrayBuffer>;
  /** Whether sending it twice does what sending it once does; only then it is retried. */
  readonly idempotent: boolean;
}

/** Reads the body of a good answer; `alive` is called for each piece that arrives, so that only silence times out. */
export type AnswerReader<T> = (response: Response, alive: () => void) => Promise<T>;

const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 200;
/** A server that asks for a longer pause is reported as unavailable, with its Retry-After. */
const LONGEST_PAUSE_MS = 5000;
const DEFAULT_TIMEOUT_MS = 10_000;
/** The slowest link on which an upload still counts as alive: fetch does not tell its progress. */
const SLOWEST_UPLOAD_BYTES_PER_MS = 250;

const errorAnswer = z.object({ error_code: z.string(), message: z.string().optional() });

/** A failure that may pass: worth another attempt where the request is idempotent. */
class TransientFailure extends Error {
  constructor(
    readonly failure: AppError,
    readonly retryAfterMs: number | null,
  ) {
    super(failure.message);
  }
}

export class MlflowHttp {
  readonly #base: string;
  readonly #authorization: string | null;
  readonly #timeoutMs: number;

  constructor(connection: MlflowConnection) {
    const url = new URL(connection.url);
    this.#authorization = authorizationOf(connection, url);
    this.#base = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
    this.#timeoutMs = connection.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  }

  /** Sends, and checks the JSON of the answer against the schema. */
  async json<T>(schema: z.ZodType<T>, request: MlflowRequest): Promise<T> {
    const text = await this.send(request, (response) => response.text());
    const parsed = schema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    throw unavailable(
      'MLFLOW_TRACKING_URI answered with something that is not an answer of MLflow 3; check the address and what stands in front of it',
      parsed.error,
    );
  }

  /** Sends, and hands the good answer to `read`; a retry reads again from the start. */
  async send<T>(request: MlflowRequest, read: AnswerReader<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(request, read);
      } catch (error) {
        if (!(error instanceof TransientFailure)) throw error;
        const wait = error.retryAfterMs ?? backoffMs(attempt);
        if (!request.idempotent || attempt === ATTEMPTS || wait > LONGEST_PAUSE_MS)
          throw error.failure;
        await pause(wait);
      }
    }
  }

  async #attempt<T>(request: MlflowRequest, read: AnswerReader<T>): Promise<T> {
    const silence = new AbortController();
    const timer = setTimeout(
      () => {
        silence.abort();
      },
      this.#timeoutMs + uploadMs(request),
    );
    try {
      const response = await this.#fetch(request, silence.signal);
      if (!response.ok) throw this.#refusal(response, await response.text());
      return await read(response, () => timer.refresh());
    } catch (error) {
      if (error instanceof AppError || error instanceof TransientFailure) throw error;
      if (silence.signal.aborted)
        throw unavailable(`MLflow did not answer within ${this.#timeoutMs / 1000} s`, error);
      if (isNetworkFailure(error)) throw unreachable(error);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Told to the trace of the request that needs it, until the answer begins. */
  async #fetch(request: MlflowRequest, signal: AbortSignal): Promise<Response> {
    const { method, path } = request;
    const call = activeSpan()?.call(method, `${this.#base}${path}`);
    try {
      const headers = { ...this.#headers(request), ...call?.headers };
      const response = await fetch(this.#address(request), {
        ...{ method, headers, signal },
        ...bodyOf(request),
      });
      call?.answered(response.status);
      return response;
    } catch (error) {
      call?.failed(signal.aborted ? 'timeout' : (codeOf(error) ?? errorTypeOf(error)));
      throw error;
    }
  }

  #address({ path, query }: MlflowRequest): string {
    return `${this.#base}${path}${query === undefined ? '' : `?${new URLSearchParams(query).toString()}`}`;
  }

  #headers({ body }: MlflowRequest): Record<string, string> {
    return {
      // Mandatory for MLflow's JSON routes, also for a GET.
      'Content-Type': body instanceof Uint8Array ? 'application/octet-stream' : 'application/json',
      ...(this.#authorization === null ? {} : { Authorization: this.#authorization }),
    };
  }

  /** What a refusing answer means. MLflow answers in JSON, but its host check, its login and unknown routes in text or HTML. */
  #refusal(response: Response, text: string): AppError | TransientFailure {
    const { status } = response;
    const answer = errorAnswer.safeParse(parseJson(text));
    const errorCode = answer.success ? answer.data.error_code : null;
    const cause = new Error(`MLflow answered ${status}: ${text.slice(0, 500)}`);
    if (status === 408 || status === 429 || status >= 500) return passing(response, cause);
    if (status === 401) return unavailable(this.#unauthorised(), cause);
    if (status === 403) return unavailable(forbidden(text), cause);
    if (errorCode === 'RESOURCE_ALREADY_EXISTS' || status === 409)
      return new AppError('CONFLICT', 'MLflow already has one of this name', { cause });
    if (errorCode !== null && status === 404)
      return new AppError('NOT_FOUND', 'MLflow has no such resource', { cause });
    if (errorCode !== null && status === 400)
      return new AppError('BAD_REQUEST', `MLflow refused the request (${errorCode})`, { cause });
    return unavailable(
      `no MLflow 3 API was found at MLFLOW_TRACKING_URI (answer ${status}); check the address and its path`,
      cause,
    );
  }

  #unauthorised(): string {
    const variables =
      'MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN';
    return this.#authorization === null
      ? `MLflow asks for credentials (401): set ${variables}`
      : `MLflow refused the credentials (401): correct ${variables}`;
  }
}

function authorizationOf(connection: MlflowConnection, url: URL): string | null {
  if (connection.token !== undefined) return `Bearer ${connection.token}`;
  const username = connection.username ?? decodeURIComponent(url.username);
  const password = connection.password ?? decodeURIComponent(url.password);
  if (username === '') return null;
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function bodyOf({ body }: MlflowRequest): { body?: string | Uint8Array<ArrayBuffer> } {
  if (body === undefined) return {};
  return { body: body instanceof Uint8Array ? body : JSON.stringify(body) };
}

const uploadMs = ({ body }: MlflowRequest): number =>
  body instanceof Uint8Array ? body.byteLength / SLOWEST_UPLOAD_BYTES_PER_MS : 0;

function forbidden(text: string): string {
  return text.includes('Invalid Host header')
    ? "MLflow's host check refused the host of MLFLOW_TRACKING_URI (403): start MLflow with --allowed-hosts naming host and port, for example --allowed-hosts 'mlflow:*,localhost:*,127.0.0.1:*'"
    : 'MLflow denies this to the account of MLFLOW_TRACKING_USERNAME or MLFLOW_TRACKING_TOKEN (403): grant it EDIT on the experiment and the registered model';
}

function passing(response: Response, cause: Error): TransientFailure {
  const retryAfterMs = retryAfter(response.headers.get('retry-after'));
  const failure = new AppError(
    'REGISTRY_UNAVAILABLE',
    `MLflow cannot answer at present (${response.status})`,
    {
      cause,
      ...(retryAfterMs === null ? {} : { retryAfterSeconds: Math.ceil(retryAfterMs / 1000) }),
    },
  );
  return new TransientFailure(failure, retryAfterMs);
}

/** Retry-After in its two forms, seconds and an HTTP date. */
function retryAfter(header: string | null): number | null {
  if (header === null) return null;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

/** Doubles with each attempt; jittered, so that servers that lost MLflow together do not come back together. */
const backoffMs = (attempt: number): number =>
  FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random());

/** fetch reports every failure below HTTP as a TypeError with the system's error as its cause, before the answer and within it. */
const isNetworkFailure = (error: unknown): error is Error & { readonly cause: unknown } =>
  hasName(error, 'TypeError') && error.cause !== undefined;

/** Not instanceof: fetch's errors may be of another realm than this code. */
const hasName = (error: unknown, name: string): error is Error =>
  typeof error === 'object' && error !== null && 'name' in error && error.name === name;

function unreachable(error: Error & { readonly cause: unknown }): TransientFailure {
  const code = codeOf(error);
  const why = code === null ? '' : ` (${code})`;
  return new TransientFailure(
    unavailable(`MLflow cannot be reached at MLFLOW_TRACKING_URI${why}`, error),
    null,
  );
}

/** The system's code below an error of fetch; null where it has none. */
function codeOf(error: unknown): string | null {
  const cause = isNetworkFailure(error) ? error.cause : null;
  return typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : null;
}

const unavailable = (detail: string, cause: unknown): AppError =>
  new AppError('REGISTRY_UNAVAILABLE', detail, { cause });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
