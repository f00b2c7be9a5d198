// The cache of rows, with a clock that the test moves.
import { RowCache } from './row-cache.ts';

describe('RowCache', () => {
  let clock = 0;
  let reads = 0;
  let stored: string | null = 'old';
  const cacheOf = (load = (): Promise<string | null> => Promise.resolve(stored)) =>
    new RowCache(
      () => {
        reads++;
        return load();
      },
      () => clock,
    );
  beforeEach(() => {
    [clock, reads, stored] = [0, 0, 'old'];
  });

  it('reads a row once a second', async () => {
    const cache = cacheOf();
    await cache.get('a');
    stored = 'new';
    clock = 999;
    expect(await cache.get('a')).toBe('old');
    clock = 1000;
    expect(await cache.get('a')).toBe('new');
    expect(reads).toBe(2);
  });

  it('reads again after forget, also where an older read is still under way', async () => {
    const release: ((row: string) => void)[] = [];
    const cache = cacheOf(() => new Promise((resolve) => release.push(resolve)));
    const before = cache.get('a');
    cache.forget('a');
    const after = cache.get('a');
    release[1]?.('new');
    release[0]?.('old');
    expect([await before, await after, await cache.get('a')]).toEqual(['old', 'new', 'new']);
  });

  it('keeps neither an absent row nor a failure', async () => {
    stored = null;
    const absent = cacheOf();
    expect(await absent.get('a')).toBeNull();
    stored = 'made since';
    expect(await absent.get('a')).toBe('made since');
    let down = true;
    const failing = cacheOf(() =>
      down ? Promise.reject(new Error('down')) : Promise.resolve('up'),
    );
    await expect(failing.get('a')).rejects.toThrow('down');
    down = false;
    expect(await failing.get('a')).toBe('up');
  });
});
