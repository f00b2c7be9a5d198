// Runs one stage as a command of its own, as dvc.yaml names it.
import type { Command } from 'commander';
import { loadConfig } from '../../src/config/load-config.ts';
import { interruptSignal, runCommand, stageCommand, type StageCommandOptions } from './command.ts';
import { openStages, type StageContext } from './context.ts';
import { StreamReporter } from './reporter.ts';

/** `withOptions` adds what this stage has beside the options of every stage. */
export function runSingleStage(
  name: string,
  description: string,
  stage: (context: StageContext) => Promise<unknown>,
  withOptions: (command: Command) => Command = (command) => command,
): Promise<void> {
  const command = withOptions(stageCommand(name, description));
  command.action(async (options: StageCommandOptions) => {
    const reporter = new StreamReporter(process.stderr);
    try {
      await stage(
        openStages({
          paramsFile: options.params,
          name: options.name,
          threads: options.threads,
          config: await loadConfig(),
          reporter,
          signal: interruptSignal(),
        }),
      );
    } finally {
      reporter.end();
    }
  });
  return runCommand(command);
}
