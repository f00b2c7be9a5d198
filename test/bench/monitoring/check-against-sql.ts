// A log of real rows through the real writer: its roll-ups against what the database itself counts over the rows.
import { dataSourceOptions, openDatabase } from '../../../src/database/data-source.ts';
import { LoggedPrediction } from '../../../src/prediction/logged-prediction.entity.ts';
import { SqlitePredictionWriter } from '../../../src/prediction/log/sqlite-prediction-writer.ts';
import { PredictionRollup } from '../../../src/prediction/rollups/prediction-rollup.entity.ts';
import { RollupLog } from '../../../src/prediction/rollups/rollup-log.ts';
import { Rollup } from '../../../src/prediction/rollups/rollup.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/prediction/rollups/spans.ts';
import { rollupRows } from '../../support/rollup-rows.ts';
import type { Figure } from '../figures.ts';

const ROWS = 100_000;
const TRANSACTION = 50;

export async function checkAgainstSql(path: string): Promise<Figure[]> {
  const database = await openDatabase({
    ...dataSourceOptions({ kind: 'sqlite', path }),
    entities: [LoggedPrediction, PredictionRollup],
  });
  const writer = new SqlitePredictionWriter({ path, busyTimeoutMs: 2000 });
  const from = Date.now() - 30 * HOUR_MS;
  const rows = rollupRows(ROWS, { from, withinMs: 29 * HOUR_MS });
  for (let at = 0; at < rows.length; at += TRANSACTION)
    await writer.write(rows.slice(at, at + TRANSACTION));
  await writer.close();
  const sum = new Rollup();
  const all = { from: from - MINUTE_MS, to: Date.now() };
  const log = new RollupLog(database.getRepository(PredictionRollup));
  for (const { rollup } of await log.read(all)) sum.merge(rollup);
  const [counted] = await database.query<Record<string, number>[]>(
    `SELECT count(*) AS "rows", sum(probability >= threshold) AS positives, sum(label = 'bad') AS bad,
       sum(warnings <> '[]') AS warnings, sum(duration_ms) AS duration, max(duration_ms) AS longest,
       sum(probability) AS score, sum(memory_bytes) AS memory FROM predictions`,
  );
  await database.destroy();
  const figures: Record<string, number> = {
    rows: sum.rows,
    positives: sum.positives,
    bad: sum.labels['bad'] ?? 0,
    warnings: sum.warnings,
    duration: sum.durationMs.sum,
    longest: sum.durationMs.max ?? NaN,
    score: sum.score.sum,
    memory: sum.memoryBytes.sum,
  };
  return Object.entries(figures).map(([name, value]) => ({
    what: `${ROWS} rows, ${name}: relative difference to SQL`,
    value: Math.abs(value / (counted?.[name] ?? NaN) - 1),
    unit: '',
    goal: 1e-11,
  }));
}
