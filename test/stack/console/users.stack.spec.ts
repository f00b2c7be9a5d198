// The pages "users" and "API keys": accounts made, changed and deleted; a key made, used and revoked; one's own password.
import type { Browser, Page } from 'playwright-core';
import { expectAccessible } from '../../support/axe.ts';
import { openBrowser } from '../../support/browser.ts';
import { openConsolePage, PASSWORD, startConsole, type Console } from '../../support/console.ts';

interface ModelInfo {
  readonly features: readonly { readonly name: string; readonly median: number | null }[];
}

const OTHER_PASSWORD = 'another password of the tests';

describe('users and keys in the console', () => {
  let console: Console;
  let browser: Browser;
  let row: Readonly<Record<string, number | null>>;

  beforeAll(async () => {
    [console, browser] = await Promise.all([
      startConsole({ users: { vic: 'viewer', cli: 'client', leaver: 'client' } }),
      openBrowser(),
    ]);
    const { body } = await console.api<ModelInfo>('GET /model-info');
    row = Object.fromEntries(body.features.map(({ name, median }) => [name, median]));
  });
  afterAll(async () => {
    await browser.close();
    await console.stop();
  });

  const rowOf = (page: Page, name: string) =>
    page.locator('tbody tr').filter({ has: page.getByRole('rowheader', { name }) });

  /** The status of a prediction with an API key. */
  async function predictedWith(key: string): Promise<number> {
    const { status } = await fetch(`${console.url}/predict`, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify(row),
    });
    return status;
  }

  it('creates an account, with the reasons of a refusal beside the fields, and changes its role', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/users', {
      expected: [/status of (422|409)/],
    });
    await rowOf(page, 'admin').getByText('you').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'New user' }).click();
    const dialog = page.getByRole('dialog');
    const username = dialog.getByLabel('User name');
    const password = dialog.getByLabel('Password');
    await username.fill(' ann');
    await password.fill('short');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('must be 1 to 64 printable characters').waitFor();
    await dialog.getByText('must be at least 12 characters').waitFor();
    expect(await username.evaluate((input) => input === document.activeElement)).toBe(true);
    await expectAccessible(page);

    await username.fill('VIC');
    await password.fill(OTHER_PASSWORD);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('This username is taken').waitFor();
    await username.fill('ann');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('ann has been created.').waitFor();

    await page.getByRole('button', { name: 'Change: ann' }).click();
    await dialog.getByLabel('Role').selectOption('operator');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('ann has been changed.').waitFor();
    await rowOf(page, 'ann').getByText('Operator').waitFor();
    expect(faults).toEqual([]);

    const ann = await openConsolePage(browser, console, '/models', { as: null });
    await console.signIn(ann.page, 'ann', OTHER_PASSWORD);
    await ann.page.getByRole('link', { name: 'Models' }).waitFor();
    expect(await ann.page.getByRole('link', { name: 'Users' }).count()).toBe(0);
  });

  it('deletes an account once its name was confirmed, and never offers to delete or demote oneself', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/users');
    await page.getByRole('button', { name: 'Delete: leaver' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete leaver?' });
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await rowOf(page, 'leaver').waitFor();
    await page.getByRole('button', { name: 'Delete: leaver' }).click();
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('leaver has been deleted.').waitFor();
    await rowOf(page, 'leaver').waitFor({ state: 'detached' });

    expect(await page.getByRole('button', { name: 'Delete: admin' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Change: admin' }).click();
    expect(await page.getByRole('dialog').getByLabel('Role').isDisabled()).toBe(true);
    expect(faults).toEqual([]);
  });

  it('gives a new password to somebody whose sessions end with it', async () => {
    const vic = await openConsolePage(browser, console, '/live', {
      as: 'vic',
      expected: [/status of 40[01]/],
    });
    const { page, faults } = await openConsolePage(browser, console, '/users');
    await page.getByRole('button', { name: 'Change: vic' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('New password').fill(OTHER_PASSWORD);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('vic has been changed.').waitFor();
    expect(faults).toEqual([]);

    // By its address: the live page may have found out by itself.
    await vic.page.goto(console.addressOf('/keys'));
    await vic.page.getByText('Your session has ended').waitFor();
    await console.signIn(vic.page, 'vic', OTHER_PASSWORD);
    await vic.page.getByRole('heading', { name: 'API keys' }).waitFor();
    expect(vic.faults).toEqual([]);
  });

  it('shows a new key once; it predicts until it is deleted', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/keys', {
      as: 'cli',
      expected: [/status of 422/],
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await page.getByText('No API keys yet.').waitFor();
    await page.getByRole('button', { name: 'New key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('nightly');
    await dialog.getByLabel('Expires').fill('2020-01-01T10:00');
    expect(await dialog.getByRole('checkbox').count()).toBe(1);
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.getByText('must be an instant in the future').waitFor();
    await expectAccessible(page);
    await dialog.getByLabel('Expires').fill('2099-01-01T10:00');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.getByText('It is shown only now').waitFor();
    await expectAccessible(page);
    const key = await dialog.getByLabel('Key “nightly”').inputValue();
    await dialog.getByRole('button', { name: 'Copy the key' }).click();
    await dialog.getByText('Copied').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key);
    await dialog.getByRole('button', { name: 'I have kept it' }).click();
    expect(await page.content()).not.toContain(key);
    expect(await predictedWith(key)).toBe(200);

    await page.reload();
    await rowOf(page, 'nightly').getByText('predict').waitFor();
    expect(await rowOf(page, 'nightly').getByText('never').count()).toBe(0);
    await page.getByRole('button', { name: 'Delete: nightly' }).click();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('The key “nightly” has been deleted.').waitFor();
    expect(await predictedWith(key)).toBe(401);
    expect(faults).toEqual([]);
  });

  it('shows everybody’s keys to an admin, with their owners', async () => {
    await fetch(`${console.url}/api-keys`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await console.tokenOf('cli')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ name: 'of cli', scopes: ['predict'] }),
    });
    const { page, faults } = await openConsolePage(browser, console, '/keys');
    await rowOf(page, 'of cli').getByRole('cell', { name: 'cli', exact: true }).waitFor();
    await expectAccessible(page);
    expect(faults).toEqual([]);
  });

  it('changes one’s own password, and asks for the new one with a word why', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/keys', {
      as: 'cli',
      expected: [/status of 40[01]/],
    });
    await page.getByText('A new password ends all your sessions').waitFor();
    const fill = async (current: string, next: string, again: string): Promise<void> => {
      await page.getByLabel('Current password').fill(current);
      await page.getByLabel('New password', { exact: true }).fill(next);
      await page.getByLabel('New password, again').fill(again);
      await page.getByRole('button', { name: 'Change the password' }).click();
    };
    await fill(PASSWORD, OTHER_PASSWORD, 'something else altogether');
    await page.getByText('Both new passwords must be the same.').waitFor();
    await expectAccessible(page);
    await fill('a wrong password', OTHER_PASSWORD, OTHER_PASSWORD);
    await page.getByText('The username or the password is wrong.').waitFor();
    expect(await page.getByLabel('New password', { exact: true }).inputValue()).toBe(
      OTHER_PASSWORD,
    );
    await fill(PASSWORD, OTHER_PASSWORD, OTHER_PASSWORD);
    await page.getByText('Your session has ended').waitFor();
    await console.signIn(page, 'cli', OTHER_PASSWORD);
    await page.getByRole('heading', { name: 'API keys' }).waitFor();
    expect(faults).toEqual([]);
  });
});
