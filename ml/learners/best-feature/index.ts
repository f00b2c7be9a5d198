// The baseline that looks at one feature only, the one that tells most.
import type { Learner } from '../learner.ts';
import { fitBestFeature } from './fit.ts';
import { bestFeatureParams, type BestFeatureParams } from './params.ts';

export const bestFeature = Object.freeze<Learner<BestFeatureParams>>({
  name: 'best_feature',
  input: 'native',
  tasks: ['binary', 'multiclass', 'regression'] as const,
  params: bestFeatureParams,
  // A target of 8 bytes for each row and class, and the numbers of the rows, while they are chosen more than once.
  bytesNeeded: (_params, { rows, task }) =>
    rows * (8 * (task.kind === 'multiclass' ? task.classes : 1) + 16),
  fit: (params, data) => Promise.resolve(fitBestFeature(params, data)),
});
