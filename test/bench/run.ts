// npm run bench [-- suite ...]: runs the named benchmarks, or all of them. Compare figures only within one run.
import { chosen, options } from './options.ts';
import { TRAIN_PARTS } from './train/parts.ts';
import { WORKBENCH_PARTS } from './workbench/parts.ts';

const SUITES = ['start', 'swap', 'predict', 'train', 'workbench'] as const;

if (options.help) {
  process.stdout.write(
    `Usage: npm run bench -- [suite ...] [--only PART[,PART]]\nSuites: ${SUITES.join(', ')}\n` +
      `Parts of train: ${TRAIN_PARTS.join(', ')}\nParts of workbench: ${WORKBENCH_PARTS.join(', ')}\n`,
  );
} else {
  for (const name of chosen('suite', options.suites, SUITES)) await import(`./${name}.ts`);
}
