// Who did what. The table only grows: triggers refuse to change or delete a row. A later migration that alters it on SQLite makes it anew and
// must make them again.
import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';
import { forgetTriggers, refuseChanges } from '../only-grows.ts';

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

export class CreateAuditEvents1764000000011 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(EVENTS.clone());
    await refuseChanges(runner, EVENTS.name);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(EVENTS.name);
    await forgetTriggers(runner, EVENTS.name);
  }
}
