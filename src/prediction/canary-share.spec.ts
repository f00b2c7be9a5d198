import { randomUUID } from 'node:crypto';
import { inCanary } from './canary-share.ts';

const KEYS = Array.from({ length: 10_000 }, (_, i) => `customer-${i}`);

describe('inCanary', () => {
  it.each([0.01, 0.1, 0.5])('takes a share of %p of 10,000 keys, within one percent', (share) => {
    const taken = KEYS.filter((key) => inCanary(key, share)).length / KEYS.length;
    expect(taken).toBeGreaterThan(share - 0.01);
    expect(taken).toBeLessThan(share + 0.01);
  });

  it('keeps a caller on one side', () => {
    for (const key of KEYS.slice(0, 1000)) expect(inCanary(key, 0.1)).toBe(inCanary(key, 0.1));
    // Not by chance of this process: these sides are fixed for good.
    expect(['customer-1', 'customer-2', 'Zoë'].map((key) => inCanary(key, 0.5))).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('keeps everyone when the share grows', () => {
    const tenth = KEYS.filter((key) => inCanary(key, 0.1));
    expect(tenth.every((key) => inCanary(key, 0.2))).toBe(true);
  });

  it('takes nobody at 0 and everybody at 1', () => {
    const ids = Array.from({ length: 1000 }, () => randomUUID());
    expect(ids.some((id) => inCanary(id, 0))).toBe(false);
    expect(ids.every((id) => inCanary(id, 1))).toBe(true);
  });
});
