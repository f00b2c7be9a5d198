// Erases what the log has of one subject: every prediction with a caller's reference, and what refers to it. Of each row its digest stays, so that
// the block that it was in can still be verified.
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Deed, Origin } from '../../common/audit-trail.ts';
import { digestOfCells } from './block-of-rows.ts';
import { LogChain, type LogBlock } from './log-chain.ts';
import { changeLog, type LogStatements } from './log-transaction.ts';
import { blocksOf, deletePredictions, dependentTables, storeRemoval } from './removal.ts';
import { cellsOf, COLUMN_LIST, type Cell } from './row-columns.ts';
import { digestOfTombstones, storeTombstones, type Tombstone } from './tombstone.ts';

/** Rows of one transaction, and the time that others have the database to themselves before the next. */
const STEP = 200;
const BREATH_MS = 20;

export interface Erased {
  readonly predictions: number;
  /** What challengers said about them. */
  readonly comparisons: number;
  readonly labels: number;
}

/** What the audit log is told: how much went, not whose it was. */
export const erasureBy = (origin: Origin): Deed => ({
  action: 'predictions_erased',
  origin,
  target: { kind: 'predictions', id: null, name: null },
});

interface Erasing {
  readonly chain: LogChain;
  readonly dependents: readonly string[];
  readonly by: string;
}

@Injectable()
export class Erasure {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** Those stored by now. `by`: who orders it, which the chain keeps; it does not keep the reference. */
  async erase(key: string, by: string): Promise<Erased> {
    const dependents = await dependentTables(this.dataSource);
    const chain = new LogChain();
    const total = { predictions: 0, comparisons: 0, labels: 0 };
    for (;;) {
      const { erased, removal } = await changeLog(this.dataSource, (statements) =>
        eraseSome(statements, key, { chain, dependents, by }),
      );
      if (removal === null) return total;
      chain.kept(removal);
      total.predictions += erased.predictions;
      total.comparisons += erased.comparisons;
      total.labels += erased.labels;
      await pause(BREATH_MS);
    }
  }
}

type StoredRow = Readonly<Record<string, Cell>> & {
  readonly id: string;
  readonly block: string | null;
};

async function eraseSome(
  statements: LogStatements,
  key: string,
  { chain, dependents, by }: Erasing,
): Promise<{ readonly erased: Erased; readonly removal: LogBlock | null }> {
  const rows = await statements.all<StoredRow>(
    `SELECT ${COLUMN_LIST}, "block" FROM "predictions" WHERE "key" = ? LIMIT ${STEP}`,
    [key],
  );
  if (rows.length === 0)
    return { erased: { predictions: 0, comparisons: 0, labels: 0 }, removal: null };
  const keys = [...new Set(rows.flatMap(({ block }) => block ?? []))];
  const blocks = await blocksOf(statements, keys);
  const instants = rows.map((row) => Number(row['created_at']));
  const removedAt = Date.now();
  const tombstones = rows.flatMap((row) => tombstoneOf(row, removedAt));
  const removal = await storeRemoval(
    statements,
    chain,
    {
      // Of the blocks, not of the rows: it has to outlast them.
      firstAt: Math.min(...instants, ...blocks.map(({ firstAt }) => firstAt)),
      lastAt: Math.max(...instants, ...blocks.map(({ lastAt }) => lastAt)),
      rows: tombstones.length,
      digest: digestOfTombstones(tombstones),
    },
    {
      reason: 'erasure',
      at: new Date(removedAt).toISOString(),
      by,
      unchained: rows.length - tombstones.length,
    },
  );
  await storeTombstones(statements, tombstones, removal);
  const gone = await deletePredictions(
    statements,
    rows.map(({ id }) => id),
    dependents,
  );
  const erased = {
    predictions: rows.length,
    comparisons: gone['challenger_predictions'] ?? 0,
    labels: gone['feedback'] ?? 0,
  };
  return { erased, removal };
}

function tombstoneOf(row: StoredRow, removedAt: number): Tombstone[] {
  if (row.block === null) return [];
  return [{ ...digestOfCells(cellsOf(row)), block: row.block, reason: 'erasure', removedAt }];
}
