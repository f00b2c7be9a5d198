// Scored blocks as text: what every such format has in common. One part a block, and no object a row.
import type { ScoredBlock } from './scored-block.ts';
import { encoded, TextBytes } from './text-bytes.ts';

export interface TextForm {
  /** Goes out with the first rows. */
  readonly head: string;
  rows(out: TextBytes, block: ScoredBlock, isFirst: boolean): void;
  /** What is told in place of the rows that are missing; the problem as JSON. */
  fault(problem: string, isFirst: boolean): string;
  foot(): string;
}

/** The problem that tells of an error; absent: it is thrown. */
export type ToProblem = (error: unknown) => object;

/** An error before the first rows is thrown; one after them, when the answer is under way, is told in the answer. */
export async function* writeText(
  form: TextForm,
  scored: AsyncIterable<ScoredBlock>,
  toProblem?: ToProblem,
): AsyncGenerator<Uint8Array, void, undefined> {
  const out = new TextBytes();
  let isFirst = true;
  try {
    for await (const block of scored) {
      if (isFirst) out.text(form.head);
      form.rows(out, block, isFirst);
      isFirst = false;
      yield out.take();
    }
  } catch (error) {
    if (isFirst || toProblem === undefined) throw error;
    yield encoded(form.fault(JSON.stringify(toProblem(error)), isFirst));
  }
  yield encoded((isFirst ? form.head : '') + form.foot());
}

/** Calls one of the two for each row of a block, in their order. */
export function eachRow(
  block: ScoredBlock,
  scored: (at: number) => void,
  refused: (row: ScoredBlock['refused'][number]) => void,
): void {
  let next = 0;
  for (let at = 0; at < block.count; at += 1) {
    const row = block.refused[next];
    if (row?.at === at) {
      next += 1;
      refused(row);
    } else scored(at);
  }
}
