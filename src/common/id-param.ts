// The `:id` of a route as a UUID. Anything else names nothing that exists: 404, before it reaches the database.
import { Param, ParseUUIDPipe } from '@nestjs/common';
import { AppError } from './errors.ts';

/** `@IdParam('user') id: string`; the noun is for the message. */
export const IdParam = (noun: string): ParameterDecorator =>
  Param(
    'id',
    new ParseUUIDPipe({
      exceptionFactory: () => new AppError('NOT_FOUND', `There is no ${noun} with this id.`),
    }),
  );
