// The options of npm run score, and what is said while it runs.
import { extname } from 'node:path';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { interruptSignal } from '../../common/command.ts';
import { loadConfig } from '../../config/load-config.ts';
import type { ExplanationChoice } from '../../model/model-explainer.ts';
import { openModel, proveModel, type RunnableModel } from '../../model/open-model.ts';
import { openRegistry } from '../../model/registry/open-registry.ts';
import { BATCH_FORMATS, type BatchFormat } from './batch-format.ts';
import { ScoreProgress } from './score-progress.ts';
import { scoreFile, STANDARD } from './score-file.ts';

const PROGRESS_MS = 2000;
const METHODS = [
  'default',
  'path_dependent',
  'interventional',
] as const satisfies readonly ExplanationChoice[];
const ENDINGS: Readonly<Record<string, BatchFormat>> = { '.jsonl': 'ndjson' };

interface ScoreOptions {
  readonly model?: string;
  readonly inputFormat?: BatchFormat;
  readonly outputFormat?: BatchFormat;
  readonly explain?: ExplanationChoice;
  readonly strict?: true;
}

export const scoreCommand = (): Command =>
  new Command('score')
    .description(
      'Scores the rows of a file by a registered model. Rows that do not fit the model are refused in the output, and counted.',
    )
    .addArgument(new Argument('<input>', 'the file to read; - for standard input'))
    .addArgument(
      new Argument('<output>', 'the file to write, once it is whole; - for standard output'),
    )
    .option(
      '--model <uri>',
      'models:/<name>@<alias> or models:/<name>/<version> (default: MODEL_URI)',
    )
    .addOption(formatOption('--input-format <format>', 'of the input (default: by its ending)'))
    .addOption(
      formatOption(
        '--output-format <format>',
        "of the output (default: by its ending, or the input's)",
      ),
    )
    .addOption(
      new Option('--explain [method]', 'says why, in the usual way of the model or as named')
        .choices(METHODS)
        .preset('default'),
    )
    .option('--strict', 'exit code 1 where a row is refused')
    .action(runScore);

const formatOption = (flags: string, description: string): Option =>
  new Option(flags, description).choices(BATCH_FORMATS);

async function runScore(input: string, output: string, options: ScoreOptions): Promise<void> {
  const inputFormat = options.inputFormat ?? formatOf(input);
  if (inputFormat === undefined)
    throw new InvalidArgumentError(
      `say what the input is: --input-format ${BATCH_FORMATS.join(', ')}`,
    );
  const outputFormat = options.outputFormat ?? formatOf(output) ?? inputFormat;
  const { explain = null } = options;
  const signal = interruptSignal();
  const model = await openRegistered(options.model);
  const progress = new ScoreProgress();
  const timer = setInterval(() => {
    say(progress.soFar());
  }, PROGRESS_MS);
  try {
    await scoreFile({ input, inputFormat, output, outputFormat, model, explain, progress, signal });
  } finally {
    clearInterval(timer);
  }
  say(progress.atEnd(output === STANDARD ? 'standard output' : output));
  if (options.strict === true && progress.refused > 0) process.exitCode = 1;
}

const say = (text: string): boolean => process.stderr.write(`${text}\n`);

function formatOf(path: string): BatchFormat | undefined {
  const ending = extname(path).toLowerCase();
  return ENDINGS[ending] ?? BATCH_FORMATS.find((format) => ending === `.${format}`);
}

/** The version that the server would serve, or another one; proved as the server does before it serves one. */
async function openRegistered(uri: string | undefined): Promise<RunnableModel> {
  const config = await loadConfig();
  const registry = openRegistry(config.registry);
  const version = await registry.resolve(uri ?? config.model.uri);
  const model = await openModel(await registry.fetchBundle(version));
  try {
    await proveModel(model);
  } finally {
    // Rows are scored by a thread, which opens it again.
    await model.scorer.release();
  }
  say(`${version.name}, version ${version.version}`);
  return model;
}
