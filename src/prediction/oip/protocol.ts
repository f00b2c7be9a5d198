// How the Open Inference Protocol says that something went wrong: `{ error }`, whatever it was.
import { explain, type ForeignProtocol } from '../../common/foreign-route.ts';
import type { AppError } from '../../common/errors.ts';

export const OIP_PROTOCOL: ForeignProtocol = Object.freeze({
  errorBody: (error: AppError) => ({ error: explain(error) }),
  errorExample: {
    error:
      'This is no inference request. Expected inputs[0].data: as many values as its shape says, not 59.',
  },
});
