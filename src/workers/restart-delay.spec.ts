// How long the place of a dead worker stays empty.
import { RestartDelay } from './restart-delay.ts';

describe('the delay before a worker is replaced', () => {
  it('is nothing for the first that dies young, and then doubles up to half a minute', () => {
    const delay = new RestartDelay();
    const delays = Array.from({ length: 10 }, () => delay.afterLifeOf(50));
    expect(delays).toEqual([0, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('is nothing again after a long life', () => {
    const delay = new RestartDelay();
    for (let i = 0; i < 5; i++) delay.afterLifeOf(50);
    expect(delay.afterLifeOf(60_000)).toBe(0);
    expect(delay.afterLifeOf(50)).toBe(0);
    expect(delay.afterLifeOf(50)).toBe(500);
  });
});
