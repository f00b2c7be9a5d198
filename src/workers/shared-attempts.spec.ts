// The limit of failed logins over several workers, with the real counter behind them.
import { setTimeout as pause } from 'node:timers/promises';
import { linkPeers, type LinkedPeers } from '../../test/support/linked-workers.ts';
import { parseConfig } from '../config/load-config.ts';
import { PrimaryAttemptLimiter } from '../users/primary-attempt-limiter.ts';
import { SharedAttempts } from './shared-attempts.ts';

let links: LinkedPeers[];
let limiters: PrimaryAttemptLimiter[];
beforeEach(() => {
  const shared = new SharedAttempts(parseConfig({ LOGIN_ATTEMPTS: '3' }));
  links = [linkPeers(), linkPeers()];
  for (const { primary } of links) shared.serve(primary);
  limiters = links.map(({ worker }) => new PrimaryAttemptLimiter(worker));
});
afterEach(() => {
  for (const { cut } of links) cut();
});

const wrong = () => Promise.resolve(null);
const right = () => Promise.resolve({ id: 'the user' });
const attempt = (worker: number, verify: () => Promise<unknown> = wrong): Promise<unknown> => {
  const limiter = limiters[worker];
  if (limiter === undefined) throw new Error(`there is no worker ${worker}`);
  return limiter.attempt('account', '192.0.2.1', verify);
};

describe('the limit of failed logins over several workers', () => {
  it('counts what any of them sees, and says when to come back', async () => {
    for (const worker of [0, 1, 0]) expect(await attempt(worker)).toBeNull();
    for (const worker of [0, 1])
      await expect(attempt(worker, right)).rejects.toMatchObject({
        code: 'TOO_MANY_REQUESTS',
        retryAfterSeconds: 900,
      });
  });

  it('answers what was verified, in the worker that verified it', async () => {
    expect(await attempt(0, right)).toEqual({ id: 'the user' });
    expect(await attempt(1)).toBeNull();
  });

  it('refuses none of a burst of right ones, whichever workers get them', async () => {
    const slow = () => pause(2, { id: 'the user' });
    const all = await Promise.all(Array.from({ length: 20 }, (_, i) => attempt(i % 2, slow)));
    expect(all).toEqual(all.map(() => ({ id: 'the user' })));
  });

  it('lets no burst of wrong ones outrun the limit', async () => {
    let verified = 0;
    const count = () => pause(2, null).finally(() => (verified += 1));
    await Promise.allSettled(Array.from({ length: 20 }, (_, i) => attempt(i % 2, count)));
    expect(verified).toBe(3);
  });

  it('throws what kept the password from being verified, as it was', async () => {
    const fault = new Error('the database is away');
    await expect(attempt(0, () => Promise.reject(fault))).rejects.toBe(fault);
  });

  it('goes on with the next one when a worker dies over an attempt', async () => {
    const stuck = attempt(0, () => new Promise(() => {}));
    await pause(20);
    const next = attempt(1, right);
    links[0]?.cut();
    await expect(next).resolves.toEqual({ id: 'the user' });
    void stuck;
  });
});
