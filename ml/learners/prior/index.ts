// The baseline that knows how frequent each class is (or the mean of the target) and nothing else.
import type { Learner } from '../learner.ts';
import { fitPrior } from './fit.ts';
import { priorParams, type PriorParams } from './params.ts';

export const prior = Object.freeze<Learner<PriorParams>>({
  name: 'prior',
  input: 'native',
  tasks: ['binary', 'multiclass', 'regression'] as const,
  params: priorParams,
  bytesNeeded: () => 0,
  fit: (_params, data) => Promise.resolve(fitPrior(data)),
});
