// npm run analyse: its options, and what is said while it runs.
import { Command, Option } from 'commander';
import { interruptSignal } from '../../common/command.ts';
import { loadConfig } from '../../config/load-config.ts';
import { writeDurably } from '../../model/registry/durable-files.ts';
import { WINDOW_NAMES, type WindowName } from '../window.ts';
import { AnalysisProgress } from './analysis-progress.ts';
import { databaseInput, fileInput } from './log-input.ts';
import { RowBuckets } from './row-buckets.ts';
import { summaryPage } from './summary-page.ts';
import { summaryText } from './summary-text.ts';
import { summarise, type ServedVersion } from './summary.ts';

const PROGRESS_MS = 2000;

interface AnalyseOptions {
  readonly window?: WindowName;
  readonly version?: string | null;
  readonly report?: string;
  readonly json?: true;
}

/** Which versions have a role now; what cannot be told is left out. */
export type ServedVersions = () => Promise<readonly ServedVersion[]>;

export const analyseCommand = (servedVersions: ServedVersions): Command =>
  new Command('analyse')
    .description(
      'What GET /monitoring/summary answers, from the rows themselves: of the database of DATABASE_URL or under VAR_DIR, beside a running ' +
        'server or without one, or of a file in the layout of the export (docs/prediction-log.md).',
    )
    .argument('[log.jsonl]', 'the file to read instead of the database; - for standard input')
    .addOption(
      new Option(
        '--window <window>',
        'looking back from now (default: 24h), or from the newest row of a file (default: all)',
      ).choices(WINDOW_NAMES),
    )
    .option('--version <version>', 'of this model version')
    .option(
      '--report <file>',
      'also writes one HTML page with figures, which needs nothing but itself',
    )
    .option('--json', 'prints JSON, as the route answers')
    .action((file: string | undefined, options: AnalyseOptions) =>
      runAnalyse(file, options, servedVersions),
    );

async function runAnalyse(
  file: string | undefined,
  { window, version = null, report, json }: AnalyseOptions,
  servedVersions: ServedVersions,
): Promise<void> {
  const isFile = file !== undefined;
  const input = isFile
    ? await fileInput(file, interruptSignal())
    : databaseInput((await loadConfig()).database);
  const buckets = new RowBuckets(window ?? (isFile ? 'all' : '24h'), isFile ? null : Date.now());
  const progress = new AnalysisProgress(input, say);
  await withProgress(progress, () => input.addTo(buckets, version, progress));
  const sums = buckets.sums();
  if (sums === null)
    throw new Error('there is no prediction in the window; --window all leaves none out');
  const served = await servedVersions();
  const summary = summarise(sums, {
    // A file may be of another server.
    served: isFile ? served.filter((each) => sums.has(each)) : served,
    version,
    hasActivity: false,
  });
  process.stdout.write(json === true ? `${JSON.stringify(summary)}\n` : summaryText(summary));
  if (report === undefined) return;
  await writeDurably(report, summaryPage(summary, progress));
  say(`${report} written`);
}

async function withProgress(progress: AnalysisProgress, work: () => Promise<void>): Promise<void> {
  const timer = setInterval(() => {
    progress.tell();
  }, PROGRESS_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  progress.tellEnd();
}

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
