// npm run bench -- batch [--only PART] [--rows N]: many rows at once, against what reading and writing them, and running the model, take
// alone. Linux only: memory is read from /proc.
import { BATCH_PARTS, type BatchPart, type MeasureBatch } from './batch/parts.ts';
import { measureExplain } from './batch/explain.ts';
import { measureFormats } from './batch/formats.ts';
import { measureJob } from './batch/job.ts';
import { measureScore } from './batch/score.ts';
import { measureTensor } from './batch/tensor.ts';
import { writeResults } from './document.ts';
import { figureTable, report } from './figures.ts';
import { chosen, options } from './options.ts';
import { Stage } from './predict/stage.ts';
import { say } from './workbench/say.ts';

const MEASURES: Readonly<Record<BatchPart, MeasureBatch>> = {
  formats: measureFormats,
  tensor: measureTensor,
  score: measureScore,
  job: measureJob,
  explain: measureExplain,
};

const stage = await Stage.open();
try {
  for (const part of chosen('part of batch', options.only, BATCH_PARTS)) {
    say(`\nbatch: ${part}`);
    const { figures, measured } = await MEASURES[part](stage);
    await writeResults(`batch:${part}`, figureTable(figures), { ...measured, figures });
    report(figures);
  }
} finally {
  stage.close();
}
