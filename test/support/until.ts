// Waiting for a state of another process, and measuring how long it took.
import { setTimeout as pause } from 'node:timers/promises';

/** A machine that does much else at the same time may take so many times as long. */
const BUSY = 5;

/** Milliseconds until it holds; throws after `limitMs` of an idle machine. A question that fails counts as no. */
export async function untilTrue(
  holds: () => Promise<boolean>,
  limitMs: number,
  everyMs = 50,
): Promise<number> {
  const began = performance.now();
  for (;;) {
    if (await holds().catch(() => false)) return performance.now() - began;
    if (performance.now() - began > BUSY * limitMs)
      throw new Error(`it does not hold after ${BUSY * limitMs} ms: ${String(holds)}`);
    await pause(everyMs);
  }
}
