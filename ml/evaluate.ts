// Command of the stage `evaluate` in dvc.yaml.
import { runSingleStage } from './stages/single-stage.ts';
import { evaluate } from './stages/evaluate.ts';

void runSingleStage('evaluate', 'Measures the exported model on the held-out rows.', evaluate);
