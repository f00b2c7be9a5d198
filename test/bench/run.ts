// npm run bench [-- suite ...]: runs the named benchmarks, or all of them. Compare figures only within one run.
import { chosen, options } from './options.ts';
import { BATCH_PARTS } from './batch/parts.ts';
import { CONSOLE_PARTS } from './console/parts.ts';
import { PREDICT_PARTS } from './predict/parts.ts';
import { TRAIN_PARTS } from './train/parts.ts';
import { WORKBENCH_PARTS } from './workbench/parts.ts';

const SUITES = [
  'start',
  'swap',
  'predict',
  'crash',
  'overload',
  'summary',
  'live',
  'batch',
  'train',
  'workbench',
  'console',
] as const;

const USAGE = `Usage: npm run bench -- [suite ...] [options]
Suites: ${SUITES.join(', ')}
  --only PART[,PART]   parts of predict: ${PREDICT_PARTS.join(', ')}
                       parts of batch: ${BATCH_PARTS.join(', ')}
                       parts of train: ${TRAIN_PARTS.join(', ')}
                       parts of workbench: ${WORKBENCH_PARTS.join(', ')}
                       parts of console: ${CONSOLE_PARTS.join(', ')}
  --rounds N           predict: how often each server is measured (3)
  --seconds N          predict: how long each load lasts (4; monitoring 100); overload: how long it lasts (60); live: each part (30)
  --times N            crash: how often the server is killed (20)
  --workers N          crash: processes behind the port (as WORKERS says)
  --rows N             batch: rows of the file that is scored whole (10000000)
  --minutes N          console: how long Live stays open (10)
  --seed N             crash: what the instants of the kills follow from (1)
`;

if (options.help) {
  process.stdout.write(USAGE);
} else {
  for (const name of chosen('suite', options.suites, SUITES)) await import(`./${name}.ts`);
}
