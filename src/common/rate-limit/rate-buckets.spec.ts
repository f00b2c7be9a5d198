// The token buckets of clients, with a clock moved by hand.
import { RateBuckets } from './rate-buckets.ts';
import { RecentClients } from './recent-clients.ts';

let now: number;
let buckets: RateBuckets;
beforeEach(() => {
  now = 1_000_000.25;
  buckets = new RateBuckets({ requests: 6, windowSeconds: 60 }, () => now);
});

const takeAll = (client: string): number => {
  let taken = 0;
  while (buckets.take(client) === 0) taken += 1;
  return taken;
};

describe('the token bucket of a client', () => {
  it('lets the requests of one window through at once, and no more', () => {
    expect(takeAll('a')).toBe(6);
    expect(buckets.take('a')).toBe(10_000);
  });

  it('fills evenly over the window', () => {
    takeAll('a');
    now += 9_000;
    expect(buckets.take('a')).toBeCloseTo(1_000, 6);
    now += 1_000.001;
    expect(buckets.take('a')).toBe(0);
    expect(buckets.take('a')).toBeGreaterThan(9_990);
  });

  it('holds no more than those of one window, however long nobody came', () => {
    takeAll('a');
    now += 3_600_000;
    expect(takeAll('a')).toBe(6);
  });

  it('is that of one client alone', () => {
    takeAll('a');
    expect(takeAll('b')).toBe(6);
  });

  it('gives all tokens that are asked for or none', () => {
    expect(buckets.take('a', 4)).toBe(0);
    expect(buckets.take('a', 4)).toBe(20_000);
    expect(buckets.take('a', 2)).toBe(0);
  });

  it('is not filled by being refused', () => {
    takeAll('a');
    for (let i = 0; i < 1000; i++) buckets.take('a');
    expect(buckets.take('a')).toBeCloseTo(10_000, 6);
  });

  it('lets through what the rate says in the long run, by whatever steps time goes on', () => {
    let taken = 0;
    for (let i = 0; i < 36_000; i++) {
      now += 100;
      taken += buckets.take('a') === 0 ? 1 : 0;
    }
    // An hour: 360 by the rate, and the 6 of the full bucket.
    expect(taken).toBeGreaterThanOrEqual(365);
    expect(taken).toBeLessThanOrEqual(366);
  });

  it('is not forgotten at the turn of a window', () => {
    now += 59_999;
    takeAll('a');
    now += 2;
    expect(buckets.take('a')).toBeGreaterThan(9_000);
    now += 4_000;
    expect(buckets.take('a')).toBeGreaterThan(5_000);
  });
});

describe('what is known of recent clients', () => {
  const named = (): { clients: RecentClients<object>; made: () => number } => {
    let made = 0;
    const make = (): object => ({ number: (made += 1) });
    return { clients: new RecentClients(60_000, make, 0, 3), made: () => made };
  };

  it('is kept for the time said after the last visit', () => {
    const { clients } = named();
    const first = clients.get('a', 0);
    expect(clients.get('a', 59_999)).toBe(first);
    expect(clients.get('a', 119_998)).toBe(first);
    expect(clients.get('a', 170_000)).toBe(first);
    expect(clients.get('a', 1_000_000)).toBe(first);
  });

  it('is dropped once others came for that time', () => {
    const { clients } = named();
    const first = clients.get('a', 0);
    clients.get('b', 60_000);
    clients.get('b', 120_000);
    expect(clients.get('a', 120_000)).not.toBe(first);
  });

  it('is dropped earlier where there are too many: those who came last stay', () => {
    const { clients, made } = named();
    for (let i = 0; i < 1000; i++) clients.get(`client ${i}`, 0);
    for (let i = 997; i < 1000; i++) clients.get(`client ${i}`, 0);
    expect(made()).toBe(1000);
    clients.get('client 0', 0);
    expect(made()).toBe(1001);
  });
});
