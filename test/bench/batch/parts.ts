// The parts of the benchmark of many rows, in the order of their run, and where they are measured.
import type { Figure } from '../figures.ts';
import type { Stage } from '../predict/stage.ts';

export const BATCH_PARTS = ['formats', 'tensor', 'score', 'job', 'explain'] as const;
export type BatchPart = (typeof BATCH_PARTS)[number];

export interface BatchResult {
  readonly figures: readonly Figure[];
  /** Everything, for the JSON file. */
  readonly measured: object;
}

export type MeasureBatch = (stage: Stage) => Promise<BatchResult>;
