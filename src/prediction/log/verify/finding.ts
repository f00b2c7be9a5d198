// Something in the log that is not as its writers left it.
import { blockKey, type LogBlock } from '../log-chain.ts';

export interface Finding {
  readonly kind: 'edited' | 'inserted' | 'deleted' | 'reordered' | 'rewritten';
  /** Of the prediction, or what is known of it; null: the block as such. */
  readonly id: string | null;
  readonly stream: string | null;
  readonly sequence: number | null;
  /** In words. */
  readonly what: string;
}

type At = Pick<LogBlock, 'stream' | 'sequence'>;

export const ofBlock = (kind: Finding['kind'], at: At, what: string): Finding => ({
  kind,
  id: null,
  stream: at.stream,
  sequence: at.sequence,
  what,
});

export const ofRow = (kind: Finding['kind'], id: string, at: At | null, what: string): Finding => ({
  kind,
  id,
  stream: at?.stream ?? null,
  sequence: at?.sequence ?? null,
  what,
});

/** One line. */
export function inWords({ kind, id, stream, sequence, what }: Finding): string {
  const block = stream === null ? [] : [`block ${blockKey({ stream, sequence: sequence ?? 0 })}`];
  const row = id === null ? [] : [`prediction ${id}`];
  return `${kind}: ${[...block, ...row].join(', ')}: ${what}`;
}
