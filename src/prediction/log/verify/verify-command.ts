// npm run log -- verify: the options, and what is said.
import { Command } from 'commander';
import { loadConfig } from '../../../config/load-config.ts';
import { toIso } from '../../../database/epoch-ms.ts';
import { withLog } from '../../export/open-log.ts';
import { readLog } from '../log-transaction.ts';
import { inWords } from './finding.ts';
import { readHeads, writeHeads } from './heads.ts';
import { verifyLog, type Verified } from './verify-log.ts';

const PROGRESS_MS = 2000;
/** A log that was changed everywhere need not be told row by row. */
const MOST_FINDINGS = 1000;

export const verifyCommand = (): Command =>
  new Command('verify')
    .description(
      'checks every prediction against the hash chain; names what was edited, inserted, deleted or reordered, and exits with 1',
    )
    .option(
      '--heads <file>',
      'the heads of the chain as this command left them the last time; brought up to date where nothing is found. Keep it elsewhere',
    )
    .action(runVerify);

async function runVerify({ heads: file }: { readonly heads?: string }): Promise<void> {
  const heads = file === undefined ? null : readHeads(file);
  let rows = 0;
  let findings = 0;
  let told = performance.now();
  const verified = await withLog((await loadConfig()).database, ({ manager }) =>
    readLog(manager.dataSource, (statements) =>
      verifyLog(statements, {
        heads,
        found: (finding) => {
          findings += 1;
          if (findings <= MOST_FINDINGS) process.stdout.write(`${inWords(finding)}\n`);
        },
        // Not by a timer: SQLite leaves none a turn.
        looked: (more) => {
          rows += more;
          if (performance.now() - told < PROGRESS_MS) return;
          told = performance.now();
          say(`${count(rows)} predictions so far`);
        },
      }),
    ),
  );
  say(summaryOf(verified));
  if (findings > 0) {
    say(`${count(findings)} findings: the log is not as it was stored`);
    process.exitCode = 1;
    return;
  }
  if (file !== undefined) writeHeads(file, verified.heads);
  say('the log is as it was stored');
}

function summaryOf({ rows, blocks, streams, erased, unchained, goneBefore }: Verified): string {
  const parts = [
    `${count(rows)} predictions in ${count(blocks)} blocks of ${count(streams)} streams`,
  ];
  if (erased > 0) parts.push(`${count(erased)} erased`);
  if (goneBefore !== null) parts.push(`older than ${toIso(goneBefore)} deleted by retention`);
  if (unchained > 0) parts.push(`${count(unchained)} in no block, from before the chain`);
  return parts.join('; ');
}

const count = (n: number): string => n.toLocaleString('en');
const say = (text: string): boolean => process.stderr.write(`${text}\n`);
