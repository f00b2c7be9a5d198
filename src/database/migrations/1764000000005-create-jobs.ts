// Jobs: what was ordered, how far the work is, and who holds it. Their rows and results are files (JOBS_DIR).
import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

const text = (name: string) => ({ name, type: 'text', isNullable: true });
const bigint = (name: string) => ({ name, type: 'bigint' });
const instant = (name: string) => ({ ...bigint(name), isNullable: true });

const JOBS = new Table({
  name: 'jobs',
  columns: [
    { name: 'id', type: 'text', isPrimary: true },
    bigint('created_at'),
    { name: 'user_id', type: 'text' },
    { name: 'state', type: 'text' },
    { name: 'format', type: 'text' },
    text('input'),
    text('input_etag'),
    text('output'),
    text('explain'),
    text('model_name'),
    text('model_version'),
    text('model_sha256'),
    bigint('rows_done'),
    bigint('rows_refused'),
    { ...bigint('rows_total'), isNullable: true },
    bigint('bytes_read'),
    bigint('bytes_total'),
    bigint('lines_read'),
    { name: 'parts_done', type: 'integer' },
    { name: 'parts', type: 'text' },
    instant('started_at'),
    instant('finished_at'),
    text('error'),
    text('holder'),
    bigint('held_until'),
    { name: 'claims', type: 'integer' },
    { name: 'failures', type: 'integer' },
  ],
  indices: [
    { name: 'jobs_created_at', columnNames: ['created_at'] },
    { name: 'jobs_user_id', columnNames: ['user_id', 'created_at'] },
    { name: 'jobs_state', columnNames: ['state', 'held_until'] },
  ],
});

export class CreateJobs1764000000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(JOBS.clone());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(JOBS.name);
  }
}
