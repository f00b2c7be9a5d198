// PORT: how many requests a client may make (RATE_LIMIT). Adapters: buckets in this process; blocks of tokens from the primary of several workers.

export interface Rate {
  readonly requests: number;
  readonly windowSeconds: number;
}

export abstract class RateLimiter {
  /**
   * Counts one request. Milliseconds until the client is let through again; 0: this request is. A promise only where another process
   * has to be asked.
   */
  abstract take(client: string): number | Promise<number>;
}
