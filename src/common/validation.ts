// How DTOs are validated: class-validator's findings become one INVALID_INPUT problem that names fields and expectations only.
import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { AppError, type FieldError } from './errors.ts';

/** class-validator's findings, flattened to dotted paths; its messages state constraints and never quote the value. */
function fieldErrorsOf(found: readonly ValidationError[], prefix = ''): FieldError[] {
  return found.flatMap((error) => {
    const field = `${prefix}${error.property.slice(0, 64)}`;
    const own = Object.entries(error.constraints ?? {}).map(([rule, message]) =>
      rule === 'whitelistValidation'
        ? { field, code: 'unknown', expected: 'no such field' }
        : { field, code: rule, expected: message.replace(`${error.property} `, '') },
    );
    return [...own, ...fieldErrorsOf(error.children ?? [], `${field}.`)];
  });
}

export const validationPipe = (): ValidationPipe =>
  new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    stopAtFirstError: false,
    validationError: { target: false, value: false },
    exceptionFactory: (found) => {
      const errors = fieldErrorsOf(found);
      const names = [...new Set(errors.map(({ field }) => field))].join(', ');
      return new AppError('INVALID_INPUT', `The input does not fit: ${names}.`, { errors });
    },
  });
