// What a person waits for: the default training, a draft and a check of 150,000 rows; and how large the pages are that they write.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure } from '../figures.ts';
import type { Workplace } from './workplace.ts';

const MEGABYTE = 2 ** 20;
const MOST_PAGE_MEGABYTES = 3;

export async function measureTrain(workplace: Workplace): Promise<readonly Figure[]> {
  const { seconds } = await workplace.command('train', '--name', 'bench');
  return [{ what: 'npm run train on wdbc, all candidates', value: seconds, unit: 's', goal: 20 }];
}

export async function measureInit(workplace: Workplace): Promise<readonly Figure[]> {
  const { measured } = await workplace.draftOf('gmsc');
  return [{ what: 'init of gmsc, 150,000 rows', value: measured.seconds, unit: 's', goal: 3 }];
}

export async function measureValidate(workplace: Workplace): Promise<readonly Figure[]> {
  const { file } = await workplace.draftOf('gmsc');
  const { seconds, peakMegabytes } = await workplace.command('validate', '--params', file);
  const what = 'validate of gmsc, 150,000 rows';
  return [
    { what, value: seconds, unit: 's', goal: 2 },
    { what: `${what}: peak resident`, value: peakMegabytes, unit: 'MiB', goal: 300, digits: 0 },
  ];
}

/** Of one training on wdbc: the page of its run and, where there is one, that of its validation. */
export async function measurePages(workplace: Workplace): Promise<readonly Figure[]> {
  await workplace.command('train', '--name', 'pages');
  const reports = join(workplace.varDir, 'reports');
  const pages = readdirSync(reports).map((run) => join(reports, run, 'index.html'));
  const validation = join(workplace.varDir, 'pipeline', 'pages', 'validation.html');
  return [...pages, validation].filter(existsSync).map((path) => ({
    what: `${path === validation ? 'validation' : 'training'} page of wdbc`,
    value: statSync(path).size / MEGABYTE,
    unit: 'MiB',
    goal: MOST_PAGE_MEGABYTES,
  }));
}
