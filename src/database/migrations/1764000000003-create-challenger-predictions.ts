// What challengers say beside the champion's answers. No foreign key to the prediction: either row outlives the other.
import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

const DOUBLE = 'double precision';

const CHALLENGER_PREDICTIONS = new Table({
  name: 'challenger_predictions',
  columns: [
    { name: 'prediction_id', type: 'text', isPrimary: true },
    { name: 'created_at', type: 'bigint' },
    { name: 'mode', type: 'text' },
    { name: 'model_name', type: 'text' },
    { name: 'champion_version', type: 'text' },
    { name: 'champion_probability', type: DOUBLE },
    { name: 'champion_label', type: 'text' },
    { name: 'champion_duration_ms', type: DOUBLE },
    { name: 'version', type: 'text' },
    { name: 'probability', type: DOUBLE, isNullable: true },
    { name: 'label', type: 'text', isNullable: true },
    { name: 'duration_ms', type: DOUBLE },
    { name: 'error', type: 'text', isNullable: true },
  ],
  indices: [
    { name: 'challenger_predictions_created_at', columnNames: ['created_at'] },
    {
      name: 'challenger_predictions_model_created_at',
      columnNames: ['model_name', 'version', 'created_at'],
    },
  ],
});

export class CreateChallengerPredictions1764000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(CHALLENGER_PREDICTIONS.clone());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(CHALLENGER_PREDICTIONS.name);
  }
}
