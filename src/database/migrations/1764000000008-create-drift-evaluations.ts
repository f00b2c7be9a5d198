// What was found of drift, evaluation by evaluation, and the leases by which one server of several evaluates.
import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

const text = (name: string) => ({ name, type: 'text' });

const EVALUATIONS = new Table({
  name: 'drift_evaluations',
  columns: [
    { name: 'id', type: 'text', isPrimary: true },
    { name: 'at', type: 'bigint' },
    text('model_name'),
    text('model_version'),
    text('window_name'),
    text('body'),
  ],
  indices: [{ name: 'drift_evaluations_at', columnNames: ['at'] }],
});

const LEASES = new Table({
  name: 'leases',
  columns: [
    { name: 'name', type: 'text', isPrimary: true },
    text('holder'),
    { name: 'held_until', type: 'bigint' },
  ],
});

const TABLES = [EVALUATIONS, LEASES];

export class CreateDriftEvaluations1764000000008 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.createTable(table.clone());
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { name } of TABLES) await runner.dropTable(name);
  }
}
