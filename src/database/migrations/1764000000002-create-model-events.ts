// The history of models, which only grows: triggers refuse to change or delete a row. A later migration that alters the table on SQLite
// makes it anew and must make them again. Beside it, when each server was last seen.
import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';
import { forgetTriggers, refuseChanges } from '../only-grows.ts';

const text = (name: string) => ({ name, type: 'text', isNullable: true });

const EVENTS = new Table({
  name: 'model_events',
  columns: [
    {
      name: 'id',
      type: 'integer',
      isPrimary: true,
      isGenerated: true,
      generationStrategy: 'increment',
    },
    { name: 'at', type: 'bigint' },
    { name: 'kind', type: 'text' },
    { name: 'model', type: 'text' },
    text('alias'),
    text('version'),
    text('from_version'),
    { name: 'actor', type: 'text' },
    text('cause'),
    text('reason'),
    text('report'),
    text('onnx_sha256'),
    text('run_id'),
    text('data_digest'),
    text('git_commit'),
    text('params'),
    text('stream'),
    { name: 'sequence', type: 'integer', isNullable: true },
  ],
  indices: [
    { name: 'model_events_model_version', columnNames: ['model', 'version'] },
    { name: 'model_events_stream', columnNames: ['stream', 'sequence'], isUnique: true },
  ],
});

const SERVERS = new Table({
  name: 'serving_heartbeats',
  columns: [
    { name: 'server', type: 'text', isPrimary: true },
    { name: 'seen_at', type: 'bigint' },
  ],
});

export class CreateModelEvents1764000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(EVENTS.clone());
    await runner.createTable(SERVERS.clone());
    await refuseChanges(runner, EVENTS.name);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(SERVERS.name);
    await runner.dropTable(EVENTS.name);
    await forgetTriggers(runner, EVENTS.name);
  }
}
