// npm run registry: what the registry holds, copying the embedded one to MLflow, and taking one version out.
import { Command } from 'commander';
import { loadConfig } from '../src/config/load-config.ts';
import { openRegistry } from '../src/model/registry/open-registry.ts';
import { listLines, showLines } from './registry/describe.ts';
import { exportVersion } from './registry/export-version.ts';
import { push } from './registry/push.ts';
import { runCommand } from './stages/command.ts';

const print = (lines: readonly string[]): void => {
  process.stdout.write(`${lines.join('\n')}\n`);
};

const command = new Command('registry').description(
  'The model registry: embedded, or that of MLFLOW_TRACKING_URI.',
);

command
  .command('list')
  .description('every version of every model')
  .action(async () => {
    print(await listLines(openRegistry((await loadConfig()).registry)));
  });

command
  .command('show')
  .description('one version, with its parameters and metrics')
  .argument('[uri]', 'models:/<name>@<alias>, models:/<name>/<version> (default: MODEL_URI)')
  .action(async (uri?: string) => {
    const { registry, model } = await loadConfig();
    print(await showLines(openRegistry(registry), uri ?? model.uri));
  });

command
  .command('push')
  .description(
    'copies embedded runs, versions and aliases to the MLflow server of MLFLOW_TRACKING_URI; again copies what is new',
  )
  .option('--name <model>', 'only this model')
  .action(async ({ name }: { readonly name?: string }) => {
    await push(await loadConfig(), (line) => process.stdout.write(`${line}\n`), name);
  });

command
  .command('export')
  .description('copies one version, with its number and aliases, into a folder to serve it from')
  .argument('<uri>', 'models:/<name>@<alias>, models:/<name>/<version> or runs:/<run id>/model')
  .argument('<folder>', 'REGISTRY_DIR of the server that shall serve it')
  .action(async (uri: string, folder: string) => {
    const { name, version } = await exportVersion((await loadConfig()).registry, uri, folder);
    print([`${name}: version ${version} is in ${folder}`]);
  });

void runCommand(command);
