// The parts of the training benchmark, in the order of their run, and what a part measures with.
import type { Row } from './row.ts';
import type { Workplace } from './workplace.ts';

export const TRAIN_PARTS = ['logistic', 'boosting', 'speed', 'forest', 'parity'] as const;
export type TrainPart = (typeof TRAIN_PARTS)[number];

export type MeasurePart = (workplace: Workplace) => Promise<readonly Row[]>;
