// A command of training: its options and --help, and errors as lines without a stack, exit code 1.
import { Command } from 'commander';
import { refusalOf } from '../../src/common/disk-refusal.ts';

/** A command with the options that every stage has. */
export const stageCommand = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .option('--params <file>', 'what to learn and from what', 'params.yaml')
    .option('--name <model>', "the model's name in the registry (default: MODEL_NAME)");

/** Adds the option of commands that fit; what was written is checked where the stages are opened. */
export const withThreads = (command: Command): Command =>
  command.option(
    '--threads <n>',
    'threads that a fit may take; the model does not depend on how many (default: the available cores)',
    Number,
  );

export interface StageCommandOptions {
  readonly params: string;
  readonly name?: string;
  readonly threads?: number;
}

/** A command about a registered version and a file of rows. */
export const versionCommand = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .requiredOption('--model <uri>', 'models:/name@alias, models:/name/3 or runs:/<run id>/model')
    .requiredOption(
      '--data <file>',
      "a CSV or Parquet file with the model's features and its target",
    )
    .option('--delimiter <char>', 'what stands between two fields', ',')
    .option('--missing <texts...>', 'texts that stand for a missing value', [])
    .option('--positive <text>', 'how the positive class is written (default: as in training)')
    .option('--out <file>', 'writes the figures as JSON');

export interface VersionCommandOptions {
  readonly model: string;
  readonly data: string;
  readonly delimiter: string;
  readonly missing: readonly string[];
  readonly positive?: string;
  readonly out?: string;
}

/** What shells answer for a process that was interrupted. */
const INTERRUPTED = 130;

/** Aborts at the first SIGINT, so that what is done is kept; the second one ends the process at once. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => {
    process.stderr.write(
      '\ninterrupted: stopping after what is being fitted; once more stops at once\n',
    );
    controller.abort();
    process.once('SIGINT', () => process.exit(INTERRUPTED));
  });
  return controller.signal;
}

/** Parses this process's arguments and runs the command's action. */
export async function runCommand(command: Command): Promise<void> {
  try {
    await command.parseAsync();
  } catch (error) {
    process.stderr.write(`foretell: ${inWords(error)}\n`);
    const interrupted = error instanceof Error && error.name === 'SearchInterrupted';
    process.exitCode = interrupted ? INTERRUPTED : 1;
  }
}

/** A disk that takes no more is said in words wherever it is met. */
function inWords(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  const why = error instanceof Error && 'code' in error ? refusalOf(error) : null;
  return why === null ? said : `a file cannot be written: ${why} (${said})`;
}
