// The console for whoever reads it: languages, colours, times, phones, keyboards, screen readers; and how much of it a browser has to fetch.
import type { Browser, Page } from 'playwright-core';
import { accessibilityBreaches } from '../../support/axe.ts';
import { openBrowser, openPage } from '../../support/browser.ts';
import { openConsolePage, settled, startConsole, type Console } from '../../support/console.ts';
import { fetchedScripts } from '../../support/script-size.ts';

const PLACES = ['/predict', '/batch', '/live', '/drift', '/models', '/users', '/keys'] as const;
const FIRST_LOAD_KB = 250;

const label = (name: string): RegExp => new RegExp(`^${name}`);
const isWiderThanItsWindow = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > window.innerWidth');

describe('the frame of the console', () => {
  let console: Console;
  let browser: Browser;

  beforeAll(async () => {
    [console, browser] = await Promise.all([
      startConsole({ users: { vic: 'viewer' } }),
      openBrowser(),
    ]);
    const { body } = await console.api<{ example: object }>('GET /model-info');
    await console.api('POST /predict', { features: body.example });
  });
  afterAll(async () => {
    await browser.close();
    await console.stop();
  });

  /** Opens each page by its link, as a reader does. */
  async function visitAll(page: Page, look: (place: string) => Promise<void>): Promise<void> {
    for (const place of PLACES) {
      await page.locator(`nav a[href="#${place}"]`).click();
      await page.locator(`nav a[href="#${place}"][aria-current=page]`).waitFor();
      await settled(page);
      await look(place);
    }
  }

  it('speaks French to a French browser, keeps the choice of English over a reload', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/users', {
      as: null,
      locale: 'fr-FR',
    });
    await page.getByText('Prédictions, suivi en direct').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('fr');
    await console.signIn(page, 'admin');
    await settled(page, 'Utilisateurs');
    await page.getByText('admin', { exact: true }).first().click();
    await page.getByLabel('Langue').selectOption('English');
    await settled(page, 'Users');
    await page.reload();
    await settled(page, 'Users');
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(faults).toEqual([]);
  });

  it('is dark where the system is, or where the reader wants it, and stays so', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/keys', {
      colorScheme: 'dark',
    });
    const background = (): Promise<string> =>
      page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    const dark = await background();
    await page.emulateMedia({ colorScheme: 'light' });
    await page.locator('html[data-theme=light]').waitFor();
    expect(await background()).not.toBe(dark);
    await page.getByLabel(label('Account')).click();
    await page.getByLabel('Colours').selectOption('Dark');
    expect(await background()).toBe(dark);
    await page.reload();
    await page.locator('html[data-theme=dark]').waitFor();
    expect(faults).toEqual([]);
  });

  it("tells times in the reader's zone and in UTC", async () => {
    const { page, faults } = await openConsolePage(browser, console, '/users', {
      timezoneId: 'Asia/Tokyo',
    });
    const shown = page.locator('main time').first();
    await shown.waitFor();
    const at = new Date((await shown.getAttribute('datetime')) ?? '');
    const clock = (timeZone: string): string => at.toLocaleTimeString('en-GB', { timeZone });
    expect(await shown.textContent()).toContain(clock('Asia/Tokyo'));
    await page.getByLabel(label('Account')).click();
    await page.getByLabel('Times').selectOption('UTC');
    expect(await shown.textContent()).toContain(`${clock('UTC')} UTC`);
    expect(faults).toEqual([]);
  });

  it.each([390, 320])('fits %i pixels without a sideways scroll', async (width) => {
    const { page, faults } = await openPage(browser, console.url, {
      viewport: { width, height: 800 },
    });
    await page.goto(console.url);
    expect(await isWiderThanItsWindow(page)).toBe(false);
    await console.signIn(page, 'admin');
    const wide: string[] = [];
    await visitAll(page, async (place) => {
      if (await isWiderThanItsWindow(page)) wide.push(place);
    });
    await page.getByLabel(label('Account')).click();
    if (await isWiderThanItsWindow(page)) wide.push('the menu');
    expect(wide).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('is used by keyboard alone', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/', { as: null });
    await page.getByLabel('User name').and(page.locator(':focus')).waitFor();
    await page.keyboard.type('vic');
    await page.keyboard.press('Tab');
    await page.keyboard.type('the console of the tests');
    await page.keyboard.press('Enter');
    await settled(page, 'Live');
    const focused = page.locator(':focus');
    const press = async (...keys: readonly string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await press('Tab');
    expect(await focused.textContent()).toBe('Skip to the content');
    await press('Enter');
    expect(await focused.getAttribute('id')).toBe('content');
    expect(new URL(page.url()).hash).toBe('#/live');
    await page.reload();
    await settled(page, 'Live');
    // The skip link, the brand, Live, Drift, Models.
    await press('Tab', 'Tab', 'Tab', 'Tab', 'Tab', 'Enter');
    await settled(page, 'Models');
    await press('Tab', 'Tab');
    const account = page.locator('details.account');
    await press('Enter');
    expect(await account.getAttribute('open')).not.toBeNull();
    await press('Tab', 'Tab', 'Escape');
    expect(await account.getAttribute('open')).toBeNull();
    expect(await focused.getAttribute('aria-label')).toBe('Account: vic');
    await press('Enter', 'Shift+Tab');
    expect(await account.getAttribute('open')).toBeNull();
    expect(faults).toEqual([]);
  });

  it.each(['light', 'dark'] as const)(
    'keeps WCAG 2.2 AA on each page in %s colours',
    async (colorScheme) => {
      const { page, faults } = await openPage(browser, console.url, {
        colorScheme,
        locale: 'en-GB',
      });
      await page.goto(console.url);
      const breaches: string[] = [...(await accessibilityBreaches(page))];
      await console.signIn(page, 'admin');
      await visitAll(page, async (place) => {
        for (const breach of await accessibilityBreaches(page))
          breaches.push(`${place}: ${breach}`);
      });
      await page.getByLabel(label('Account')).click();
      breaches.push(...(await accessibilityBreaches(page)));
      process.stderr.write(
        `axe, ${colorScheme}: ${PLACES.length + 2} states, ${breaches.length} breaches\n`,
      );
      expect(breaches).toEqual([]);
      expect(faults).toEqual([]);
    },
  );

  it('comes from its own server alone, under a policy that lets nothing else run', async () => {
    const answer = await fetch(console.url);
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy.split(';')).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "connect-src 'self'"]),
    );
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const { page, faults } = await openConsolePage(browser, console, '/predict');
    await page.evaluate(`
      const script = document.createElement('script');
      script.textContent = 'window.intruded = true';
      document.body.append(script);
    `);
    expect(await page.evaluate("'intruded' in window")).toBe(false);
    expect(faults).toEqual([expect.stringMatching(/Content Security Policy/)]);
  });

  it(`is there with at most ${FIRST_LOAD_KB} kB of script`, async () => {
    const kilobytes: Record<string, number> = {};
    for (const place of ['/predict', '/live', '/models']) {
      const { page } = await openPage(browser, console.url);
      const scripts = await fetchedScripts(page);
      await page.goto(console.addressOf(place));
      await console.signIn(page, 'admin');
      await settled(page);
      if (place === '/predict') await page.locator('main form button[type=submit]').waitFor();
      else await page.locator('main canvas').first().waitFor();
      expect(scripts.uncompressed()).toEqual([]);
      kilobytes[place] = scripts.bytes() / 1000;
      await page.context().close();
    }
    const told = Object.entries(kilobytes).map(([place, kB]) => `${place} ${kB.toFixed(1)} kB`);
    process.stderr.write(`console, scripts of the first load (brotli): ${told.join(', ')}\n`);
    for (const size of Object.values(kilobytes)) {
      expect(size).toBeGreaterThan(0);
      expect(size).toBeLessThanOrEqual(FIRST_LOAD_KB);
    }
  });
});
