// A prediction log with its chain, on the engine of the tests: written by a real writer, verified, and tampered with.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { parseConfig, type Config } from '../../src/config/load-config.ts';
import { dataSourceOptions, openDatabase } from '../../src/database/data-source.ts';
import { ChallengerPrediction } from '../../src/prediction/challenger-prediction.entity.ts';
import { toBlock, type StoredBlock } from '../../src/prediction/log/block-columns.ts';
import type { LogBlock } from '../../src/prediction/log/log-chain.ts';
import { changeLog, readLog } from '../../src/prediction/log/log-transaction.ts';
import { openWriter } from '../../src/prediction/log/open-writer.ts';
import type { PredictionWriter } from '../../src/prediction/log/prediction-writer.ts';
import type { Finding } from '../../src/prediction/log/verify/finding.ts';
import type { Heads } from '../../src/prediction/log/verify/heads.ts';
import { verifyLog, type Verified } from '../../src/prediction/log/verify/verify-log.ts';
import { LoggedPrediction } from '../../src/prediction/logged-prediction.entity.ts';
import { newPredictionId } from '../../src/prediction/prediction-id.ts';
import { logRow } from '../contract/prediction-writer.contract.ts';
import { databaseSettings } from './test-database.ts';

export interface Outcome extends Verified {
  readonly findings: readonly Finding[];
}

export interface Written {
  readonly blocks: number;
  /** Of each block; the first of them has the key. */
  readonly rows: number;
  /** When the first block begins, epoch milliseconds; each next one a second later. */
  readonly from: number;
  readonly key?: string;
  readonly by?: PredictionWriter;
}

export class ChainedLog {
  private constructor(
    private readonly folder: string,
    private readonly config: Config,
    readonly database: DataSource,
    readonly writer: PredictionWriter,
  ) {}

  static async open(): Promise<ChainedLog> {
    const folder = mkdtempSync(join(tmpdir(), 'chained-log-'));
    const config = parseConfig({ VAR_DIR: folder, ...(await databaseSettings(folder)) });
    const options = dataSourceOptions(config.database);
    const database = await openDatabase({
      ...options,
      entities: [LoggedPrediction, ChallengerPrediction],
    });
    return new ChainedLog(folder, config, database, openWriter(config.database, database));
  }

  async close(): Promise<void> {
    await this.writer.close();
    await this.database.destroy();
    rmSync(this.folder, { recursive: true });
  }

  /** Another one on the same database. */
  openWriter(): PredictionWriter {
    return openWriter(this.config.database, this.database);
  }

  /** One transaction a block. */
  async write({
    blocks,
    rows,
    from,
    key,
    by = this.writer,
  }: Written): Promise<LoggedPrediction[][]> {
    const written: LoggedPrediction[][] = [];
    for (let i = 0; i < blocks; i++) {
      const createdAt = from + i * 1000;
      const some = Array.from({ length: rows }, (_, j) =>
        logRow({
          id: newPredictionId(createdAt),
          createdAt: createdAt + j,
          probability: Math.random(),
          key: j === 0 ? (key ?? null) : null,
        }),
      );
      await by.write(some);
      written.push(some);
    }
    return written;
  }

  async verify(heads: Heads | null = null): Promise<Outcome> {
    const findings: Finding[] = [];
    const found = (finding: Finding): void => {
      findings.push(finding);
    };
    const verified = await readLog(this.database, (statements) =>
      verifyLog(statements, { heads, found }),
    );
    return { ...verified, findings };
  }

  /** As somebody would who has the database in their hands. */
  tamper(sql: string, values: (string | number | null)[] = []): Promise<number> {
    return changeLog(this.database, (statements) => statements.run(sql, values));
  }

  async blocks(): Promise<LogBlock[]> {
    const stored = await this.database.query<StoredBlock[]>(
      'SELECT * FROM log_blocks ORDER BY stream, sequence',
    );
    return stored.map(toBlock);
  }

  async count(table: string): Promise<number> {
    const [row] = await this.database.query<{ n: number | string }[]>(
      `SELECT count(*) AS n FROM "${table}"`,
    );
    return Number(row?.n);
  }
}
