// Command of the stage `register` in dvc.yaml.
import { runSingleStage } from './stages/single-stage.ts';
import { register } from './stages/register.ts';

void runSingleStage('register', 'Registers the exported model with its metrics.', register);
