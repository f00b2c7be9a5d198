// What is left of an erased prediction, and how the block that took it away vouches for it.
import { blockKey, sha256, type LogBlock } from './log-chain.ts';
import type { LogStatements } from './log-transaction.ts';
import { byId, type RowDigest } from './row-marks.ts';

export interface Tombstone extends RowDigest {
  /** That stored it. */
  readonly block: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly removedAt: number;
}

/** As either engine hands it over. */
export type StoredTombstone = Readonly<
  Record<'id' | 'block' | 'digest' | 'reason' | 'removal', string>
> & { readonly removed_at: number | string };

export const toTombstone = ({ removed_at, ...rest }: StoredTombstone): Tombstone => ({
  ...rest,
  removedAt: Number(removed_at),
});

export const digestOfTombstones = (tombstones: readonly Tombstone[]): string =>
  sha256(
    [...tombstones]
      .sort(byId)
      .map(({ id, block, digest, reason, removedAt }) =>
        sha256([id, block, digest, reason, removedAt].join('\n')),
      )
      .join(''),
  );

export async function storeTombstones(
  statements: LogStatements,
  tombstones: readonly Tombstone[],
  removal: LogBlock,
): Promise<void> {
  if (tombstones.length === 0) return;
  await statements.run(
    `INSERT INTO "removed_predictions" (id, block, digest, reason, removed_at, removal)
     VALUES ${tombstones.map(() => '(?, ?, ?, ?, ?, ?)').join(', ')}`,
    tombstones.flatMap(({ id, block, digest, reason, removedAt }) => [
      id,
      block,
      digest,
      reason,
      removedAt,
      blockKey(removal),
    ]),
  );
}
