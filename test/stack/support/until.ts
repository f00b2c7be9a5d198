// Waiting for a state of another process, and measuring how long it took.
import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds until it holds; throws after `limitMs`. A question that fails counts as no. */
export async function untilTrue(
  holds: () => Promise<boolean>,
  limitMs: number,
  everyMs = 50,
): Promise<number> {
  const began = performance.now();
  for (;;) {
    if (await holds().catch(() => false)) return performance.now() - began;
    if (performance.now() - began > limitMs)
      throw new Error(`it does not hold after ${limitMs} ms: ${String(holds)}`);
    await pause(everyMs);
  }
}
