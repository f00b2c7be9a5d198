// Batches of 10,000 rows in each format over HTTP, against what bounds them: the slower of the model alone, and reading and writing alone.
import type { Figure } from '../figures.ts';
import type { Stage } from '../predict/stage.ts';
import { startCommand } from '../start-command.ts';
import { openLimits, ROWS } from './limits.ts';
import type { BatchResult } from './parts.ts';
import { alternate, asking, medianRatio, rowsPerSecond, type Times } from './repeat.ts';
import { benchRows, MEDIA_TYPES, payloadOf, type PayloadFormat } from './rows.ts';
import { withServers } from './with-servers.ts';

const FORMATS = Object.keys(MEDIA_TYPES) as PayloadFormat[];
const GOAL = 0.7;

export async function measureFormats(stage: Stage): Promise<BatchResult> {
  const figures: Figure[] = [];
  const measured: Record<string, object> = {};
  const rows = benchRows(stage.features, ROWS);
  for (const format of FORMATS) {
    const times = await timesOf(stage, format, payloadOf(format, rows));
    const { model, readingAndWriting, unstored, stored } = times;
    measured[format] = times;
    const perSecond = (what: string, of: Times): Figure => ({
      what: `${format}: ${what}`,
      value: rowsPerSecond(of, ROWS),
      unit: 'rows/s',
      digits: 0,
    });
    figures.push(
      perSecond('the model alone', model),
      perSecond('reading and writing alone', readingAndWriting),
      perSecond('batches, rows not stored', unstored),
      {
        what: `${format}: batches, of the slower of both`,
        value: medianRatio(unstored, model, readingAndWriting),
        unit: 'x',
        goal: GOAL,
        atLeast: true,
      },
      perSecond('batches, every row stored before it is answered', stored),
    );
  }
  return { figures, measured };
}

async function timesOf(stage: Stage, format: PayloadFormat, body: Buffer) {
  const { close, ...limits } = await openLimits(stage, format);
  const { authorization = '' } = stage.request.headers;
  const headers = { authorization, 'content-type': MEDIA_TYPES[format] };
  try {
    return await withServers(async (start) => {
      const batch = async (log: 'off' | 'acknowledged'): Promise<() => Promise<void>> => {
        const env = stage.environment({ PREDICTION_LOG: log });
        const { url } = await start({ env, command: startCommand() });
        return asking(`${url}/predict/batch`, headers, Buffer.from(body));
      };
      const times = await alternate({ ...limits, unstored: await batch('off') });
      // A server that stores looks at what it stored, beside whatever is measured next.
      return { ...times, ...(await alternate({ stored: await batch('acknowledged') })) };
    });
  } finally {
    await close();
  }
}
