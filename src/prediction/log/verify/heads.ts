// The heads of all streams, kept where whoever changes the database cannot change them: a stream that was cut, or written anew as a whole, does not lead to
// the head that it had.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { blockKey } from '../log-chain.ts';
import type { LogStatements } from '../log-transaction.ts';
import { blocksOf } from '../removal.ts';
import { ofBlock, ofRow, type Finding } from './finding.ts';

const HEADS = z.object({
  /** Predictions that were in no block. */
  unchained: z.number().int().nonnegative(),
  streams: z.record(
    z.string(),
    z.object({
      sequence: z.number().int(),
      hash: z.string(),
      /** Epoch milliseconds. */
      last_at: z.number().int(),
    }),
  ),
});
export type Heads = z.infer<typeof HEADS>;

/** null where there is no such file yet. */
export function readHeads(file: string): Heads | null {
  if (!existsSync(file)) return null;
  try {
    return HEADS.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new Error(`${file} is not a file that \`verify --heads\` wrote`, { cause });
  }
}

/** The file is the old one or the new one, never half of it. */
export function writeHeads(file: string, heads: Heads): void {
  const part = `${file}.part`;
  writeFileSync(part, `${JSON.stringify(heads, null, 2)}\n`);
  renameSync(part, file);
}

export interface HeadsCheck {
  readonly unchained: number;
  /** Retention removed what is older, epoch milliseconds. */
  readonly goneBefore: number;
  readonly found: (finding: Finding) => void;
}

export async function checkHeads(
  statements: LogStatements,
  heads: Heads,
  { unchained, goneBefore, found }: HeadsCheck,
): Promise<void> {
  for (const [stream, { sequence, hash, last_at }] of Object.entries(heads.streams)) {
    const at = { stream, sequence };
    const [block] = await blocksOf(statements, [blockKey(at)]);
    if (block === undefined) {
      if (last_at >= goneBefore)
        found(ofBlock('deleted', at, 'it was the head of its stream and is not there'));
    } else if (block.hash !== hash)
      found(ofBlock('rewritten', at, 'it was the head of its stream with another hash'));
  }
  const more = unchained - heads.unchained;
  if (more > 0) found(ofRow('inserted', `of ${more}`, null, 'in no block, and not there before'));
}
