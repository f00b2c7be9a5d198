// The parts of the benchmark of predictions, in the order of their run, and what each of them comes to.
import type { Figure } from '../figures.ts';
import type { Stage } from './stage.ts';

export const PREDICT_PARTS = ['servers', 'log', 'start', 'monitoring'] as const;
export type PredictPart = (typeof PREDICT_PARTS)[number];

export interface Part {
  /** For the document: markdown. */
  readonly table: string;
  readonly figures: readonly Figure[];
  /** Everything, for the JSON file. */
  readonly measured: object;
}

export type MeasurePart = (stage: Stage) => Promise<Part>;
