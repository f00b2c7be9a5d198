// Command of the stage `train` in dvc.yaml.
import { withThreads } from './stages/command.ts';
import { runSingleStage } from './stages/single-stage.ts';
import { train } from './stages/train.ts';

void runSingleStage(
  'fit',
  'Compares the candidates by cross-validation, fits the best one and exports it.',
  train,
  withThreads,
);
