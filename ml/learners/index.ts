// Every learner by the name that params.yaml calls it.
import { bestFeature } from './best-feature/index.ts';
import { gradientBoosting } from './gradient-boosting/index.ts';
import type { Learner } from './learner.ts';
import { logisticRegression } from './logistic-regression/index.ts';
import { majority } from './majority/index.ts';
import { prior } from './prior/index.ts';
import { randomForest } from './random-forest/index.ts';

// Learner<unknown>: whoever looks a learner up by name checks the params with its own schema and hands them straight back.
export const learners = Object.freeze({
  logistic_regression: logisticRegression,
  random_forest: randomForest,
  gradient_boosting: gradientBoosting,
  majority,
  prior,
  best_feature: bestFeature,
} as const satisfies Record<string, Learner<unknown>>);

export type LearnerName = keyof typeof learners;

export const isLearnerName = (name: string): name is LearnerName => Object.hasOwn(learners, name);
