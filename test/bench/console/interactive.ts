// How soon Predict can be used on a slow machine: somebody who is signed in opens it in a browser whose cache is empty.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openConsolePage, settled, type Console } from '../../support/console.ts';
import { quantile, type Figure } from '../figures.ts';
import { USED_BY } from './size.ts';

const SLOWDOWN = 4;
const ROUNDS = 5;
const QUIET_MS = 1_000;

type Storage = Awaited<ReturnType<BrowserContext['storageState']>>;

/** Run in the page before its own scripts: milliseconds since the navigation. Busy is what keeps the page from answering for 50 ms and more. */
const WATCH = (used: string): string => `
  globalThis.watched = { usedAt: null, busyUntil: 0 };
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      watched.busyUntil = Math.max(watched.busyUntil, startTime + duration);
  }).observe({ type: 'longtask', buffered: true });
  const look = () => {
    if (document.querySelector('${used}')?.disabled === false) watched.usedAt = performance.now();
    else requestAnimationFrame(look);
  };
  look();
`;

export async function measureInteractive(
  console: Console,
  browser: Browser,
): Promise<readonly Figure[]> {
  const { page } = await openConsolePage(browser, console, '/predict');
  await settled(page, 'Predict');
  const signedIn = await page.context().storageState();
  await page.context().close();
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++)
    rounds.push(await interactiveMs(console, browser, signedIn));
  return [
    {
      what: `Predict interactive, processor slowed ${SLOWDOWN} times (median of ${ROUNDS})`,
      value: quantile(rounds, 0.5) / 1000,
      unit: 's',
      goal: 1.5,
    },
    {
      what: 'Predict interactive, the slowest of them',
      value: Math.max(...rounds) / 1000,
      unit: 's',
    },
  ];
}

/** Until the form can be sent, and whatever long task is then under way has ended. */
async function interactiveMs(
  console: Console,
  browser: Browser,
  storageState: Storage,
): Promise<number> {
  const context = await browser.newContext({ storageState, locale: 'en-GB' });
  const page = await context.newPage();
  await slowDown(page);
  await page.addInitScript(WATCH(USED_BY['/predict']));
  await page.goto(console.addressOf('/predict'));
  await page.locator(USED_BY['/predict']).waitFor();
  await page.waitForTimeout(QUIET_MS);
  const ms = await page.evaluate<number>('Math.max(watched.usedAt, watched.busyUntil)');
  await context.close();
  return ms;
}

async function slowDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
}
