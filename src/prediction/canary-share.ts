// Which callers a canary answers: a stable share of them, by hash.
import { hash } from 'node:crypto';

/**
 * Whether a caller, named by their key or user id, is among the share, a number from 0 to 1. One caller is always on the same side, on
 * every server; a larger share keeps everyone whom a smaller one took.
 */
export const inCanary = (caller: string, share: number): boolean =>
  hash('sha256', caller, 'buffer').readUInt32BE(0) < share * 2 ** 32;
