// npm run screenshots: every page of the console at a server in use, in light and dark and on a phone, into docs/images.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { openConsolePage, settled, startConsole, type Console } from '../support/console.ts';
import { csvOf, readBiopsies, sendTraffic, trainChallenger } from './example-traffic.ts';

const FOLDER = 'docs/images';
/** Charts are drawn and figures have come. */
const AT_REST_MS = 2_500;

const FORMS = {
  light: { viewport: { width: 1280, height: 960 }, colorScheme: 'light' },
  dark: { viewport: { width: 1280, height: 960 }, colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: 'light' },
} as const satisfies Readonly<Record<string, BrowserContextOptions>>;

interface Shot {
  readonly name: string;
  readonly place: string;
  readonly signedOut?: true;
  /** Of the window on a desk, where a page has more to show than others. */
  readonly height?: number;
  /** What a phone is scrolled to: it shows a part of a page. */
  readonly onPhone?: string;
  /** What is done first. */
  readonly prepare?: (page: Page) => Promise<void>;
}

const SHOTS: readonly Shot[] = [
  { name: 'sign-in', place: '/predict', signedOut: true },
  { name: 'predict', place: '/predict', prepare: predictOnce, onPhone: '#answer-heading' },
  { name: 'batch', place: '/batch', prepare: scoreFile },
  { name: 'live', place: '/live', height: 1900 },
  { name: 'drift', place: '/drift' },
  { name: 'models', place: '/models' },
  { name: 'users', place: '/users' },
  { name: 'keys', place: '/keys' },
];

const console = await startConsole({
  prepare: trainChallenger,
  env: { CHALLENGER: 'shadow', DRIFT_EVERY: '10' },
  users: { ann: 'operator', ben: 'client', vera: 'viewer' },
});
const browser = await openBrowser();
try {
  mkdirSync(FOLDER, { recursive: true });
  await console.api('POST /api-keys', { name: 'nightly batch', scopes: ['predict'] });
  await console.api('POST /api-keys', { name: 'dashboard', scopes: ['read'] });
  await sendTraffic(console);
  for (const shot of SHOTS) await takeAll(console, browser, shot);
} finally {
  await browser.close();
  await console.stop();
}

async function takeAll(console: Console, browser: Browser, shot: Shot): Promise<void> {
  for (const [form, options] of Object.entries(FORMS)) {
    const { page, faults } = await openConsolePage(browser, console, shot.place, {
      ...options,
      ...(form !== 'phone' && shot.height !== undefined
        ? { viewport: { ...options.viewport, height: shot.height } }
        : {}),
      ...(shot.signedOut ? { as: null } : {}),
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
    });
    if (shot.signedOut === undefined) await settled(page);
    await shot.prepare?.(page);
    await page.waitForTimeout(AT_REST_MS);
    await scrollTo(page, form === 'phone' ? shot.onPhone : undefined);
    await page.screenshot({ path: join(FOLDER, `${shot.name}-${form}.png`) });
    if (faults.length > 0) throw new Error(`${shot.name}, ${form}: ${faults.join('; ')}`);
    await page.context().close();
  }
}

async function scrollTo(page: Page, selector: string | undefined): Promise<void> {
  await page.evaluate(
    selector === undefined
      ? 'scrollTo(0, 0)'
      : `document.querySelector('${selector}').scrollIntoView({ block: 'center' })`,
  );
}

async function predictOnce(page: Page): Promise<void> {
  await page.locator('main form button[type=submit]').click();
  await page.locator('main canvas').first().waitFor();
}

async function scoreFile(page: Page): Promise<void> {
  await page.locator('main input[type=file]').setInputFiles({
    name: 'biopsies.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(csvOf(readBiopsies())),
  });
  // The rows of this picture are no traffic.
  await page.getByLabel('Store the rows').uncheck();
  await page.locator('main form button[type=submit]').click();
  await page.locator('main table tbody tr').first().waitFor();
}
