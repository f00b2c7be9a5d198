// npm run score: the rows of a file scored by a registered model, without a server and without a database.
import { reportFailure } from './common/command.ts';
import { scoreCommand } from './prediction/batch/score-command.ts';

scoreCommand().parseAsync().catch(reportFailure);
