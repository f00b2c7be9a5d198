// The rate limit over two workers, with the real buckets behind them and a clock moved by hand.
import { linkPeers, type LinkedPeers } from '../../test/support/linked-workers.ts';
import { PrimaryRateLimiter } from '../common/rate-limit/primary-rate-limiter.ts';
import { SharedRate } from './shared-rate.ts';

const LIMIT = { requests: 160, windowSeconds: 60 };
const WORKERS = 2;
/** An eighth of the limit for all workers. */
const BLOCK = 10;

let now: number;
let links: LinkedPeers[];
let limiters: PrimaryRateLimiter[];
/** How often the primary was asked. */
let asked: number;

beforeEach(() => {
  now = 5_000;
  asked = 0;
  start(LIMIT);
});
afterEach(end);

function start(rate: typeof LIMIT): void {
  const shared = new SharedRate(rate, WORKERS, () => now);
  links = Array.from({ length: WORKERS }, linkPeers);
  for (const { primary } of links) shared.serve(primary);
  limiters = links.map(({ worker }) => {
    const counting = {
      ask: (question: string, body: unknown) => {
        asked += 1;
        return worker.ask(question, body);
      },
      answer: worker.answer.bind(worker),
    };
    return new PrimaryRateLimiter(rate, counting, () => now);
  });
}

function end(): void {
  for (const { cut } of links) cut();
}

async function take(worker: number, client = 'a'): Promise<number> {
  const limiter = limiters[worker];
  if (limiter === undefined) throw new Error(`there is no worker ${worker}`);
  return limiter.take(client);
}

/** How many of so many requests were let through, taken in turn by the workers given. */
async function passed(count: number, workers: readonly number[]): Promise<number> {
  let passed = 0;
  for (let i = 0; i < count; i++)
    if ((await take(workers[i % workers.length] ?? 0)) === 0) passed += 1;
  return passed;
}

describe('the rate limit over several workers', () => {
  it('lets one window through, whichever workers are asked', async () => {
    expect(await passed(500, [0, 1])).toBe(LIMIT.requests);
  });

  it('lets one window through a single worker', async () => {
    expect(await passed(500, [1])).toBe(LIMIT.requests);
  });

  it('lets the same through when all requests come at once', async () => {
    const waits = await Promise.all(Array.from({ length: 500 }, (_, i) => take(i % WORKERS)));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(LIMIT.requests);
  });

  it('asks the primary once for a block, and not again before there can be another', async () => {
    await passed(500, [0]);
    expect(asked).toBe(LIMIT.requests / BLOCK + 1);
    expect(await take(0)).toBe((BLOCK / LIMIT.requests) * 60_000);
    now += 3_000;
    await passed(500, [0]);
    expect(asked).toBe(LIMIT.requests / BLOCK + 1);
    now += 751;
    expect(await passed(500, [0])).toBe(BLOCK);
  });

  it('asks nobody while tokens are left: the answer is there at once', async () => {
    await take(0);
    expect(limiters[0]?.take('a')).toBe(0);
    expect(asked).toBe(1);
  });

  it('refuses too early by no more than what other workers hold', async () => {
    await take(0);
    expect(await passed(500, [1])).toBe(LIMIT.requests - BLOCK);
  });

  it('lets through too much by no more than an eighth, where workers kept tokens from before', async () => {
    await take(0);
    await take(1);
    now += 60_000;
    const [most, least] = [LIMIT.requests * (1 + 1 / 8), LIMIT.requests];
    const through = await passed(500, [0, 1]);
    expect(through).toBeGreaterThan(least);
    expect(through).toBeLessThanOrEqual(most);
  });

  it('holds for limits that are smaller than a block for each worker', async () => {
    end();
    start({ requests: 3, windowSeconds: 60 });
    expect(await passed(50, [0, 1])).toBe(3);
  });

  it('rejects when the primary is gone', async () => {
    links[0]?.cut();
    await expect(take(0)).rejects.toMatchObject({ code: 'EPIPE' });
  });
});
