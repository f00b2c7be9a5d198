// How MLflow's scoring protocol says that something went wrong: `{ error_code, message }`, with MLflow's own names of codes.
import { explain, type ForeignProtocol } from '../../common/foreign-route.ts';
import { CATALOGUE, type AppError, type ErrorCode } from '../../common/errors.ts';

const OF_CODE: Partial<Record<ErrorCode, string>> = {
  INVALID_INPUT: 'INVALID_PARAMETER_VALUE',
  FORBIDDEN: 'PERMISSION_DENIED',
  TOO_MANY_REQUESTS: 'REQUEST_LIMIT_EXCEEDED',
};
const OF_STATUS: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  404: 'RESOURCE_DOES_NOT_EXIST',
  500: 'INTERNAL_ERROR',
  503: 'TEMPORARILY_UNAVAILABLE',
};

export const MLFLOW_PROTOCOL: ForeignProtocol = Object.freeze({
  errorBody: (error: AppError) => ({
    error_code: OF_CODE[error.code] ?? OF_STATUS[CATALOGUE[error.code].status] ?? 'BAD_REQUEST',
    message: explain(error),
  }),
  errorExample: {
    error_code: 'INVALID_PARAMETER_VALUE',
    message:
      'The input does not fit the model: rows[3].mean radius. Expected rows[3].mean radius: a number, at least 0, not a string.',
  },
});
