// The thread that writes the prediction log to SQLite, on a connection of its own: the event loop waits for no disk.
import { parentPort, workerData } from 'node:worker_threads';
import { openSqlite } from '../../database/open-sqlite.ts';
import {
  rollupCells,
  SQLITE_OPEN_ROLLUP_UPSERT,
  SQLITE_ROLLUP_UPSERT,
} from '../rollups/rollup-columns.ts';
import { blockCells, INSERT_BLOCK } from './block-columns.ts';
import { checkpoint } from './checkpoint.ts';
import { blockKey } from './log-chain.ts';
import { LogStream, type StreamAddition } from './log-stream.ts';
import { COLUMN_LIST, LOG_COLUMNS } from './row-columns.ts';
import { PAGES_AT_MOST } from './wal-checkpoints.ts';

/** Rows of one statement: alone a row takes 0.8 us more than as one of 16, of 4 it takes 0.2 us more. */
const ROWS_A_STATEMENT = [16, 4, 1];

export interface WriterThreadOptions {
  readonly path: string;
  /** How long a write waits for another process's before it fails. */
  readonly busyTimeoutMs: number;
}

interface WriteOrder {
  readonly cells: readonly (string | number | null)[];
}

/** `null`: there will be no more. */
export type WriterOrder = WriteOrder | 'checkpoint' | null;

/** null where the rows are stored. */
export type WriteOutcome = { readonly code: string; readonly message: string } | null;

const { path, busyTimeoutMs } = workerData as WriterThreadOptions;
const WIDTH = LOG_COLUMNS.length;

class LogDatabase {
  private readonly database = openSqlite(path, { timeout: busyTimeoutMs });
  private readonly inserts = ROWS_A_STATEMENT.map((rows) => ({
    width: rows * WIDTH,
    statement: this.database.prepare(insertOf(rows)),
  }));
  private readonly block = this.database.prepare(INSERT_BLOCK);
  private readonly openRollup = this.database.prepare(SQLITE_OPEN_ROLLUP_UPSERT);
  private readonly rollup = this.database.prepare(SQLITE_ROLLUP_UPSERT);
  private readonly transaction = this.database.transaction(
    (cells: WriteOrder['cells'], { block, rollups }: StreamAddition) => {
      const shared = { block: blockKey(block) };
      let at = 0;
      // Arguments rather than an array of them: the binding asks V8 for each element of an array, 0.3 us a row.
      for (const { width, statement } of this.inserts)
        for (; at + width <= cells.length; at += width)
          statement.run(...cells.slice(at, at + width), shared);
      this.block.run(blockCells(block));
      for (const rollup of rollups)
        (rollup.folded === 0 ? this.openRollup : this.rollup).run(rollupCells(rollup));
    },
  );

  constructor() {
    this.database.pragma(`wal_autocheckpoint = ${PAGES_AT_MOST}`);
  }

  /** All rows or none. Takes the write lock first: a transaction that begins by reading may find the lock taken halfway. */
  store(cells: WriteOrder['cells'], addition: StreamAddition): void {
    this.transaction.immediate(cells, addition);
  }

  checkpoint(): void {
    checkpoint(this.database);
  }

  close(): void {
    this.database.close();
  }
}

function insertOf(rows: number): string {
  const row = `(${LOG_COLUMNS.map(() => '?').join(', ')}, @block)`;
  return `INSERT INTO "predictions" (${COLUMN_LIST}, "block") VALUES ${Array.from({ length: rows }, () => row).join(', ')}`;
}

/** Opened by the first write, and again after a failure: a file that was away may be back. */
let open: LogDatabase | null = null;
const stream = new LogStream();

function write({ cells }: WriteOrder): WriteOutcome {
  try {
    open ??= new LogDatabase();
    if (cells.length === 0) return null;
    open.store(cells, stream.add(cells));
    stream.kept();
    return null;
  } catch (error) {
    stream.dropped();
    open?.close();
    open = null;
    const { code = 'UNKNOWN', message } = error as { code?: string; message: string };
    return { code, message };
  }
}

parentPort?.on('message', (order: WriterOrder) => {
  if (order === null) {
    open?.close();
    parentPort?.close();
  } else if (order === 'checkpoint') {
    open?.checkpoint();
  } else {
    parentPort?.postMessage(write(order));
  }
});
