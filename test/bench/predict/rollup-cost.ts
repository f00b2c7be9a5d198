// What the roll-ups and the hash chain take of the writer's time, a row: transactions with them and without, in turns on one database.
import Database from 'better-sqlite3';
import { dataSourceOptions, openDatabase } from '../../../src/database/data-source.ts';
import { blockCells, INSERT_BLOCK } from '../../../src/prediction/log/block-columns.ts';
import { LogStream } from '../../../src/prediction/log/log-stream.ts';
import {
  COLUMN_LIST,
  flatten,
  LOG_COLUMNS,
  splitRows,
  type Cell,
} from '../../../src/prediction/log/row-columns.ts';
import type { LoggedPrediction } from '../../../src/prediction/logged-prediction.entity.ts';
import { RollupBook } from '../../../src/prediction/rollups/rollup-book.ts';
import {
  rollupCells,
  SQLITE_OPEN_ROLLUP_UPSERT,
  type RollupUpsert,
} from '../../../src/prediction/rollups/rollup-columns.ts';
import { quantile } from '../figures.ts';

/** As many as the writer has in one when 64 connections keep it busy. */
const ROWS = 32;
const TRANSACTIONS = 3000;
const WARM_UP = 500;

/** Microseconds a row. */
export interface RowCost {
  readonly rollups: number;
  readonly rollupsAndChain: number;
}

export async function measureRowCost(path: string, row: () => LoggedPrediction): Promise<RowCost> {
  await (await openDatabase(dataSourceOptions({ kind: 'sqlite', path }))).destroy();
  const database = new Database(path);
  try {
    return rowCostOn(database, row);
  } finally {
    database.close();
  }
}

function rowCostOn(database: Database.Database, row: () => LoggedPrediction): RowCost {
  const places = LOG_COLUMNS.map(() => '?').join(', ');
  const insert = database.prepare(
    `INSERT INTO "predictions" (${COLUMN_LIST}, "block") VALUES (${places}, 'bench:1')`,
  );
  const insertBlock = database.prepare(INSERT_BLOCK);
  const upsert = database.prepare(SQLITE_OPEN_ROLLUP_UPSERT);
  const store = (rollups: readonly RollupUpsert[]): void => {
    for (const rollup of rollups) upsert.run(rollupCells(rollup));
  };
  const book = new RollupBook('bench');
  const stream = new LogStream();
  const variants = {
    plain: () => undefined,
    rollups: (rows: readonly LoggedPrediction[]) => {
      store(book.add(rows));
      book.kept();
    },
    both: (_rows: readonly LoggedPrediction[], cells: readonly Cell[]) => {
      const { block, rollups } = stream.add(cells);
      insertBlock.run(blockCells(block));
      store(rollups);
      stream.kept();
    },
  };
  const timed = (add: (typeof variants)[keyof typeof variants]): number => {
    const rows = Array.from({ length: ROWS }, row);
    const cells = flatten(rows);
    const statements = splitRows(cells);
    const began = performance.now();
    database
      .transaction(() => {
        for (const each of statements) insert.run(...each);
        add(rows, cells);
      })
      .immediate();
    return ((performance.now() - began) * 1000) / ROWS;
  };
  const took = { plain: [] as number[], rollups: [] as number[], both: [] as number[] };
  for (let i = -WARM_UP; i < TRANSACTIONS; i++)
    for (const kind of ['plain', 'rollups', 'both'] as const) {
      const us = timed(variants[kind]);
      if (i >= 0) took[kind].push(us);
    }
  const plain = quantile(took.plain, 0.5);
  return {
    rollups: quantile(took.rollups, 0.5) - plain,
    rollupsAndChain: quantile(took.both, 0.5) - plain,
  };
}
