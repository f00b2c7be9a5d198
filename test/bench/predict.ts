// npm run bench -- predict [--only PART] [--rounds N] [--seconds N]: what a prediction with everything on costs beside an empty answer of the
// same web server, how many rows a second the log stores, how fast a server is there. Linux only: processor time is read from /proc.
import { writeResults } from './document.ts';
import { figureTable, report } from './figures.ts';
import { chosen, options } from './options.ts';
import { measureColdStart } from './predict/cold-start.ts';
import { measureLog } from './predict/log-rows.ts';
import { measureMonitoring } from './predict/monitoring.ts';
import { PREDICT_PARTS, type MeasurePart, type PredictPart } from './predict/parts.ts';
import { measureServers } from './predict/servers.ts';
import { Stage } from './predict/stage.ts';
import { say } from './workbench/say.ts';

const MEASURES: Readonly<Record<PredictPart, MeasurePart>> = {
  servers: measureServers,
  log: measureLog,
  start: measureColdStart,
  monitoring: measureMonitoring,
};

const parts = chosen('part of predict', options.only, PREDICT_PARTS);
const stage = await Stage.open();
try {
  for (const part of parts) {
    say(`\npredict: ${part}`);
    const { table, figures, measured } = await MEASURES[part](stage);
    const tables = [table, figureTable(figures)].filter((each) => each !== '');
    await writeResults(`predict:${part}`, tables.join('\n\n'), { ...measured, figures });
    if (table !== '') say(`${table}\n`);
    report(figures);
  }
} finally {
  stage.close();
}
