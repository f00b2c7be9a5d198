// Stage validate: checks the data file against the declared features and writes validation.json and validation.html, for good data and for bad.
import type { ValidationReport } from '../data/validation-report.ts';
import { renderValidation } from '../report/render-validation.ts';
import { VALIDATION_FILE, VALIDATION_PAGE } from './artifacts.ts';
import type { StageContext } from './context.ts';

/** Throws DataError after the report is written. */
export async function validate(context: StageContext): Promise<ValidationReport> {
  const { reporter, workspace, params } = context;
  reporter.stage('validate');
  const result = await context.validation();
  const { report } = result;
  const { labels } = params.target;
  await workspace.writeJson(VALIDATION_FILE, report);
  await workspace.write(VALIDATION_PAGE, renderValidation(report, labels));
  if ('error' in result) {
    reporter.note(`report: ${workspace.path(VALIDATION_PAGE)}`);
    throw result.error;
  }
  const { rows, classes, warnings } = report;
  reporter.note(
    `${rows} rows, ${classes?.positive} ${labels.positive}, ${classes?.negative} ${labels.negative}`,
  );
  for (const warning of warnings) reporter.note(`warning: ${warning}`);
  reporter.note(`report: ${workspace.path(VALIDATION_PAGE)}`);
  return report;
}
