// The prediction log of all workers, written by the primary: on SQLite one process writes, and the rows of many workers share a transaction.
import type { DatabaseConfig } from '../config/load-config.ts';
import { GroupCommit } from '../prediction/log/group-commit.ts';
import { openSqliteWriter } from '../prediction/log/open-writer.ts';
import { splitRows, type Cell } from '../prediction/log/row-columns.ts';
import type { SqlitePredictionWriter } from '../prediction/log/sqlite-prediction-writer.ts';
import type { Peer } from './peer.ts';

export class SharedLog {
  readonly #writer: SqlitePredictionWriter;
  readonly #commit: GroupCommit<readonly Cell[]>;

  constructor(database: Extract<DatabaseConfig, { kind: 'sqlite' }>) {
    this.#writer = openSqliteWriter(database);
    this.#commit = new GroupCommit({ write: (rows) => this.#writer.writeCells(rows.flat()) });
  }

  /** The rows of a worker that dies meanwhile are stored all the same: nobody received them, and nobody is told otherwise. */
  serve(worker: Peer): void {
    worker.answer('write', (cells: readonly Cell[]) => this.#commit.append(splitRows(cells)));
  }

  /** After the last worker has gone. */
  async close(): Promise<void> {
    await this.#commit.drain();
    await this.#writer.close();
  }
}
