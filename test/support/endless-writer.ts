// A process that writes rows to the log of the settings until it is killed, and says so after each transaction: node --import tsx endless-writer.ts SEED
import 'reflect-metadata';
import { parseConfig } from '../../src/config/load-config.ts';
import { dataSourceOptions, openDatabase } from '../../src/database/data-source.ts';
import { openWriter } from '../../src/prediction/log/open-writer.ts';
import { rollupRows } from './rollup-rows.ts';

const SPAN_MS = 300_000;

async function write(): Promise<void> {
  const [, , seed = '1'] = process.argv;
  const { database } = parseConfig(process.env);
  const dataSource = await openDatabase(dataSourceOptions(database));
  const writer = openWriter(database, dataSource);
  for (let i = 0; ; i += 1) {
    const rows = rollupRows(37, { from: Date.now(), withinMs: SPAN_MS, seed: Number(seed) + i });
    await writer.write(rows);
    process.stdout.write('stored\n');
  }
}

void write();
