// npm run bench -- console [--only PART] [--minutes N]: what the console costs a browser.
import { openBrowser } from '../support/browser.ts';
import { startConsole } from '../support/console.ts';
import { measureInteractive } from './console/interactive.ts';
import { measureMemory } from './console/memory.ts';
import { CONSOLE_PARTS, type ConsolePart, type MeasureConsole } from './console/parts.ts';
import { measureSize } from './console/size.ts';
import { writeResults } from './document.ts';
import { figureTable, report } from './figures.ts';
import { chosen, options } from './options.ts';

const MEASURES: Readonly<Record<ConsolePart, MeasureConsole>> = {
  size: measureSize,
  interactive: measureInteractive,
  memory: measureMemory,
};

const console = await startConsole();
const browser = await openBrowser();
try {
  for (const part of chosen('part of console', options.only, CONSOLE_PARTS)) {
    const figures = await MEASURES[part](console, browser);
    report(figures);
    await writeResults(`console:${part}`, figureTable(figures), { figures });
  }
} finally {
  await browser.close();
  await console.stop();
}
