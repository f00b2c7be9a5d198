// L2-regularised logistic regression, fitted to convergence by damped Newton steps.
import type { Learner } from '../learner.ts';
import { fitLogisticRegression } from './fit.ts';
import { logisticRegressionParams, type LogisticRegressionParams } from './params.ts';

export const logisticRegression: Learner<LogisticRegressionParams> = Object.freeze({
  name: 'logistic_regression',
  input: 'linear',
  params: logisticRegressionParams,
  bytesNeeded: () => 0,
  fit: async (params, data) => fitLogisticRegression(params, data),
});
