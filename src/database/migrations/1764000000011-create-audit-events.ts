// Who did what. The table only grows: triggers refuse to change or delete a row. A later migration that alters it on SQLite makes it anew and
// must make them again.
import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

const text = (name: string) => ({ name, type: 'text' });
const optional = (name: string) => ({ name, type: 'text', isNullable: true });

const EVENTS = new Table({
  name: 'audit_events',
  columns: [
    {
      name: 'id',
      type: 'integer',
      isPrimary: true,
      isGenerated: true,
      generationStrategy: 'increment',
    },
    { name: 'at', type: 'bigint' },
    text('actor_kind'),
    optional('actor_user_id'),
    optional('actor_name'),
    optional('api_key_id'),
    optional('api_key_name'),
    text('action'),
    optional('target_kind'),
    optional('target_id'),
    optional('target_name'),
    text('outcome'),
    text('details'),
    optional('address'),
    optional('request_id'),
  ],
  indices: [{ name: 'audit_events_at', columnNames: ['at'] }],
});

const SQLITE_TRIGGERS = ['UPDATE', 'DELETE'].map(
  (change) =>
    `CREATE TRIGGER audit_events_no_${change.toLowerCase()} BEFORE ${change} ON audit_events ` +
    `BEGIN SELECT RAISE(ABORT, 'audit_events only grows'); END`,
);
const POSTGRES_TRIGGERS = [
  `CREATE FUNCTION audit_events_only_grows() RETURNS trigger LANGUAGE plpgsql AS ` +
    `$$ BEGIN RAISE EXCEPTION 'audit_events only grows'; END $$`,
  `CREATE TRIGGER audit_events_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events ` +
    `FOR EACH STATEMENT EXECUTE FUNCTION audit_events_only_grows()`,
];

export class CreateAuditEvents1764000000011 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(EVENTS.clone());
    for (const trigger of isPostgres(runner) ? POSTGRES_TRIGGERS : SQLITE_TRIGGERS)
      await runner.query(trigger);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(EVENTS.name);
    if (isPostgres(runner)) await runner.query('DROP FUNCTION audit_events_only_grows()');
  }
}

const isPostgres = (runner: QueryRunner): boolean => runner.dataSource.options.type === 'postgres';
