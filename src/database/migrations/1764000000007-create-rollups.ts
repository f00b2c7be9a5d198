// Roll-ups: what the rows of the log, and the requests behind them, add up to by the minute, five minutes, the hour and the day.
import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

const key = (name: string, type = 'text') => ({ name, type, isPrimary: true });

const PREDICTION_ROLLUPS = new Table({
  name: 'prediction_rollups',
  columns: [
    key('span_ms', 'integer'),
    key('starts_at', 'bigint'),
    key('model_name'),
    key('model_version'),
    key('stream'),
    { name: 'rows', type: 'bigint' },
    { name: 'folded', type: 'integer' },
    { name: 'body', type: 'text' },
  ],
});

const ACTIVITY_ROLLUPS = new Table({
  name: 'activity_rollups',
  columns: [
    key('span_ms', 'integer'),
    key('starts_at', 'bigint'),
    key('stream'),
    { name: 'body', type: 'text' },
  ],
});

export class CreateRollups1764000000007 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(PREDICTION_ROLLUPS.clone());
    // Few minutes are not folded: those that run, and those that a writer left behind.
    await runner.query(
      'CREATE INDEX "prediction_rollups_unfolded" ON "prediction_rollups" ("starts_at") WHERE folded = 0',
    );
    await runner.createTable(ACTIVITY_ROLLUPS.clone());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(ACTIVITY_ROLLUPS.name);
    await runner.dropTable(PREDICTION_ROLLUPS.name);
  }
}
