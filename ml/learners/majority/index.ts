// The baseline that always answers the most frequent class (or the median of the target); its model is the constant one of `prior`.
import type { Learner } from '../learner.ts';
import { fitMajority } from './fit.ts';
import { majorityParams, type MajorityParams } from './params.ts';

export const majority = Object.freeze<Learner<MajorityParams>>({
  name: 'majority',
  input: 'native',
  tasks: ['binary', 'multiclass', 'regression'] as const,
  params: majorityParams,
  bytesNeeded: () => 0,
  fit: (_params, data) => Promise.resolve(fitMajority(data)),
});
