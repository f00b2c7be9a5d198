// Every learner by the name that params.yaml calls it.
import type { Learner } from './learner.ts';
import { logisticRegression } from './logistic-regression/index.ts';
import { randomForest } from './random-forest/index.ts';

// Learner<unknown>: whoever looks a learner up by name checks the params with its own schema and hands them straight back.
export const learners = Object.freeze({
  logistic_regression: logisticRegression,
  random_forest: randomForest,
} as const satisfies Record<string, Learner<unknown>>);

export type LearnerName = keyof typeof learners;

export const isLearnerName = (name: string): name is LearnerName => Object.hasOwn(learners, name);
