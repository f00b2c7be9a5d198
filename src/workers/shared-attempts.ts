// The limit of failed logins, counted once for all workers: the primary keeps the count, the worker that was asked checks the password.
import { AppError } from '../common/errors.ts';
import type { Config } from '../config/load-config.ts';
import { MemoryAttemptLimiter } from '../users/attempt-limiter.ts';
import type { AttemptAsked, AttemptRefused } from '../users/primary-attempt-limiter.ts';
import type { Peer } from './peer.ts';

export class SharedAttempts {
  readonly #limiter: MemoryAttemptLimiter;

  constructor(config: Config) {
    this.#limiter = new MemoryAttemptLimiter(config);
  }

  serve(worker: Peer): void {
    worker.answer('attempt', ({ account, address, ticket }: AttemptAsked) =>
      this.#limiter
        .attempt(account, address, async () =>
          (await worker.ask('verify', ticket)) === true ? true : null,
        )
        .then(() => null, refusalOf),
    );
  }
}

function refusalOf(error: unknown): AttemptRefused {
  if (error instanceof AppError && error.retryAfterSeconds !== undefined)
    return { retryAfterSeconds: error.retryAfterSeconds };
  throw error;
}
