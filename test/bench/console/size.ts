// What a browser that was never here fetches of scripts until a page is of use.
import type { Browser, Page } from 'playwright-core';
import { openPage } from '../../support/browser.ts';
import { ADMIN, settled, type Console } from '../../support/console.ts';
import { fetchedScripts } from '../../support/script-size.ts';
import type { Figure } from '../figures.ts';

const GOAL_KB = 250;

/** The pages, and what each is of use with. */
export const USED_BY = {
  '/predict': 'main form button[type=submit]',
  '/live': 'main canvas',
  '/models': 'main canvas',
} as const;

export async function measureSize(console: Console, browser: Browser): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const [place, used] of Object.entries(USED_BY)) {
    const { page } = await openPage(browser, console.url);
    figures.push({
      what: `scripts until ${place} is of use, brotli`,
      value: (await scriptBytes(console, page, place, used)) / 1000,
      unit: 'kB',
      goal: GOAL_KB,
      digits: 1,
    });
    await page.context().close();
  }
  return figures;
}

async function scriptBytes(
  console: Console,
  page: Page,
  place: string,
  used: string,
): Promise<number> {
  const scripts = await fetchedScripts(page);
  await page.goto(console.addressOf(place));
  await console.signIn(page, ADMIN);
  await settled(page);
  await page.locator(used).first().waitFor();
  return scripts.bytes();
}
