// The history of models, which only grows: triggers refuse to change or delete a row. A later migration that alters the table on SQLite
// makes it anew and must make them again. Beside it, when each server was last seen.
import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

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

const SQLITE_TRIGGERS = ['UPDATE', 'DELETE'].map(
  (change) =>
    `CREATE TRIGGER model_events_no_${change.toLowerCase()} BEFORE ${change} ON model_events ` +
    `BEGIN SELECT RAISE(ABORT, 'model_events only grows'); END`,
);
const POSTGRES_TRIGGERS = [
  `CREATE FUNCTION model_events_only_grows() RETURNS trigger LANGUAGE plpgsql AS ` +
    `$$ BEGIN RAISE EXCEPTION 'model_events only grows'; END $$`,
  `CREATE TRIGGER model_events_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON model_events ` +
    `FOR EACH STATEMENT EXECUTE FUNCTION model_events_only_grows()`,
];

export class CreateModelEvents1764000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(EVENTS.clone());
    await runner.createTable(SERVERS.clone());
    for (const trigger of isPostgres(runner) ? POSTGRES_TRIGGERS : SQLITE_TRIGGERS)
      await runner.query(trigger);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(SERVERS.name);
    await runner.dropTable(EVENTS.name);
    if (isPostgres(runner)) await runner.query('DROP FUNCTION model_events_only_grows()');
  }
}

const isPostgres = (runner: QueryRunner): boolean => runner.dataSource.options.type === 'postgres';
