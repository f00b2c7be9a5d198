// What was out of the ordinary, and how far the log has been looked at for it.
import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

const text = (name: string) => ({ name, type: 'text' });
const bigint = (name: string) => ({ name, type: 'bigint' });
const optional = (name: string, type = 'text') => ({ name, type, isNullable: true });

const ANOMALIES = new Table({
  name: 'anomalies',
  columns: [
    { ...text('id'), isPrimary: true },
    bigint('at'),
    bigint('ended_at'),
    text('kind'),
    text('model_name'),
    optional('model_version'),
    optional('feature'),
    optional('value', 'double precision'),
    optional('expected', 'double precision'),
    text('evidence'),
    text('prediction_ids'),
    optional('acknowledged_at', 'bigint'),
    optional('acknowledged_by'),
    optional('note'),
  ],
  indices: [{ name: 'anomalies_ended_at', columnNames: ['ended_at'] }],
});

const CURSORS = new Table({
  name: 'anomaly_cursors',
  columns: [
    { ...text('name'), isPrimary: true },
    bigint('at'),
    text('row_id'),
    bigint('looked_at'),
    bigint('skipped'),
  ],
});

const TABLES = [ANOMALIES, CURSORS];

export class CreateAnomalies1764000000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.createTable(table.clone());
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { name } of TABLES) await runner.dropTable(name);
  }
}
