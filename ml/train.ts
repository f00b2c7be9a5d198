// npm run train: every stage in one process. With --if-missing (before `npm start`) it looks into the registry first and loads the rest of
// training only if there is something to train.
import {
  runCommand,
  stageCommand,
  withThreads,
  type StageCommandOptions,
} from './stages/command.ts';

interface TrainCommandOptions extends StageCommandOptions {
  readonly ifMissing?: true;
}

const command = withThreads(
  stageCommand(
    'train',
    'Validates the data, compares the candidates, evaluates and registers the best one.',
  ),
).option('--if-missing', 'do nothing if the model that would be served exists');

command.action(async (options: TrainCommandOptions) => {
  if (options.ifMissing === true) {
    const { isMissing } = await import('./stages/if-missing.ts');
    const paramsGiven = command.getOptionValueSource('params') === 'cli';
    if (!(await isMissing({ name: options.name, paramsGiven }))) return;
  }
  const { trainAndTell } = await import('./stages/train-and-tell.ts');
  await trainAndTell(options);
});

void runCommand(command);
