// axe-core in a page under test: WCAG 2.0, 2.1 and 2.2 at levels A and AA.
import { readFileSync } from 'node:fs';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

const SOURCE = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');
const RULES: RunOptions = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
  resultTypes: ['violations'],
};

/** Each breach in words: the rule, what it asks, the elements and why. */
export async function accessibilityBreaches(page: Page): Promise<readonly string[]> {
  // Evaluated by the browser's debugger, which the page's script policy does not bind.
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(SOURCE);
  const { violations } = await page.evaluate<AxeResults>(
    `axe.run(document, ${JSON.stringify(RULES)})`,
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary = '' }) =>
        `${id} (${help}) at ${target.join(' ')}: ${failureSummary.replace(/\s+/g, ' ')}`,
    ),
  );
}

export async function expectAccessible(page: Page): Promise<void> {
  expect(await accessibilityBreaches(page)).toEqual([]);
}
