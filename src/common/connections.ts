// How long a connection may take to send a request, how large its head may be, and what one is told that sends no HTTP: a problem like every other error, then its end.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyServerOptions } from 'fastify';
import { AppError } from './errors.ts';
import { problemAnswer } from './problem.filter.ts';

/** Of the time for a whole request: what its head may take, and how exactly both are kept. */
const HEAD_SHARE = 1 / 3;
const CHECK_SHARE = 1 / 20;
/** Request line and headers together; Node refuses more. */
const MOST_HEAD_BYTES = 16 * 1024;
/** Node would take 2000 and leave out the rest unsaid. */
const MOST_HEADERS = 100;

interface ConnectionOptions {
  readonly requestTimeout: number;
  readonly http: {
    readonly maxHeaderSize: number;
    readonly headersTimeout: number;
    readonly connectionsCheckingInterval: number;
  };
  readonly clientErrorHandler: NonNullable<FastifyServerOptions['clientErrorHandler']>;
}

/** Options of Fastify; `headersOfAll`: of every answer. Who sends one byte now and then would otherwise keep a connection, and what belongs to it, for as long as he likes. */
export function connectionOptions(
  requestSeconds: number,
  headersOfAll: Readonly<Record<string, string>>,
): ConnectionOptions {
  const requestTimeout = requestSeconds * 1000;
  return {
    requestTimeout,
    http: {
      maxHeaderSize: MOST_HEAD_BYTES,
      headersTimeout: Math.ceil(requestTimeout * HEAD_SHARE),
      connectionsCheckingInterval: Math.ceil(requestTimeout * CHECK_SHARE),
    },
    clientErrorHandler: (error, socket) => {
      answerClientError(error, socket, headersOfAll);
    },
  };
}

/** Counted as they came: one name twice is two. */
export const hasTooManyHeaders = ({ rawHeaders }: IncomingMessage): boolean =>
  rawHeaders.length > 2 * MOST_HEADERS;

export const tooManyHeaders = (): AppError =>
  new AppError('HEADERS_TOO_LARGE', `There are more than ${MOST_HEADERS} headers.`);

function answerClientError(
  error: NodeJS.ErrnoException,
  socket: Socket,
  headersOfAll: Readonly<Record<string, string>>,
): void {
  if (error.code !== 'ECONNRESET' && socket.writable && !isAnswering(socket)) {
    const requestId = randomUUID();
    const { status, headers, body } = problemAnswer(toAppError(error), requestId);
    const lines = Object.entries({
      ...headersOfAll,
      'X-Request-Id': requestId,
      ...headers,
      'Content-Length': Buffer.byteLength(body),
      Connection: 'close',
    }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`HTTP/1.1 ${status} \r\n${lines.join('')}\r\n${body}`);
  }
  socket.destroy();
}

function toAppError({ code }: NodeJS.ErrnoException): AppError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new AppError('REQUEST_TIMEOUT', 'The request did not arrive within REQUEST_TIMEOUT.');
  if (code === 'HPE_HEADER_OVERFLOW')
    return new AppError(
      'HEADERS_TOO_LARGE',
      `Request line and headers are larger than ${MOST_HEAD_BYTES / 1024} KiB.`,
    );
  return new AppError('BAD_REQUEST', 'This is not HTTP/1.1.');
}

/** True where bytes written now would be read as part of another answer; the same question that Node's own handler asks. */
const isAnswering = (socket: Socket): boolean =>
  (socket as { _httpMessage?: ServerResponse | null })._httpMessage?.headersSent === true;
