// The hash chain of the prediction log, and how to find what a caller's reference belongs to. Rows that are there already are in no block. In SQL that
// both engines take and that touches no row: TypeORM's way to add a column on SQLite copies the table.
import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

const text = (name: string) => ({ name, type: 'text' });
const bigint = (name: string) => ({ name, type: 'bigint' });

const LOG_BLOCKS = new Table({
  name: 'log_blocks',
  // Appended to and read by its key: on SQLite one tree instead of two.
  withoutRowid: true,
  columns: [
    { ...text('stream'), isPrimary: true },
    { ...bigint('sequence'), isPrimary: true },
    text('kind'),
    bigint('first_at'),
    bigint('last_at'),
    bigint('rows'),
    text('digest'),
    text('previous'),
    text('hash'),
    text('detail'),
  ],
});

const REMOVED_PREDICTIONS = new Table({
  name: 'removed_predictions',
  columns: [
    { ...text('id'), isPrimary: true },
    text('block'),
    text('digest'),
    text('reason'),
    bigint('removed_at'),
    text('removal'),
  ],
  indices: [
    { name: 'removed_predictions_block', columnNames: ['block'] },
    { name: 'removed_predictions_removal', columnNames: ['removal'] },
  ],
});

export class AddLogChain1764000000006 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(LOG_BLOCKS.clone());
    await runner.createTable(REMOVED_PREDICTIONS.clone());
    await runner.query('ALTER TABLE "predictions" ADD COLUMN "block" text');
    // Rows without a reference cost nothing.
    await runner.query(
      'CREATE INDEX "predictions_key" ON "predictions" ("key") WHERE key IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX "predictions_key"');
    await runner.query('ALTER TABLE "predictions" DROP COLUMN "block"');
    await runner.dropTable(REMOVED_PREDICTIONS.name);
    await runner.dropTable(LOG_BLOCKS.name);
  }
}
