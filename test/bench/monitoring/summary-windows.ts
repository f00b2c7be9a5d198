// npm run bench -- summary: how long a summary of each window takes over the roll-ups of ten million rows, for how long it
// keeps the event loop from others, and whether roll-ups of real rows are what the database itself counts.
import 'reflect-metadata';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { dataSourceOptions, openDatabase } from '../../../src/database/data-source.ts';
import type { Challenger } from '../../../src/model/challenger.ts';
import type { ModelSlot } from '../../../src/model/model-slot.ts';
import { Activity } from '../../../src/metrics/activity.ts';
import { WINDOW_NAMES } from '../../../src/monitoring/window.ts';
import { ActivityLog } from '../../../src/prediction/rollups/activity-log.ts';
import { ActivityRollup } from '../../../src/prediction/rollups/activity-rollup.entity.ts';
import { PredictionRollup } from '../../../src/prediction/rollups/prediction-rollup.entity.ts';
import { RollupLog } from '../../../src/prediction/rollups/rollup-log.ts';
import { SummaryService } from '../../../src/monitoring/summary/summary.service.ts';
import { quantile } from '../../../src/statistics/summary.ts';
import { writeResults } from '../document.ts';
import { figureTable, report, type Figure } from '../figures.ts';
import { checkAgainstSql } from './check-against-sql.ts';
import { fillRolledUpLog } from './rolled-up-log.ts';

const GOAL_MS = 300;
const REPEATS = 9;
/** Roles and training scores are all that they are asked for. */
const NO_MODEL = { peek: () => null } as unknown as ModelSlot;
const NO_CHALLENGER = { current: () => null } as unknown as Challenger;

const folder = mkdtempSync(join(tmpdir(), 'summary-windows-'));
try {
  const path = join(folder, 'log.db');
  const database = await openDatabase({
    ...dataSourceOptions({ kind: 'sqlite', path }),
    entities: [PredictionRollup, ActivityRollup],
  });
  const now = Date.now();
  const rows = fillRolledUpLog(path, now);
  process.stdout.write(`${rows} rows, ${Math.round(statSync(path).size / 1e6)} MB of roll-ups\n`);
  const figures = await measureWindows(database, now);
  await database.destroy();
  figures.push(...(await checkAgainstSql(join(folder, 'rows.db'))));
  await writeResults('summary', figureTable(figures), { figures });
  report(figures);
} finally {
  rmSync(folder, { recursive: true });
}

async function measureWindows(database: DataSource, now: number): Promise<Figure[]> {
  const rollups = new RollupLog(database.getRepository(PredictionRollup));
  const activity = new ActivityLog(new Activity(), database.getRepository(ActivityRollup));
  const summary = new SummaryService(NO_MODEL, NO_CHALLENGER, rollups, activity);
  const figures: Figure[] = [];
  for (const name of WINDOW_NAMES) {
    const answer = () => summary.summarise({ window: name }, now);
    const times: number[] = [];
    const processor: number[] = [];
    const delay = monitorEventLoopDelay({ resolution: 1 });
    await answer();
    delay.enable();
    for (let i = 0; i < REPEATS; i += 1) {
      const startedAt = performance.now();
      const before = process.cpuUsage();
      await answer();
      const { user, system } = process.cpuUsage(before);
      times.push(performance.now() - startedAt);
      processor.push((user + system) / 1000);
      await pause(5);
    }
    delay.disable();
    figures.push(
      { what: `${name}: median`, value: quantile(times, 0.5) ?? NaN, unit: 'ms', goal: GOAL_MS },
      { what: `${name}: longest`, value: Math.max(...times), unit: 'ms', goal: GOAL_MS },
      {
        what: `${name}: median of processor time`,
        value: quantile(processor, 0.5) ?? NaN,
        unit: 'ms',
      },
      { what: `${name}: event loop held`, value: delay.max / 1e6, unit: 'ms' },
    );
  }
  return figures;
}
