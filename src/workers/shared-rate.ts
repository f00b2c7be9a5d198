// The rate limit of all workers: the primary keeps the buckets and gives tokens in blocks, so that few requests wait for another process.
import type { TokensGiven } from '../common/rate-limit/primary-rate-limiter.ts';
import { RateBuckets } from '../common/rate-limit/rate-buckets.ts';
import type { Rate } from '../common/rate-limit/rate-limiter.ts';
import type { Peer } from './peer.ts';

/**
 * What all workers may hold of a client's tokens at once. A client whose requests change workers is refused so much too early, or, where
 * workers kept blocks from before, let through so much too often.
 */
const HELD_SHARE = 1 / 8;

export class SharedRate {
  readonly #buckets: RateBuckets;
  readonly #block: number;

  constructor(rate: Rate, workers: number, now?: () => number) {
    this.#buckets = new RateBuckets(rate, now);
    this.#block = Math.max(1, Math.floor((rate.requests * HELD_SHARE) / workers));
  }

  serve(worker: Peer): void {
    worker.answer('tokens', (client: string): TokensGiven => {
      const waitMs = this.#buckets.take(client, this.#block);
      return { tokens: waitMs === 0 ? this.#block : 0, waitMs };
    });
  }
}
