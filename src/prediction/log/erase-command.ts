// npm run log -- erase: one subject's predictions, without the server or beside it.
import { Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { withLog } from '../export/open-log.ts';
import { Erasure } from './erasure.ts';

export const eraseCommand = (): Command =>
  new Command('erase')
    .description(
      'deletes every prediction with this reference, and the labels and comparisons that belong to them',
    )
    .requiredOption('--key <key>', "the caller's own reference, exactly")
    .action(async ({ key }: { readonly key: string }) => {
      const { predictions, comparisons, labels } = await withLog(
        loadConfig().database,
        ({ manager }) => new Erasure(manager.dataSource).erase(key, 'command line'),
      );
      process.stdout.write(
        `erased: ${predictions} predictions, ${comparisons} comparisons, ${labels} labels\n`,
      );
    });
