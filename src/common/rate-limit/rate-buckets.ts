// A token bucket for each client: it holds the requests of one window, and fills evenly over one.
import { RateLimiter, type Rate } from './rate-limiter.ts';
import { RecentClients } from './recent-clients.ts';

interface Bucket {
  tokens: number;
  filledAt: number;
}

export class RateBuckets extends RateLimiter {
  readonly #size: number;
  readonly #perMs: number;
  /** Who did not come for a window has a full bucket, which is no more than nobody knows of him. */
  readonly #buckets: RecentClients<Bucket>;

  constructor(
    { requests, windowSeconds }: Rate,
    private readonly now: () => number = () => performance.now(),
  ) {
    super();
    const windowMs = windowSeconds * 1000;
    this.#size = requests;
    this.#perMs = requests / windowMs;
    const full = (filledAt: number): Bucket => ({ tokens: requests, filledAt });
    this.#buckets = new RecentClients(windowMs, full, now());
  }

  /** `tokens`: all of them or none. */
  take(client: string, tokens = 1): number {
    const now = this.now();
    const bucket = this.#buckets.get(client, now);
    const filled = bucket.tokens + (now - bucket.filledAt) * this.#perMs;
    bucket.tokens = Math.min(this.#size, filled);
    bucket.filledAt = now;
    const missing = tokens - bucket.tokens;
    if (missing > 0) return missing / this.#perMs;
    bucket.tokens -= tokens;
    return 0;
  }
}
