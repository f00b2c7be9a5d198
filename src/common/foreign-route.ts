// A route of another protocol: it gets its body as bytes and reads them by its own rules, and its errors have that protocol's shape, those
// that arise before a handler is reached (authentication, size of the body) too.
import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension, ApiResponse } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AppError, CATALOGUE, type ErrorCode } from './errors.ts';

export interface ForeignProtocol {
  /** The body of an error answer. */
  readonly errorBody: (error: AppError) => object;
  /** The same for the OpenAPI document. */
  readonly errorExample: object;
}

/** On an operation of the OpenAPI document: its errors are no problems, and it documents them itself. */
export const FOREIGN_ERRORS = 'x-foreign-errors';

const MEANINGS: Readonly<Record<number, string>> = {
  400: 'The body cannot be read or does not fit the model',
  401: 'Authentication is required',
  403: 'The credentials do not grant this',
  404: 'This model or version is not served here',
  413: 'The body is too large, or holds too many rows',
  415: 'The content type is not supported',
  429: 'The rate limit is reached; Retry-After says when to come back',
  500: 'The model could not be run',
  503: 'No model is being served yet, or the prediction could not be stored; Retry-After says when to come back',
};
const MAX_NAMED = 10;

/** Marks a handler as one of the protocol, and documents the statuses of its errors. */
export function ForeignRoute(
  protocol: ForeignProtocol,
  statuses: readonly number[] = [],
): MethodDecorator {
  const schema = { type: 'object', example: protocol.errorExample };
  return applyDecorators(
    RouteConfig({ foreign: protocol }),
    ApiExtension(FOREIGN_ERRORS, true),
    ...statuses.map((status) =>
      ApiResponse({
        status,
        description: MEANINGS[status] ?? '',
        content: { 'application/json': { schema } },
      }),
    ),
  );
}

/** The protocol of the route that a request was for; null where it is one of ours, or none. */
export function foreignProtocolOf(request: FastifyRequest): ForeignProtocol | null {
  const { foreign } = request.routeOptions.config as { foreign?: ForeignProtocol };
  return foreign ?? null;
}

/** The other protocols know no 422: what cannot be read and what does not fit are both 400. */
export function foreignStatusOf(code: ErrorCode): number {
  const { status } = CATALOGUE[code];
  return status === 422 ? 400 : status;
}

/** An error in one text, as the other protocols have it: the sentence, and what was expected of the first fields that do not fit. */
export function explain({ message, errors }: AppError): string {
  if (errors === undefined) return message;
  const fields = errors.slice(0, MAX_NAMED).map(({ field, expected, received }) => {
    const came = received === undefined ? '' : `, not ${received}`;
    return `${field}: ${expected}${came}`;
  });
  return `${message} Expected ${fields.join('; ')}.`;
}

/** The body of a request to such a route. Throws BAD_REQUEST where there is none, UNSUPPORTED_MEDIA_TYPE for a form. */
export function bytesOf(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  if (body === undefined) throw new AppError('BAD_REQUEST', 'The body is missing.');
  throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'A form is not read here; send JSON.');
}
