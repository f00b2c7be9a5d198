// The rate limit where several workers share one: a worker takes tokens from the primary in blocks, and counts requests down by itself.
import type { Primary } from '../siblings.ts';
import { RateLimiter, type Rate } from './rate-limiter.ts';
import { RecentClients } from './recent-clients.ts';

/** The answer to the question `tokens`, asked with the client. */
export interface TokensGiven {
  readonly tokens: number;
  /** Where there are none: until there will be. */
  readonly waitMs: number;
}

interface Block {
  tokens: number;
  /** The primary has said that it has none before. */
  emptyUntil: number;
  /** What is under way; requests that come meanwhile wait for the same answer. */
  asked: Promise<void> | null;
}

const emptyBlock = (now: number): Block => ({ tokens: 0, emptyUntil: now, asked: null });

export class PrimaryRateLimiter extends RateLimiter {
  readonly #blocks: RecentClients<Block>;

  constructor(
    { windowSeconds }: Rate,
    private readonly primary: Primary,
    private readonly now: () => number = () => performance.now(),
  ) {
    super();
    this.#blocks = new RecentClients(windowSeconds * 1000, emptyBlock, now());
  }

  take(client: string): number | Promise<number> {
    const now = this.now();
    const block = this.#blocks.get(client, now);
    if (block.tokens > 0) {
      block.tokens -= 1;
      return 0;
    }
    if (now < block.emptyUntil) return block.emptyUntil - now;
    return this.#askAndTake(client, block);
  }

  async #askAndTake(client: string, block: Block): Promise<number> {
    block.asked ??= this.#ask(client, block).finally(() => {
      block.asked = null;
    });
    await block.asked;
    return this.take(client);
  }

  async #ask(client: string, block: Block): Promise<void> {
    const { tokens, waitMs } = (await this.primary.ask('tokens', client)) as TokensGiven;
    block.tokens += tokens;
    block.emptyUntil = this.now() + waitMs;
  }
}
