// Scored blocks as text: what every such format has in common. One text a block, and no object a row.
import type { ScoredBlock } from './scored-block.ts';

export interface TextForm {
  /** Goes out with the first rows. */
  readonly head: string;
  rows(block: ScoredBlock, isFirst: boolean): string;
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
): AsyncGenerator<string, void, undefined> {
  let isFirst = true;
  try {
    for await (const block of scored) {
      yield (isFirst ? form.head : '') + form.rows(block, isFirst);
      isFirst = false;
    }
  } catch (error) {
    if (isFirst || toProblem === undefined) throw error;
    yield form.fault(JSON.stringify(toProblem(error)), isFirst);
  }
  yield (isFirst ? form.head : '') + form.foot();
}

/** Calls one of the two for each row of a block, in their order, and joins what they answer. */
export function joinRows(
  block: ScoredBlock,
  scored: (at: number) => string,
  refused: (row: ScoredBlock['refused'][number]) => string,
): string {
  let text = '';
  let next = 0;
  for (let at = 0; at < block.count; at += 1) {
    const row = block.refused[next];
    if (row?.at === at) {
      next += 1;
      text += refused(row);
    } else text += scored(at);
  }
  return text;
}
