// npm run log -- erase: one subject's predictions, without the server or beside it.
import { Command } from 'commander';
import { AuditEvent } from '../../audit/audit-event.entity.ts';
import { AuditLog } from '../../audit/audit-log.ts';
import { commandOrigin } from '../../common/audit-trail.ts';
import { loadConfig } from '../../config/load-config.ts';
import { withLog } from '../export/open-log.ts';
import { Erasure, erasureBy } from './erasure.ts';

export const eraseCommand = (): Command =>
  new Command('erase')
    .description(
      'deletes every prediction with this reference, and the labels and comparisons that belong to them',
    )
    .requiredOption('--key <key>', "the caller's own reference, exactly")
    .action(async ({ key }: { readonly key: string }) => {
      const { predictions, comparisons, labels } = await withLog(
        (await loadConfig()).database,
        ({ manager }) =>
          new AuditLog(manager.getRepository(AuditEvent)).recorded(
            erasureBy(commandOrigin('log erase')),
            () => new Erasure(manager.dataSource).erase(key, 'command line'),
            (erased) => ({ ...erased }),
          ),
      );
      process.stdout.write(
        `erased: ${predictions} predictions, ${comparisons} comparisons, ${labels} labels\n`,
      );
    });
