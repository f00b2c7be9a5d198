// Batches of 10,000 rows in each format over HTTP, against what bounds them: the slower of the model alone, and reading and writing alone.
import type { Figure } from '../figures.ts';
import type { Stage } from '../predict/stage.ts';
import { startServer } from '../../support/started-server.ts';
import { startCommand } from '../start-command.ts';
import { limitsOf, ROWS } from './limits.ts';
import type { BatchResult } from './parts.ts';
import { asking, medianMs } from './repeat.ts';
import { benchRows, MEDIA_TYPES, payloadOf, type PayloadFormat } from './rows.ts';

const FORMATS = Object.keys(MEDIA_TYPES) as PayloadFormat[];
const GOAL = 0.7;

export async function measureFormats(stage: Stage): Promise<BatchResult> {
  const figures: Figure[] = [];
  const measured: Record<string, object> = {};
  const rows = benchRows(stage.features, ROWS);
  for (const format of FORMATS) {
    const limits = await limitsOf(stage, format);
    const unstored = await batchesOf(stage, format, payloadOf(format, rows), 'off');
    const stored = await batchesOf(stage, format, payloadOf(format, rows), 'acknowledged');
    measured[format] = { limits, unstored, stored };
    figures.push(
      { what: `${format}: the model alone`, value: limits.model, unit: 'rows/s', digits: 0 },
      {
        what: `${format}: reading and writing alone`,
        value: limits.readingAndWriting,
        unit: 'rows/s',
        digits: 0,
      },
      { what: `${format}: batches, rows not stored`, value: unstored, unit: 'rows/s', digits: 0 },
      {
        what: `${format}: batches, of the slower of both`,
        value: unstored / limits.slower,
        unit: 'x',
        goal: GOAL,
        atLeast: true,
      },
      {
        what: `${format}: batches, every row stored before it is answered`,
        value: stored,
        unit: 'rows/s',
        digits: 0,
      },
    );
  }
  return { figures, measured };
}

/** Rows a second of batches that follow one another. */
async function batchesOf(
  stage: Stage,
  format: PayloadFormat,
  body: Buffer,
  log: 'off' | 'acknowledged',
): Promise<number> {
  const server = await startServer({
    env: stage.environment({ PREDICTION_LOG: log }),
    command: startCommand(),
  });
  try {
    const { authorization = '' } = stage.request.headers;
    const headers = { authorization, 'content-type': MEDIA_TYPES[format] };
    const ask = asking(`${server.url}/predict/batch`, headers, Buffer.from(body));
    return (ROWS * 1000) / (await medianMs(ask));
  } finally {
    await server.stop();
  }
}
