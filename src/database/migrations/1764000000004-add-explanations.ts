// Predictions keep the explanation that was asked for with them. In SQL that both engines take and that touches no row: TypeORM's way to add a
// column on SQLite copies the table, which a log of millions would feel.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddExplanations1764000000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "predictions" ADD COLUMN "explanation" text');
    // Few rows have one: whoever reads those must not look at all the others.
    await runner.query(
      'CREATE INDEX "predictions_explained_created_at" ON "predictions" ("created_at") WHERE explanation IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX "predictions_explained_created_at"');
    await runner.query('ALTER TABLE "predictions" DROP COLUMN "explanation"');
  }
}
