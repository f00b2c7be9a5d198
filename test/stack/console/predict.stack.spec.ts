// The page "Predict" of the console: from the form to the answer, its reasons, what would change it, and the true label.
import { execFile } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Locator, Page } from 'playwright-core';
import { expectAccessible } from '../../support/axe.ts';
import { openBrowser } from '../../support/browser.ts';
import { openConsolePage, settled, startConsole, type Console } from '../../support/console.ts';
import { TINY_FEATURES, writeTinyBundle } from '../../support/tiny-bundle.ts';
import { untilTrue } from '../../support/until.ts';

/** Chromium itself reports an answer such as these. */
const REFUSED = /status of 4(09|22)/;

interface Logged {
  readonly items: readonly {
    readonly id: string;
    readonly label: string;
    readonly key: string | null;
    readonly features: Readonly<Record<string, number | string | null>>;
  }[];
}

const field = (page: Page, name: string): Locator =>
  page.getByLabel(name, { exact: false }).first();
const predict = (page: Page): Locator => page.locator('.send button');
const heading = (page: Page): Locator => page.locator('#answer-heading');
const focused = (page: Page): Promise<string> =>
  page.evaluate('document.activeElement.name || document.activeElement.id');
/** It comes after what is shown. */
const hasFocus = (page: Page, name: string): Promise<number> =>
  untilTrue(async () => (await focused(page)) === name, 10_000);
const describedBy = async (page: Page, control: Locator): Promise<string> => {
  const ids = (await control.getAttribute('aria-describedby'))?.split(' ') ?? [];
  const texts = ids.map((id) => page.locator(`[id="${id}"]`).textContent());
  return (await Promise.all(texts)).join(' ');
};

describe('the page "Predict"', () => {
  let console: Console;
  let browser: Browser;

  beforeAll(async () => {
    const users = { ann: 'client', olga: 'operator' } as const;
    [console, browser] = await Promise.all([startConsole({ users }), openBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await console.stop();
  });

  const logged = async (): Promise<Logged['items']> =>
    (await console.api<Logged>('GET /predictions')).body.items;
  const open = async (
    options: Parameters<typeof openConsolePage>[3] = {},
    title = 'Predict',
  ): Promise<Awaited<ReturnType<typeof openConsolePage>>> => {
    const opened = await openConsolePage(browser, console, '/predict', options);
    await settled(opened.page, title);
    await opened.page.locator('.predict-form').waitFor();
    return opened;
  };

  it('begins with the usual values and shows everything that is wrong at once, at the fields', async () => {
    const { page, faults } = await open();
    await expectAccessible(page);
    expect(await field(page, 'mean radius').inputValue()).not.toBe('');
    await field(page, 'mean radius').fill('thirteen');
    await field(page, 'mean texture').fill('-1');
    await field(page, 'mean perimeter').fill('');
    await field(page, 'mean area').fill('1,001');
    await field(page, 'worst area').fill('9000');
    await predict(page).click();
    expect(await page.locator('.send [role=alert]').textContent()).toContain('4 values');
    await hasFocus(page, 'mean radius');
    expect(await page.locator('[aria-invalid=true]').count()).toBe(4);
    expect(await describedBy(page, field(page, 'mean texture'))).toContain('outside the allowed');
    expect(await describedBy(page, field(page, 'mean area'))).toContain('point instead');
    expect(await describedBy(page, field(page, 'worst area'))).toContain('saw in training');
    expect(await logged()).toEqual([]);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Clear' }).click();
    expect(await page.locator('[aria-invalid=true]').count()).toBe(0);
    expect(await field(page, 'worst area').inputValue()).toBe('');
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('answers with reasons and a warning, records what was right, and logs no question of what if', async () => {
    const { page, faults } = await open();
    await field(page, 'worst radius').fill('26.5');
    await field(page, 'worst concave points').fill('0.4');
    await page.getByLabel('Your reference').fill('case 7');
    await predict(page).click();
    await heading(page).waitFor();
    expect(await heading(page).textContent()).toContain('malignant');
    await hasFocus(page, 'answer-heading');
    const answer = page.getByRole('region', { name: /Answer/ });
    const text = (await answer.textContent()) ?? '';
    expect(text).toContain('malignant from 50% on');
    expect(text).toContain('Outside what training saw: worst concave points');
    expect(await answer.locator('.reason-texts li').count()).toBeGreaterThan(0);
    expect(await answer.locator('.contributions tbody tr').count()).toBe(8);
    await page.getByRole('button', { name: 'Show all 30' }).click();
    expect(await answer.locator('.contributions tbody tr').count()).toBe(30);
    const [prediction] = await logged();
    expect(prediction).toMatchObject({ label: 'malignant', key: 'case 7' });
    expect(text).toContain(prediction?.id);

    await page.getByRole('button', { name: 'No, benign' }).click();
    await answer.getByText('benign is recorded').waitFor();
    await page.getByRole('button', { name: 'Yes, malignant' }).click();
    await answer.getByText('now recorded as malignant').waitFor();
    const label = await console.api<{ label: string }>(`GET /feedback/${prediction?.id}`);
    expect(label.body.label).toBe('malignant');

    await page.locator('.chart canvas').waitFor();
    await page.getByLabel('Move this feature').selectOption('worst texture');
    await page.getByRole('img', { name: /Probability over worst texture/ }).waitFor();
    expect(page.url()).toContain('feature=worst+texture');
    await page.getByRole('button', { name: /Show as a table: Probability/ }).click();
    expect(await page.locator('.chart tbody tr').count()).toBeGreaterThanOrEqual(40);
    await page.getByLabel('Value to try').fill('0');
    await page.getByRole('button', { name: 'Put this value' }).click();
    const least = await page.locator('.chart tbody th').first().textContent();
    expect(await field(page, 'worst texture').inputValue()).toBe(least);

    await page.getByRole('button', { name: 'Find it' }).click();
    await page.getByText('With this, the answer is benign').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Put it into the form' }).click();
    await page.getByText('It is in the form now').waitFor();
    expect(await logged()).toHaveLength(1);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('is filled and sent by keyboard alone, by a client too', async () => {
    const { page, faults } = await open({ as: 'ann' });
    await page.getByRole('button', { name: 'Usual values' }).focus();
    const passed: string[] = [];
    for (let i = 0; i < 40 && passed.at(-1) !== 'key'; i += 1) {
      await page.keyboard.press('Tab');
      passed.push(await focused(page));
    }
    expect(passed.filter((name) => /^(mean|worst) | error$/.test(name))).toHaveLength(30);
    await page.keyboard.type('by keyboard');
    await page.keyboard.press('Enter');
    await heading(page).waitFor();
    await hasFocus(page, 'answer-heading');
    expect(await page.getByLabel('An earlier prediction').count()).toBe(0);
    expect((await logged()).map(({ key }) => key)).toContain('by keyboard');
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('reads the decimal comma of a French reader, and fits a phone', async () => {
    const { page, faults } = await open(
      { locale: 'fr-FR', viewport: { width: 320, height: 700 } },
      'Prédire',
    );
    expect(await field(page, 'mean smoothness').inputValue()).toMatch(/^0,\d+$/);
    await field(page, 'mean radius').fill('11,25');
    await predict(page).click();
    await heading(page).waitFor();
    await page.locator('.chart canvas').waitFor();
    const rows = (await logged()).map(({ features }) => features['mean radius']);
    expect(rows).toContain(11.25);
    await expectAccessible(page);
    const excess = 'document.documentElement.scrollWidth - window.innerWidth';
    expect(await page.evaluate(excess)).toBeLessThanOrEqual(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('copies the request for programs, without the token', async () => {
    const { page, faults } = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
    await page.getByRole('radio', { name: 'Python' }).check();
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    await page.getByText('Copied').waitFor();
    const copied = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(copied).toContain(`"${console.url}/predict?explain=true"`);
    expect(copied).toContain("os.environ['FORETELL_TOKEN']");
    expect(copied).not.toMatch(/eyJ/);
    await page.getByRole('radio', { name: 'JavaScript' }).check();
    const code = (await page.locator('pre.snippet').textContent()) ?? '';
    const env = { ...process.env, FORETELL_TOKEN: await console.tokenOf('olga') };
    const run = ['--input-type=module', '--eval', code];
    const { stdout } = await promisify(execFile)(process.execPath, run, { env });
    expect(stdout).toContain('probability');
    await page.getByRole('radio', { name: 'curl' }).check();
    const command = (await page.locator('pre.snippet').textContent()) ?? '';
    const curled = await promisify(execFile)('sh', ['-c', command], { env });
    expect(JSON.parse(curled.stdout)).toHaveProperty('explanation');
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('keeps what was typed when another model is promoted meanwhile', async () => {
    const { page, faults } = await open({ as: 'olga', expected: [REFUSED] });
    await field(page, 'mean radius').fill('14.5');
    await field(page, 'mean area').fill('700.5');
    await promoteTiny(console);
    await predict(page).click();
    await page.getByText('it is now foretell, version 2').waitFor();
    const notice = (await page.locator('.model-change').textContent()) ?? '';
    expect(notice).toContain('New fields: side');
    expect(notice).toContain('mean area');
    expect(await page.locator('.predict-form .field').count()).toBe(4);
    await page.getByText('Size of the nuclei').waitFor();
    expect(await page.getByLabel('Radius').inputValue()).toBe('14.5');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Understood' }).click();
    await page.getByLabel('mean texture').fill('');
    await page.getByLabel('side').selectOption('right');
    await predict(page).click();
    await page.getByText('This model cannot explain its answers').waitFor();
    expect(await heading(page).textContent()).toMatch(/malignant|benign/);
    const rows = (await logged()).map(({ features }) => features);
    expect(rows).toContainEqual({ 'mean radius': 14.5, 'mean texture': null, side: 'right' });
    await page.getByLabel('Move this feature').selectOption('side');
    await page.getByRole('img', { name: /Probability over side/ }).waitFor();
    await expectAccessible(page);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});

/** A model with a feature in common, one that may be missing, and a category; it cannot explain its answers. */
async function promoteTiny(console: Console): Promise<void> {
  const versions = join(console.varDir, 'registry/models/foretell/versions');
  cpSync(join(versions, '1/version.json'), join(versions, '2/version.json'));
  const [radius, ...others] = TINY_FEATURES;
  if (radius === undefined) throw new Error('expected a feature');
  const told = { ...radius, label: 'Radius', group: 'Size of the nuclei' };
  await writeTinyBundle(join(versions, '2/bundle'), { features: [told, ...others] });
  const order = { version: '2', force: true, reason: 'Another form for the test of the console.' };
  const { status, body } = await console.api('POST /models/foretell/promote', order);
  if (status !== 200) throw new Error(`promotion answered ${status}: ${JSON.stringify(body)}`);
}
