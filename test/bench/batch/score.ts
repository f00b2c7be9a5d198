// npm run score on a CSV file of many rows: rows a second from the start of the command to its end, and its memory.
import { once } from 'node:events';
import { createWriteStream, existsSync, statSync } from 'node:fs';
import { measureSuccess } from '../../support/measured-command.ts';
import { options } from '../options.ts';
import type { Stage } from '../predict/stage.ts';
import { say } from '../workbench/say.ts';
import { openLimits, ROWS as LIMIT_ROWS } from './limits.ts';
import type { BatchResult } from './parts.ts';
import { alternate, rowsPerSecond } from './repeat.ts';
import { benchRows, payloadOf } from './rows.ts';

const ROWS = 10_000_000;
/** Made once and repeated. */
const CHUNK = 100_000;
const GOAL = 0.7;
const MOST_MIB = 350;

export async function measureScore(stage: Stage): Promise<BatchResult> {
  const rows = options.rows ?? ROWS;
  const input = stage.path('many.csv');
  await writeManyRows(stage, input, rows);
  say(`  ${rows} rows, ${(statSync(input).size / 1e6).toFixed(0)} MB`);
  const output = stage.path('scores.csv');
  const took = await measureSuccess(['dist/src/score.js', input, output], stage.environment());
  if (!existsSync(output)) throw new Error('npm run score wrote nothing');
  const { close, ...tasks } = await openLimits(stage, 'csv');
  const limits = await alternate(tasks);
  await close();
  const slower = Math.min(
    ...Object.values(limits).map((times) => rowsPerSecond(times, LIMIT_ROWS)),
  );
  const perSecond = rows / took.seconds;
  const figures = [
    { what: 'npm run score, CSV to CSV', value: perSecond, unit: 'rows/s', digits: 0 },
    {
      what: 'the slower of model alone, and reading and writing alone',
      value: slower,
      unit: 'rows/s',
      digits: 0,
    },
    {
      what: 'npm run score, of that',
      value: perSecond / slower,
      unit: 'x',
      goal: GOAL,
      atLeast: true,
    },
    {
      what: 'its resident memory at most',
      value: took.peakMegabytes,
      unit: 'MiB',
      goal: MOST_MIB,
      digits: 0,
    },
  ];
  return { figures, measured: { rows, limits } };
}

/** The same rows again and again until there are so many. */
export async function writeManyRows(stage: Stage, path: string, rows: number): Promise<void> {
  const chunk = payloadOf('csv', benchRows(stage.features, Math.min(CHUNK, rows)));
  const header = chunk.subarray(0, chunk.indexOf(0x0a) + 1);
  const body = chunk.subarray(header.length);
  const out = createWriteStream(path);
  out.write(header);
  for (let left = rows; left > 0; left -= CHUNK)
    if (!out.write(left >= CHUNK ? body : firstLines(body, left))) await once(out, 'drain');
  out.end();
  await once(out, 'finish');
}

function firstLines(text: Buffer, count: number): Buffer {
  let end = 0;
  for (let i = 0; i < count; i++) end = text.indexOf(0x0a, end) + 1;
  return text.subarray(0, end);
}
