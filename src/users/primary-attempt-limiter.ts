// The limit of failed logins where several workers share one: the primary says when this worker may look at the password, and hears how it ended.
import { randomUUID } from 'node:crypto';
import type { Primary } from '../common/siblings.ts';
import { AttemptLimiter, tooManyAttempts } from './attempt-limiter.ts';

/** The question `attempt`; while it is being answered the primary asks `verify` with the ticket. */
export interface AttemptAsked {
  readonly account: string;
  readonly address: string;
  readonly ticket: string;
}

/** Its answer where the attempt was not made; null where it was. */
export interface AttemptRefused {
  readonly retryAfterSeconds: number;
}

export class PrimaryAttemptLimiter extends AttemptLimiter {
  /** What is under way, by ticket: whether it was right. */
  readonly #attempts = new Map<string, () => Promise<boolean>>();

  constructor(private readonly primary: Primary) {
    super();
    primary.answer('verify', (ticket: string) => this.#attempts.get(ticket)?.());
  }

  async attempt<T>(
    account: string,
    address: string,
    verify: () => Promise<T | null>,
  ): Promise<T | null> {
    const ticket = randomUUID();
    let outcome: Promise<T | null> = Promise.resolve(null);
    this.#attempts.set(ticket, async () => (await (outcome = verify())) !== null);
    try {
      const asked: AttemptAsked = { account, address, ticket };
      const refused = (await this.primary.ask('attempt', asked)) as AttemptRefused | null;
      if (refused !== null) throw tooManyAttempts(refused.retryAfterSeconds);
    } catch (error) {
      // What went wrong here crossed over and came back as words only.
      await outcome;
      throw error;
    } finally {
      this.#attempts.delete(ticket);
    }
    return outcome;
  }
}
