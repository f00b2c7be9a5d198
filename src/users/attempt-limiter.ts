// PORT: limits failed password attempts per account and per address. Adapters: a count in this process, here; the one that the primary keeps
// for several workers.
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../common/errors.ts';
import type { Config } from '../config/load-config.ts';

export abstract class AttemptLimiter {
  /**
   * Runs one attempt; null is a failed one. Throws TOO_MANY_REQUESTS. Attempts of one address wait in line: in a burst each sees how
   * those before it ended, so a burst of wrong ones cannot outrun the limit and a burst of right ones is not refused.
   */
  abstract attempt<T>(
    account: string,
    address: string,
    verify: () => Promise<T | null>,
  ): Promise<T | null>;
}

export class MemoryAttemptLimiter extends AttemptLimiter {
  private readonly byAccount: RateLimiterMemory;
  private readonly byAddress: RateLimiterMemory;
  /** The last attempt under way from each address. */
  private readonly lines = new Map<string, Promise<unknown>>();

  constructor(config: Config) {
    super();
    const limit = {
      points: config.auth.loginAttempts,
      duration: config.auth.loginWindowSeconds,
    };
    this.byAccount = new RateLimiterMemory(limit);
    this.byAddress = new RateLimiterMemory(limit);
  }

  attempt<T>(account: string, address: string, verify: () => Promise<T | null>): Promise<T | null> {
    const before = this.lines.get(address) ?? Promise.resolve();
    const result = before.then(() => this.counted(account, address, verify));
    const settled = result
      .catch(() => null)
      .then(() => {
        if (this.lines.get(address) === settled) this.lines.delete(address);
      });
    this.lines.set(address, settled);
    return result;
  }

  /** Counts the attempt as failed first (attempts on one account come from many addresses at once), and takes it back if it was right. */
  private async counted<T>(
    account: string,
    address: string,
    verify: () => Promise<T | null>,
  ): Promise<T | null> {
    await consume(this.byAddress, address);
    await consume(this.byAccount, account);
    const outcome = await verify();
    if (outcome !== null) {
      await this.byAccount.delete(account);
      await this.byAddress.reward(address, 1);
    }
    return outcome;
  }
}

async function consume(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    throw tooManyAttempts(Math.max(1, Math.ceil(refused.msBeforeNext / 1000)));
  }
}

export const tooManyAttempts = (retryAfterSeconds: number): AppError =>
  new AppError('TOO_MANY_REQUESTS', 'Too many failed attempts; wait, then try again.', {
    retryAfterSeconds,
  });
