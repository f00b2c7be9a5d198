// Blocks on their way through a scorer: while the thread scores some, the next is read and the one before is written.
import { setImmediate as turn } from 'node:timers/promises';
import type { RowBlock } from './row-block.ts';
import type { ScoredBlock } from './scored-block.ts';

/** Blocks that the thread has or that wait to be written: with three the thread waits for the next one now and then, which costs 3 %. */
const IN_FLIGHT = 6;

/** What reading came to: a block, the end, or what keeps it from going on. */
type Read =
  { readonly block: RowBlock } | { readonly isEnd: true } | { readonly fault: { why: unknown } };

/**
 * In the order of the blocks; `score` is asked for the next one before it has answered. A block that is scored does not wait for one that is
 * still read, and those that were read before a fault are answered before it is thrown.
 */
export async function* scoreBlocks(
  blocks: AsyncIterable<RowBlock>,
  score: (block: RowBlock) => Promise<ScoredBlock>,
): AsyncGenerator<ScoredBlock, void, undefined> {
  const reader = blocks[Symbol.asyncIterator]();
  const scoring: Promise<ScoredBlock>[] = [];
  let reading: Promise<Read> | null = null;
  let ending: Exclude<Read, { block: RowBlock }> | null = null;
  try {
    while (ending === null || scoring.length > 0) {
      if (reading === null && ending === null && scoring.length < IN_FLIGHT)
        reading = readNext(reader);
      const [oldest] = scoring;
      const came = await Promise.race([reading, oldest].filter((each) => each != null));
      if ('probability' in came) {
        void scoring.shift();
        yield came;
        continue;
      }
      reading = null;
      if ('block' in came) scoring.push(quiet(score(came.block)));
      else ending = came;
      // A reader that has all its bytes would leave no turn to anybody else.
      await turn();
    }
  } finally {
    // Not waited for: a reader may be waiting for bytes that do not come.
    if (ending === null) void quiet(Promise.resolve(reader.return?.()));
  }
  if ('fault' in ending) throw ending.fault.why;
}

async function readNext(reader: AsyncIterator<RowBlock>): Promise<Read> {
  try {
    const next = await reader.next();
    return next.done === true ? { isEnd: true } : { block: next.value };
  } catch (why) {
    return { fault: { why } };
  }
}

/** What fails is thrown where it is awaited, and counts as unhandled nowhere. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
