// The labels that come later, and every change of them. A label goes with its prediction, whoever deletes that, and its history with it; the
// history is written by the database, so that no statement can change a label without it.
import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

const text = (name: string) => ({ name, type: 'text' });
const bigint = (name: string) => ({ name, type: 'bigint' });
const integer = (name: string) => ({ name, type: 'integer' });
const double = (name: string) => ({ name, type: 'double precision' });
const goesWith = (table: string, owner: string, key: string) => ({
  name: `${table}_prediction_id_fkey`,
  columnNames: ['prediction_id'],
  referencedTableName: owner,
  referencedColumnNames: [key],
  onDelete: 'CASCADE',
});

/** What is said of a prediction, and by whom. */
const SAID = [
  integer('revision'),
  text('label'),
  integer('actual'),
  { ...bigint('observed_at'), isNullable: true },
  { ...text('groups'), isNullable: true },
  bigint('received_at'),
  text('user_id'),
  text('credential'),
];

const FEEDBACK = new Table({
  name: 'feedback',
  columns: [
    { ...text('prediction_id'), isPrimary: true },
    ...SAID,
    bigint('predicted_at'),
    text('model_name'),
    text('model_version'),
    double('probability'),
    double('threshold'),
    integer('predicted'),
  ],
  indices: [
    {
      name: 'feedback_model_predicted_at',
      columnNames: ['model_name', 'model_version', 'predicted_at', 'prediction_id'],
    },
  ],
  foreignKeys: [goesWith('feedback', 'predictions', 'id')],
});

const [revision, ...rest] = SAID;
const HISTORY = new Table({
  name: 'feedback_history',
  columns: [
    { ...text('prediction_id'), isPrimary: true },
    { ...(revision as (typeof SAID)[number]), isPrimary: true },
    ...rest,
  ],
  foreignKeys: [goesWith('feedback_history', 'feedback', 'prediction_id')],
});

const KEPT = ['prediction_id', ...SAID.map(({ name }) => name)];
const KEEP =
  `INSERT INTO feedback_history (${KEPT.map((name) => `"${name}"`).join(', ')}) ` +
  `VALUES (${KEPT.map((name) => `NEW."${name}"`).join(', ')})`;

const SQLITE_TRIGGERS = ['INSERT', 'UPDATE'].map(
  (change) =>
    `CREATE TRIGGER feedback_history_${change.toLowerCase()} AFTER ${change} ON feedback BEGIN ${KEEP}; END`,
);
const POSTGRES_TRIGGERS = [
  `CREATE FUNCTION feedback_keep_history() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${KEEP}; RETURN NULL; END $$`,
  'CREATE TRIGGER feedback_history AFTER INSERT OR UPDATE ON feedback FOR EACH ROW EXECUTE FUNCTION feedback_keep_history()',
];

export class CreateFeedback1764000000009 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(FEEDBACK.clone());
    await runner.createTable(HISTORY.clone());
    for (const trigger of isPostgres(runner) ? POSTGRES_TRIGGERS : SQLITE_TRIGGERS)
      await runner.query(trigger);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(HISTORY.name);
    await runner.dropTable(FEEDBACK.name);
    if (isPostgres(runner)) await runner.query('DROP FUNCTION feedback_keep_history()');
  }
}

const isPostgres = (runner: QueryRunner): boolean => runner.dataSource.options.type === 'postgres';
