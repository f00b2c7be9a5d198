// Whether Live may stay open: the memory of its tab after five minutes under predictions, and at the end.
import type { Browser, Page } from 'playwright-core';
import { openConsolePage, settled, type Console } from '../../support/console.ts';
import type { Figure } from '../figures.ts';
import { options } from '../options.ts';

const FIRST_MINUTES = 5;
const MINUTES = 10;
const PREDICT_EVERY_MS = 200;

export async function measureMemory(
  console: Console,
  browser: Browser,
): Promise<readonly Figure[]> {
  const minutes = Math.max(options.minutes ?? MINUTES, FIRST_MINUTES + 1);
  const { page } = await openConsolePage(browser, console, '/live?window=15m');
  await settled(page, 'Live');
  const stop = predictOnAndOn(console);
  await page.waitForTimeout(FIRST_MINUTES * 60_000);
  const early = await heapMegabytes(page);
  await page.waitForTimeout((minutes - FIRST_MINUTES) * 60_000);
  const late = await heapMegabytes(page);
  await stop();
  await page.context().close();
  return [
    { what: `Live's JavaScript heap after ${FIRST_MINUTES} minutes`, value: early, unit: 'MB' },
    { what: `Live's JavaScript heap after ${minutes} minutes`, value: late, unit: 'MB' },
    {
      what: `${minutes} minutes of Live against the first ${FIRST_MINUTES}`,
      value: late / early,
      unit: 'times',
      goal: 1.2,
    },
  ];
}

/** What is still in use: garbage is collected first. */
async function heapMegabytes(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1e6;
}

/** Answers what ends it. */
function predictOnAndOn(console: Console): () => Promise<void> {
  const end = new AbortController();
  const running = (async (): Promise<void> => {
    const { body } = await console.api<{
      features: { name: string; min: number; max: number }[];
    }>('GET /model-info');
    for (let sent = 0; !end.signal.aborted; sent++) {
      const share = (sent % 97) / 97;
      const row = body.features.map(({ name, min, max }) => [name, min + share * (max - min)]);
      await console.api('POST /predict', { features: Object.fromEntries(row) as object });
      await new Promise((resolve) => setTimeout(resolve, PREDICT_EVERY_MS));
    }
  })();
  return async () => {
    end.abort();
    await running;
  };
}
