// npm run promote: makes a registered version the champion if the gate passes. Exit code 1 where it does not.
import { Command } from 'commander';
import { loadConfig } from '../src/config/load-config.ts';
import { promoteVersion } from './promotion/promote-version.ts';
import { runCommand } from './stages/command.ts';

interface PromoteCommandOptions {
  readonly version: string;
  readonly name?: string;
  readonly force?: boolean;
  readonly reason?: string;
}

const command = new Command('promote')
  .description(
    'Makes a registered version the champion if the gate passes; servers follow within their polling interval.',
  )
  .requiredOption('--version <number>', 'the version to promote')
  .option('--name <model>', "the model's name in the registry (default: MODEL_NAME)")
  .option('--force', 'overrule a gate that refuses; needs --reason')
  .option('--reason <text>', 'kept in the history, which is in the database of DATABASE_URL');

command.action(async ({ version, name, force = false, reason }: PromoteCommandOptions) => {
  const { promoted, lines } = await promoteVersion({
    config: await loadConfig(),
    name,
    version,
    force,
    reason: reason ?? null,
  });
  process.stdout.write(`${lines.join('\n')}\n`);
  if (!promoted) process.exitCode = 1;
});

void runCommand(command);
