// How many rows a second the prediction log stores: asked for by 64 callers who each wait for their row, and in full transactions. PostgreSQL
// too where TEST_DATABASE_URL names a server.
import { randomUUID } from 'node:crypto';
import type { DatabaseConfig } from '../../../src/config/load-config.ts';
import { dataSourceOptions, openDatabase } from '../../../src/database/data-source.ts';
import { GroupCommit } from '../../../src/prediction/log/group-commit.ts';
import { openWriter } from '../../../src/prediction/log/open-writer.ts';
import type { PredictionWriter } from '../../../src/prediction/log/prediction-writer.ts';
import { newPredictionId } from '../../../src/prediction/prediction-id.ts';
import type { LoggedPrediction } from '../../../src/prediction/logged-prediction.entity.ts';
import { databaseSettings } from '../../support/test-database.ts';
import type { Figure } from '../figures.ts';
import { options } from '../options.ts';
import type { Part } from './parts.ts';
import type { Stage } from './stage.ts';

const SECONDS = 4;
const WARM_UP_MS = 500;
const CALLERS = 64;
const TRANSACTION = 1024;

export async function measureLog(stage: Stage): Promise<Part> {
  const figures = await rowsOf('SQLite', { kind: 'sqlite', path: stage.path('log.db') }, stage);
  const { DATABASE_URL: url } = await databaseSettings(stage.path('log'));
  if (url !== undefined)
    figures.push(...(await rowsOf('PostgreSQL', { kind: 'postgres', url }, stage)));
  return { table: '', figures, measured: {} };
}

async function rowsOf(engine: string, database: DatabaseConfig, stage: Stage): Promise<Figure[]> {
  const dataSource = await openDatabase(dataSourceOptions(database));
  const writer = openWriter(database, dataSource);
  try {
    const row = logRow(stage.request.body);
    const figure = (what: string, value: number): Figure => ({
      what: `log rows a second on ${engine}, ${what}`,
      value,
      unit: '1/s',
      digits: 0,
    });
    return [
      figure(`${CALLERS} callers who wait for theirs`, await byCallers(writer, row)),
      figure(`${TRANSACTION} in a transaction`, await inTransactions(writer, row)),
    ];
  } finally {
    await writer.close();
    await dataSource.destroy();
  }
}

async function byCallers(writer: PredictionWriter, row: () => LoggedPrediction): Promise<number> {
  const log = new GroupCommit(writer);
  return perSecond(async (stored) => {
    await log.append([row()]);
    stored(1);
  }, CALLERS);
}

async function inTransactions(
  writer: PredictionWriter,
  row: () => LoggedPrediction,
): Promise<number> {
  return perSecond(async (stored) => {
    await writer.write(Array.from({ length: TRANSACTION }, row));
    stored(TRANSACTION);
  }, 1);
}

/** Rows a second that so many callers store, each one thing after another. */
async function perSecond(
  write: (stored: (rows: number) => void) => Promise<void>,
  callers: number,
): Promise<number> {
  const from = performance.now() + WARM_UP_MS;
  const until = from + (options.seconds ?? SECONDS) * 1000;
  let rows = 0;
  const stored = (count: number): void => {
    if (performance.now() >= from) rows += count;
  };
  const caller = async (): Promise<void> => {
    while (performance.now() < until) await write(stored);
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return (rows * 1000) / (performance.now() - from);
}

/** Rows such as the server stores for the body of the benchmark. */
export const logRow = (body: string) => (): LoggedPrediction => ({
  id: newPredictionId(),
  createdAt: Date.now(),
  userId: randomUUID(),
  credential: `token:${randomUUID()}`,
  key: null,
  modelName: 'foretell',
  modelVersion: '1',
  inputs: body,
  probability: 0.25,
  label: 'benign',
  threshold: 0.5,
  warnings: '[]',
  durationMs: 0.25,
  cpuPercent: 90,
  memoryBytes: 150_000_000,
  explanation: null,
});
