// Tells long work that nobody waits for its answer any more.
import type { ServerResponse } from 'node:http';
import { AppError } from '../../common/errors.ts';

/** Aborted when the connection closes before the answer is out; its reason is a BAD_REQUEST that nobody reads. */
export function callerLeaves({ raw }: { readonly raw: ServerResponse }): AbortSignal {
  const leaving = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished)
      leaving.abort(new AppError('BAD_REQUEST', 'The client left before the answer.'));
  });
  return leaving.signal;
}
