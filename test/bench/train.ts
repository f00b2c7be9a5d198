// npm run bench -- train [--only PART]: our learners beside scikit-learn, LightGBM and CatBoost, each fit in a process of its own; the tables go
// into docs/performance.md.
import { chosen, options } from './options.ts';
import { report } from './figures.ts';
import { measureBoosting } from './train/boosting.ts';
import { writePart } from './train/document.ts';
import { measureForest } from './train/forest.ts';
import { measureLogistic } from './train/logistic.ts';
import { measureParity } from './train/parity.ts';
import { TRAIN_PARTS, type MeasurePart, type TrainPart } from './train/parts.ts';
import { measureSpeed } from './train/speed.ts';
import { say, Workplace } from './train/workplace.ts';

const MEASURES: Readonly<Record<TrainPart, MeasurePart>> = {
  logistic: measureLogistic,
  boosting: measureBoosting,
  speed: measureSpeed,
  forest: measureForest,
  parity: measureParity,
};

const parts = chosen('part of train', options.only, TRAIN_PARTS);
const workplace = await Workplace.open();
try {
  for (const part of parts) {
    say(`\ntrain: ${part}`);
    const rows = await MEASURES[part](workplace);
    await writePart(part, rows);
    report(rows);
  }
} finally {
  workplace.close();
}
