// A table whose rows are never changed nor deleted: triggers refuse both, on either engine.
import type { QueryRunner } from 'typeorm';

const isPostgres = (runner: QueryRunner): boolean => runner.dataSource.options.type === 'postgres';

const sqliteTriggers = (table: string): readonly string[] =>
  ['UPDATE', 'DELETE'].map(
    (change) =>
      `CREATE TRIGGER ${table}_no_${change.toLowerCase()} BEFORE ${change} ON ${table} ` +
      `BEGIN SELECT RAISE(ABORT, '${table} only grows'); END`,
  );

const postgresTriggers = (table: string): readonly string[] => [
  `CREATE FUNCTION ${table}_only_grows() RETURNS trigger LANGUAGE plpgsql AS ` +
    `$$ BEGIN RAISE EXCEPTION '${table} only grows'; END $$`,
  `CREATE TRIGGER ${table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table} ` +
    `FOR EACH STATEMENT EXECUTE FUNCTION ${table}_only_grows()`,
];

/** Once the table is there. */
export async function refuseChanges(runner: QueryRunner, table: string): Promise<void> {
  const triggers = isPostgres(runner) ? postgresTriggers(table) : sqliteTriggers(table);
  for (const trigger of triggers) await runner.query(trigger);
}

/** Once the table, and its triggers with it, is gone: PostgreSQL keeps their function. */
export async function forgetTriggers(runner: QueryRunner, table: string): Promise<void> {
  if (isPostgres(runner)) await runner.query(`DROP FUNCTION ${table}_only_grows()`);
}
