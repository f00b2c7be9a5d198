// RATE_LIMIT, as the doors ask: who is counted as one client, and what the others are told.
import type { Principal } from '../common/access.ts';
import { AppError } from '../common/errors.ts';
import type { Rate, RateLimiter } from '../common/rate-limit/rate-limiter.ts';

/** Each counts one request and answers true, without a turn of the event loop where nobody has to be asked. Throws TOO_MANY_REQUESTS. */
export class RequestLimits {
  constructor(
    private readonly rate: Rate,
    private readonly limiter: RateLimiter,
  ) {}

  /** A user by all his tokens, an API key by itself. Ids never look like addresses. */
  ofCaller({ via, userId, credentialId }: Principal): true | Promise<true> {
    return this.count(via === 'api_key' ? credentialId : userId);
  }

  /** Who calls what needs no credentials, or has none that are good. */
  ofAddress(address: string): true | Promise<true> {
    return this.count(address);
  }

  private count(client: string): true | Promise<true> {
    const waitMs = this.limiter.take(client);
    return typeof waitMs === 'number'
      ? this.admit(waitMs)
      : waitMs.then((known) => this.admit(known));
  }

  private admit(waitMs: number): true {
    if (waitMs === 0) return true;
    throw new AppError('TOO_MANY_REQUESTS', 'The rate limit is reached; wait, then go on.', {
      retryAfterSeconds: waitMs / 1000,
      quota: this.rate,
    });
  }
}
