// Batches of 10,000 rows in each format over HTTP, against what bounds them: the slower of the model alone, and reading and writing alone.
import type { Figure } from '../figures.ts';
import type { Stage } from '../predict/stage.ts';
import { startCommand } from '../start-command.ts';
import { openLimits, ROWS } from './limits.ts';
import type { BatchResult } from './parts.ts';
import { alternate, asking, medianRatio, rowsPerSecond, type Task, type Times } from './repeat.ts';
import { benchRows, MEDIA_TYPES, payloadOf, type PayloadFormat } from './rows.ts';
import { withServers } from './with-servers.ts';

const FORMATS = Object.keys(MEDIA_TYPES) as PayloadFormat[];
const GOAL = 0.7;

/** Of one format, by round. */
interface FormatTimes {
  readonly model: Times;
  readonly readingAndWriting: Times;
  readonly unstored: Times;
  readonly stored: Times;
}

export async function measureFormats(stage: Stage): Promise<BatchResult> {
  const rows = benchRows(stage.features, ROWS);
  const measured = await timesOf(stage, (format) => payloadOf(format, rows));
  const figures = FORMATS.flatMap((format) => figuresOf(format, measured[format]));
  return { figures, measured };
}

function figuresOf(format: PayloadFormat, times: FormatTimes): Figure[] {
  const { model, readingAndWriting, unstored, stored } = times;
  const perSecond = (what: string, of: Times): Figure => ({
    what: `${format}: ${what}`,
    value: rowsPerSecond(of, ROWS),
    unit: 'rows/s',
    digits: 0,
  });
  return [
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
  ];
}

/** Each format has servers of its own, and all formats their turn in every round: a minute in which the machine is busy is one of them all. */
async function timesOf(
  stage: Stage,
  payload: (format: PayloadFormat) => Buffer,
): Promise<Readonly<Record<PayloadFormat, FormatTimes>>> {
  const limits = await inTurn((format) => openLimits(stage, format));
  try {
    return await withServers(async (start) => {
      const batches = (log: 'off' | 'acknowledged') =>
        inTurn(async (format) => {
          const env = stage.environment({ PREDICTION_LOG: log });
          const { url } = await start({ env, command: startCommand() });
          const { authorization = '' } = stage.request.headers;
          const headers = { authorization, 'content-type': MEDIA_TYPES[format] };
          return asking(`${url}/predict/batch`, headers, Buffer.from(payload(format)));
        });
      const unstored = await batches('off');
      const times = await alternate(
        tasksOf((format) => ({
          model: limits[format].model,
          readingAndWriting: limits[format].readingAndWriting,
          unstored: unstored[format],
        })),
      );
      // A server that stores looks at what it stored, beside whatever is measured next.
      const stored = await alternate(await batches('acknowledged'));
      return byFormat((format) => ({
        model: times[`${format} model`] ?? [],
        readingAndWriting: times[`${format} readingAndWriting`] ?? [],
        unstored: times[`${format} unstored`] ?? [],
        stored: stored[format],
      }));
    });
  } finally {
    await inTurn((format) => limits[format].close());
  }
}

const byFormat = <T>(of: (format: PayloadFormat) => T): Record<PayloadFormat, T> =>
  Object.fromEntries(FORMATS.map((format) => [format, of(format)])) as Record<PayloadFormat, T>;

async function inTurn<T>(
  of: (format: PayloadFormat) => Promise<T>,
): Promise<Record<PayloadFormat, T>> {
  const all: [PayloadFormat, T][] = [];
  for (const format of FORMATS) all.push([format, await of(format)]);
  return Object.fromEntries(all) as Record<PayloadFormat, T>;
}

/** Named after their format. */
const tasksOf = (of: (format: PayloadFormat) => Record<string, Task>): Record<string, Task> =>
  Object.fromEntries(
    FORMATS.flatMap((format) =>
      Object.entries(of(format)).map(([name, task]) => [`${format} ${name}`, task] as const),
    ),
  );
