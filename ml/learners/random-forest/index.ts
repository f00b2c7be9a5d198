// Random forest on binned columns: bagged Gini trees for classes, least-squares trees for values.
import type { Learner } from '../learner.ts';
import { fitRandomForest } from './fit.ts';
import { forestBytes } from './forest-memory.ts';
import { randomForestParams, type RandomForestParams } from './params.ts';

export const randomForest: Learner<RandomForestParams> = Object.freeze({
  name: 'random_forest',
  input: 'tree',
  tasks: ['binary', 'multiclass', 'regression'] as const,
  params: randomForestParams,
  bytesNeeded: forestBytes,
  fit: fitRandomForest,
});
