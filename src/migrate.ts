// npm run migrate: brings the database of DATABASE_URL to the newest schema, and ends. Servers do so at their start, too.
import 'reflect-metadata';
import { Command } from 'commander';
import { reportFailure } from './common/command.ts';
import { loadConfig } from './config/load-config.ts';
import { dataSourceOptions, openDatabase } from './database/data-source.ts';

async function migrate(): Promise<void> {
  const { database } = await loadConfig();
  const dataSource = await openDatabase(dataSourceOptions(database));
  try {
    const applied = await dataSource.query<readonly { readonly name: string }[]>(
      'SELECT name FROM migrations ORDER BY id',
    );
    process.stdout.write(`The schema is ${applied.at(-1)?.name ?? 'empty'}.\n`);
  } finally {
    await dataSource.destroy();
  }
}

new Command('migrate')
  .description(
    'Brings the database of DATABASE_URL, or the one under VAR_DIR, to the newest schema. What is there already stays.',
  )
  .action(migrate)
  .parseAsync()
  .catch(reportFailure);
