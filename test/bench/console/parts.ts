// The parts of the console benchmark, in the order of their run.
import type { Browser } from 'playwright-core';
import type { Console } from '../../support/console.ts';
import type { Figure } from '../figures.ts';

export const CONSOLE_PARTS = ['size', 'interactive', 'memory'] as const;
export type ConsolePart = (typeof CONSOLE_PARTS)[number];

export type MeasureConsole = (console: Console, browser: Browser) => Promise<readonly Figure[]>;
