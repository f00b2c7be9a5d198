// Debian's Chromium, headless, recording everything that a page must not do: leave the host, or write an error to the console.
import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

/** How long a page may take to show what is waited for, on a machine that does much else. */
const PATIENCE_MS = 120_000;
const EXECUTABLES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export interface WatchedPage {
  readonly page: Page;
  /** Console errors (a breach of the content-security policy is one), uncaught exceptions and requests to another origin, in words. */
  readonly faults: readonly string[];
}

export interface PageOptions extends BrowserContextOptions {
  /** Faults that the test provokes: Chromium itself reports a refused request, say. */
  readonly expected?: readonly RegExp[];
}

export async function openBrowser(): Promise<Browser> {
  const executablePath = EXECUTABLES.find((path) => existsSync(path));
  if (executablePath === undefined)
    throw new Error('no Chromium on this machine: .ci/install-tools installs it');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** In a context of its own: no cookies, storage or cache of another page. */
export async function openPage(
  browser: Browser,
  origin: string,
  { expected = [], ...context }: PageOptions = {},
): Promise<WatchedPage> {
  const own = await browser.newContext({ viewport: { width: 1280, height: 1000 }, ...context });
  own.setDefaultTimeout(PATIENCE_MS);
  const page = await own.newPage();
  return { page, faults: faultsOf(page, origin, expected) };
}

/** From now on. */
export function faultsOf(
  page: Page,
  origin: string,
  expected: readonly RegExp[] = [],
): readonly string[] {
  const faults: string[] = [];
  const found = (fault: string): void => {
    if (!expected.some((each) => each.test(fault))) faults.push(fault);
  };
  page.on('console', (message) => {
    if (message.type() === 'error') found(`console: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => {
    found(`exception: ${error.message}`);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('data:') && !url.startsWith('blob:'))
      found(`left the host: ${url}`);
  });
  return faults;
}
