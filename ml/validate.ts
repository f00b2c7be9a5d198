// Command of the stage `validate` in dvc.yaml.
import { runSingleStage } from './stages/single-stage.ts';
import { validate } from './stages/validate.ts';

void runSingleStage(
  'validate',
  'Checks the data against the declared features and writes a report.',
  validate,
);
