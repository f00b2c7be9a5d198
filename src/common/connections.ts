// How long a connection may take to send a request, and what one is told that sends no HTTP: a problem like every other error, then its end.
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyServerOptions } from 'fastify';
import { AppError } from './errors.ts';
import { problemAnswer } from './problem.filter.ts';

/** Of the time for a whole request: what its head may take, and how exactly both are kept. */
const HEAD_SHARE = 1 / 3;
const CHECK_SHARE = 1 / 20;

interface ConnectionOptions {
  readonly requestTimeout: number;
  readonly http: {
    readonly headersTimeout: number;
    readonly connectionsCheckingInterval: number;
  };
  readonly clientErrorHandler: NonNullable<FastifyServerOptions['clientErrorHandler']>;
}

/** Options of Fastify. Who sends one byte now and then would otherwise keep a connection, and what belongs to it, for as long as he likes. */
export function connectionOptions(requestSeconds: number): ConnectionOptions {
  const requestTimeout = requestSeconds * 1000;
  return {
    requestTimeout,
    http: {
      headersTimeout: Math.ceil(requestTimeout * HEAD_SHARE),
      connectionsCheckingInterval: Math.ceil(requestTimeout * CHECK_SHARE),
    },
    clientErrorHandler: answerClientError,
  };
}

function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code !== 'ECONNRESET' && socket.writable && !isAnswering(socket)) {
    const { status, headers, body } = problemAnswer(toAppError(error), randomUUID());
    const lines = Object.entries({
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
    return new AppError('HEADERS_TOO_LARGE', 'The headers are larger than 16 KiB.');
  return new AppError('BAD_REQUEST', 'This is not HTTP/1.1.');
}

/** True where bytes written now would be read as part of another answer; the same question that Node's own handler asks. */
const isAnswering = (socket: Socket): boolean =>
  (socket as { _httpMessage?: ServerResponse | null })._httpMessage?.headersSent === true;
