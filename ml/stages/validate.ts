// Stage validate: checks the data file against the declared features and writes validation.json, for good data and for bad.
import type { ValidationReport } from '../data/validate.ts';
import { VALIDATION_FILE } from './artifacts.ts';
import type { StageContext } from './context.ts';

/** Throws DataError after the report is written. */
export async function validate(context: StageContext): Promise<ValidationReport> {
  context.reporter.stage('validate');
  const result = await context.validation();
  await context.workspace.writeJson(VALIDATION_FILE, result.report);
  if ('error' in result) throw result.error;
  const { rows, classes, warnings } = result.report;
  const { labels } = context.params.target;
  context.reporter.note(
    `${rows} rows, ${classes?.positive} ${labels.positive}, ${classes?.negative} ${labels.negative}`,
  );
  for (const warning of warnings) context.reporter.note(`warning: ${warning}`);
  return result.report;
}
