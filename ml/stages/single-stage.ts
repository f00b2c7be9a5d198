// Runs one stage as a command of its own, as dvc.yaml names it.
import { loadConfig } from '../../src/config/load-config.ts';
import { runCommand, stageCommand, type StageCommandOptions } from './command.ts';
import { openStages, type StageContext } from './context.ts';
import { StreamReporter } from './reporter.ts';

export function runSingleStage(
  name: string,
  description: string,
  stage: (context: StageContext) => Promise<unknown>,
): Promise<void> {
  const command = stageCommand(name, description).action(async (options: StageCommandOptions) => {
    const reporter = new StreamReporter(process.stderr);
    try {
      await stage(
        openStages({
          paramsFile: options.params,
          name: options.name,
          config: loadConfig(),
          reporter,
        }),
      );
    } finally {
      reporter.end();
    }
  });
  return runCommand(command);
}
