// What ends the reading of an upload: faults that no single row can be blamed for.
import { AppError, type AppErrorOptions } from '../../common/errors.ts';

export const invalidUpload = (detail: string, options: AppErrorOptions = {}): AppError =>
  new AppError('INVALID_INPUT', detail, options);

export const malformedUpload = (detail: string): AppError => new AppError('MALFORMED_JSON', detail);

export const emptyUpload = (): AppError =>
  invalidUpload('The upload is empty; send at least one row.');
