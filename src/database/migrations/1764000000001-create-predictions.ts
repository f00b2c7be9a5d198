// The prediction log. It keeps the user's id without a foreign key: the log outlives the account.
import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

const DOUBLE = 'double precision';

const PREDICTIONS = new Table({
  name: 'predictions',
  columns: [
    { name: 'id', type: 'text', isPrimary: true },
    { name: 'created_at', type: 'bigint' },
    { name: 'user_id', type: 'text' },
    { name: 'credential', type: 'text' },
    { name: 'key', type: 'text', isNullable: true },
    { name: 'model_name', type: 'text' },
    { name: 'model_version', type: 'text' },
    { name: 'inputs', type: 'text' },
    { name: 'probability', type: DOUBLE },
    { name: 'label', type: 'text' },
    { name: 'threshold', type: DOUBLE },
    { name: 'warnings', type: 'text' },
    { name: 'duration_ms', type: DOUBLE },
    { name: 'cpu_percent', type: DOUBLE },
    { name: 'memory_bytes', type: 'bigint' },
  ],
  indices: [
    { name: 'predictions_created_at', columnNames: ['created_at'] },
    {
      name: 'predictions_model_created_at',
      columnNames: ['model_name', 'model_version', 'created_at'],
    },
  ],
});

export class CreatePredictions1764000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(PREDICTIONS.clone());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(PREDICTIONS.name);
  }
}
