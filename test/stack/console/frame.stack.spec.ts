// Who is let into the console, where to, and for how long: in a real browser at a real server.
import type { Browser, Locator, Page } from 'playwright-core';
import { openBrowser } from '../../support/browser.ts';
import {
  openConsolePage,
  PASSWORD,
  settled,
  startConsole,
  type Console,
} from '../../support/console.ts';

/** Chromium itself reports answers such as these. */
const REFUSED = /status of 40[013]/;
/** Of a server that was killed, in the middle of an answer too, or is just starting. */
const UNREACHABLE = /^console: Failed to load resource: .*(ERR_|status of 50[23])/;

const USERS = { ann: 'client', vic: 'viewer', olga: 'operator', leaving: 'client' } as const;
const PAGES_OF = {
  ann: ['Predict', 'Batch', 'API keys'],
  vic: ['Live', 'Drift', 'Models', 'API keys'],
  olga: ['Predict', 'Batch', 'Live', 'Drift', 'Models', 'API keys'],
  admin: ['Predict', 'Batch', 'Live', 'Drift', 'Models', 'Users', 'API keys'],
} as const;

const openTab = async (page: Page, address: string): Promise<Page> => {
  const tab = await page.context().newPage();
  await tab.goto(address);
  return tab;
};
const password = (page: Page): Locator => page.getByLabel('Password');
const link = (page: Page, name: string): Locator =>
  page.getByRole('navigation').getByRole('link', { name, exact: true });

describe('the sign-in of the console', () => {
  let console: Console;
  let browser: Browser;

  beforeAll(async () => {
    [console, browser] = await Promise.all([startConsole({ users: USERS }), openBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await console.stop();
  });

  it("refuses a wrong password in the server's words, and leads to where the address pointed", async () => {
    const { page, faults } = await openConsolePage(browser, console, '/keys?from=a-link', {
      as: null,
      expected: [REFUSED],
    });
    await console.signIn(page, 'ann', 'not the password at all');
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toContain('username or the password is wrong');
    expect(await page.getByLabel('User name').inputValue()).toBe('ann');
    await console.signIn(page, 'ann');
    await settled(page, 'API keys');
    expect(page.url()).toBe(console.addressOf('/keys?from=a-link'));
    expect(await page.title()).toBe('API keys · Foretell');
    expect(faults).toEqual([]);
  });

  it.each(Object.entries(PAGES_OF))('shows %s the pages of the role', async (name, pages) => {
    const { page, faults } = await openConsolePage(browser, console, '/', { as: name });
    await settled(page, pages[0]);
    const links = page.getByRole('navigation').getByRole('link');
    expect(await links.allTextContents()).toEqual(pages);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('says so at an address that is no page, or none of the role', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/users', { as: 'vic' });
    const missing = page.getByText('There is no such page here, or your role does not open it.');
    await missing.waitFor();
    await page.goto(console.addressOf('/nothing'));
    await missing.waitFor();
    await page.goto(console.addressOf('/models'));
    await settled(page, 'Models');
    expect(await missing.count()).toBe(0);
    expect(faults).toEqual([]);
  });

  it('signs every tab out together', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/keys', { as: 'ann' });
    await settled(page);
    const tab = await openTab(page, console.addressOf('/predict'));
    await settled(tab);
    await tab.getByText('ann', { exact: true }).click();
    await tab.getByRole('button', { name: 'Sign out' }).click();
    await Promise.all([password(tab).waitFor(), password(page).waitFor()]);
    await page.reload();
    await password(page).waitFor();
    expect(faults).toEqual([]);
  });

  it('says why it asks again where the server ended the session, and goes on at the same place', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/predict', {
      as: 'olga',
      expected: [REFUSED],
    });
    await settled(page);
    const token = await page.evaluate<string>(
      "JSON.parse(localStorage.getItem('foretell.session')).accessToken",
    );
    const authorization = `Bearer ${token}`;
    await fetch(`${console.url}/token/revoke`, { method: 'POST', headers: { authorization } });
    await link(page, 'Models').click();
    await page.getByText('Your session has ended.').waitFor();
    await console.signIn(page, 'olga');
    await settled(page, 'Models');
    expect(faults).toEqual([]);
  });

  it('asks somebody who was deleted for a password, and takes none', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/predict', {
      as: 'leaving',
      expected: [REFUSED],
    });
    await settled(page);
    const { body } = await console.api<{ id: string; username: string }[]>('GET /users');
    const { id = '' } = body.find(({ username }) => username === 'leaving') ?? {};
    expect((await console.api(`DELETE /users/${id}`)).status).toBe(204);
    await link(page, 'API keys').click();
    await page.getByText('Your session has ended.').waitFor();
    await console.signIn(page, 'leaving', PASSWORD);
    await page.getByRole('alert').waitFor();
    expect(faults).toEqual([]);
  });

  it('goes on by itself after the server was killed and started again', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/models', {
      expected: [UNREACHABLE, /Failed to fetch/],
    });
    await settled(page);
    await console.kill();
    // Neither the page's data can be had now nor its code.
    await link(page, 'Users').click();
    await page.getByText('Loading…').waitFor();
    await console.restart();
    await settled(page, 'Users');
    expect(await password(page).count()).toBe(0);
    expect(faults).toEqual([]);
  });
});

describe('a session of the console', () => {
  let console: Console;
  let browser: Browser;

  beforeAll(async () => {
    [console, browser] = await Promise.all([
      // The console refreshes a token that has less than 30 seconds left.
      startConsole({ env: { JWT_EXPIRES_IN: '31s' } }),
      openBrowser(),
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await console.stop();
  });

  it('is refreshed without a word, in two tabs at once too', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/keys', {
      expected: [REFUSED],
    });
    const grants: string[] = [];
    page.context().on('request', (request) => {
      if (new URL(request.url()).pathname === '/token')
        grants.push((request.postDataJSON() as { grant_type: string }).grant_type);
    });
    const tab = await openTab(page, console.addressOf('/keys'));
    await Promise.all([settled(page), settled(tab)]);
    await page.waitForTimeout(1_500);
    await Promise.all([link(page, 'Models').click(), link(tab, 'Users').click()]);
    await Promise.all([settled(page, 'Models'), settled(tab, 'Users')]);
    expect(grants.length).toBeGreaterThan(0);
    expect(new Set(grants)).toEqual(new Set(['refresh_token']));
    expect(faults).toEqual([]);
  });
});
