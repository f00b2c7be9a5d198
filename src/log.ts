// npm run log: the prediction log without the server.
import 'reflect-metadata';
import { Command } from 'commander';
import { reportFailure } from './common/command.ts';
import { exportCommand } from './prediction/export/export-command.ts';
import { eraseCommand } from './prediction/log/erase-command.ts';
import { verifyCommand } from './prediction/log/verify/verify-command.ts';

const command = new Command('log').description(
  'The prediction log of DATABASE_URL, or of the database under VAR_DIR.',
);
for (const part of [exportCommand(), verifyCommand(), eraseCommand()]) command.addCommand(part);
command.parseAsync().catch(reportFailure);
