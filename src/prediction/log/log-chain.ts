// The hash chain of the prediction log. Each transaction that stores rows, or takes some away, is a block; a block holds the digest of its rows and
// the hash of the block before, so that no row and no block can be changed, added, taken out or moved without a trace. One writer's blocks in
// their order are a stream: writers share nothing, and so need no lock.
import { hash, randomBytes } from 'node:crypto';
import type { Cell } from './row-columns.ts';
import { RowTexts } from './row-text.ts';

/** `rows`: a transaction that stored some. `removal`: one that took some away. */
export type BlockKind = 'rows' | 'removal';

export interface BlockContent {
  readonly kind: BlockKind;
  /** Of the rows, epoch milliseconds. */
  readonly firstAt: number;
  readonly lastAt: number;
  readonly rows: number;
  /** Of the rows' digests, in the order of their ids. */
  readonly digest: string;
  /** `rows`: the mark of each row, in the order of their ids. `removal`: what went and why, JSON. */
  readonly detail: string;
}

export interface LogBlock extends BlockContent {
  readonly stream: string;
  /** From 1 on, without a gap. */
  readonly sequence: number;
  /** The hash of the block before; empty for the first. */
  readonly previous: string;
  readonly hash: string;
}

export const sha256 = (text: string): string => hash('sha256', text, 'base64');

/** What a row says of the block that it is in. */
export const blockKey = ({ stream, sequence }: Pick<LogBlock, 'stream' | 'sequence'>): string =>
  `${stream}:${sequence}`;

/** 72 random bits: no two writers have the same. */
export const newStream = (): string => randomBytes(9).toString('base64url');

export function hashOf(block: Omit<LogBlock, 'hash'>): string {
  const { previous, stream, sequence, kind, firstAt, lastAt, rows, digest, detail } = block;
  const parts = [previous, stream, sequence, kind, firstAt, lastAt, rows, digest, detail];
  return sha256(parts.join('\n'));
}

const texts = new RowTexts();

/** Of `width` cells from `at` on. */
export const digestOfRow = (cells: readonly Cell[], at: number, width: number): string =>
  sha256(texts.of(cells, at, width));

/** The blocks of one writer, or of one removal. */
export class LogChain {
  readonly stream = newStream();
  #head: LogBlock | null = null;

  /** The last block that was stored. */
  get head(): LogBlock | null {
    return this.#head;
  }

  /** The block that follows: in the chain once it was kept. */
  next(content: BlockContent): LogBlock {
    const block = {
      stream: this.stream,
      sequence: (this.#head?.sequence ?? 0) + 1,
      previous: this.#head?.hash ?? '',
      ...content,
    };
    return { ...block, hash: hashOf(block) };
  }

  kept(block: LogBlock): void {
    this.#head = block;
  }
}
