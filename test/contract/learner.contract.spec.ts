// What every learner promises, over all of them.
import { learners } from '../../ml/learners/index.ts';
import { learnerContract } from './learner.contract.ts';

describe.each(Object.entries(learners))('%s', (_name, learner) => {
  learnerContract(learner);
});
