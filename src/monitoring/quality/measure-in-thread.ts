// Quality as the server has it measured: in a thread that ends with its answer.
import { once } from 'node:events';
import { AppError } from '../../common/errors.ts';
import { startThread } from '../../common/start-thread.ts';
import type { MeasuredQuality } from './measure-quality.ts';
import type { QualityAnswer, QualityOrder } from './quality-thread.ts';

const ENTRY = new URL('./quality-thread', import.meta.url);

/** `entry`: URL of the thread's module, without extension. Throws BUNDLE_INVALID; what became of a thread that gave no answer; `signal`'s reason. */
export async function measureInThread(
  order: QualityOrder,
  signal: AbortSignal,
  entry = ENTRY,
): Promise<MeasuredQuality> {
  signal.throwIfAborted();
  const thread = startThread(entry, order);
  // Rejects with what the thread threw; of one that ends without answer, with its end.
  const ended = once(thread, 'exit').then(([code]) => {
    throw new Error(`the thread that measures quality ended (exit code ${code})`);
  });
  try {
    const [answer] = (await Promise.race([once(thread, 'message', { signal }), ended])) as [
      QualityAnswer,
    ];
    if ('measured' in answer) return answer.measured;
    const { code, detail } = answer.failure;
    throw code === null ? new Error(detail) : new AppError(code, detail);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    ended.catch(() => undefined);
    await thread.terminate();
  }
}
