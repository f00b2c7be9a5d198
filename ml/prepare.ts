// Command of the stage `prepare` in dvc.yaml.
import { runSingleStage } from './stages/single-stage.ts';
import { prepare } from './stages/prepare.ts';

void runSingleStage('prepare', 'Decides which rows are held out for evaluation.', prepare);
