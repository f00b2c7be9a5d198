// Random forest of Gini trees with exact splits on float32 values.
import type { Learner } from '../learner.ts';
import { fitRandomForest } from './fit.ts';
import { randomForestParams, type RandomForestParams } from './params.ts';

export const randomForest: Learner<RandomForestParams> = Object.freeze({
  name: 'random_forest',
  input: 'tree',
  params: randomForestParams,
  bytesNeeded: () => 0,
  fit: async (params, data, { random }) => fitRandomForest(params, data, random),
});
