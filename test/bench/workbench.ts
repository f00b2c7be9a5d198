// npm run bench -- workbench [--only PART]: how long the commands from a file to a model take, and how much memory.
import { report } from './figures.ts';
import { chosen, options } from './options.ts';
import { measureInit, measurePages, measureTrain, measureValidate } from './workbench/commands.ts';
import { measurePrepare } from './workbench/large-file.ts';
import { WORKBENCH_PARTS, type MeasureWorkbench, type WorkbenchPart } from './workbench/parts.ts';
import { say } from './workbench/say.ts';
import { measureSearch } from './workbench/search.ts';
import { Workplace } from './workbench/workplace.ts';

const MEASURES: Readonly<Record<WorkbenchPart, MeasureWorkbench>> = {
  train: measureTrain,
  validate: measureValidate,
  init: measureInit,
  pages: measurePages,
  prepare: measurePrepare,
  search: measureSearch,
};

for (const part of chosen('part of workbench', options.only, WORKBENCH_PARTS)) {
  say(`\nworkbench: ${part}`);
  const workplace = new Workplace();
  try {
    report(await MEASURES[part](workplace));
  } finally {
    workplace.close();
  }
}
