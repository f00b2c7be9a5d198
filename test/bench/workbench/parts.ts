// The parts of the workbench benchmark, in the order of their run.
import type { Figure } from '../figures.ts';
import type { Workplace } from './workplace.ts';

export const WORKBENCH_PARTS = ['train', 'validate', 'init', 'pages', 'prepare', 'search'] as const;
export type WorkbenchPart = (typeof WORKBENCH_PARTS)[number];

export type MeasureWorkbench = (workplace: Workplace) => Promise<readonly Figure[]>;
