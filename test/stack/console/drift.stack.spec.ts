// The page Drift in a real browser at a real server: from no prediction, over rows like those of training and a shifted stream, to labels that come later.
import { readFileSync } from 'node:fs';
import type { Browser, Locator, Page } from 'playwright-core';
import { Random } from '../../../src/statistics/random.ts';
import { expectAccessible } from '../../support/axe.ts';
import { openBrowser, type WatchedPage } from '../../support/browser.ts';
import {
  ADMIN,
  openConsolePage,
  settled,
  startConsole,
  type Console,
} from '../../support/console.ts';

const SHIFTED = 'mean radius';
/** The threads that evaluate are of low priority: on a busy machine they come last. */
const EVALUATION_MS = 300_000;
const USERS = { vic: 'viewer', ann: 'client' } as const;
const [HEADER = '', ...LINES] = readFileSync('data/wdbc.csv', 'utf8').trim().split(/\r?\n/);
const NAMES = HEADER.split(',').slice(0, -1);

interface Answered {
  readonly id: string;
  readonly label: string;
}

/** Rows drawn from the data, moved upwards in one feature; with the diagnosis of each. */
function drawn(rows: number, seed: number, shift = 0) {
  const random = Random.of(seed);
  const lines = Array.from({ length: rows }, () => {
    const cells = (LINES[random.nextInt(LINES.length)] ?? '').split(',');
    return { cells, label: cells.at(-1) === '1' ? 'malignant' : 'benign' };
  });
  const moved = ({ cells }: (typeof lines)[number]): string =>
    NAMES.map((name, i) => (name === SHIFTED ? Number(cells[i]) + shift : cells[i])).join(',');
  return {
    csv: [NAMES.join(','), ...lines.map(moved), ''].join('\n'),
    labels: lines.map(({ label }) => label),
  };
}

/** The first column of the table of features. */
const featuresOf = (page: Page): Promise<readonly string[]> =>
  page.locator('.drift-columns tbody:nth-of-type(1) th button').allTextContents();

/** Badges that say so: ours and the convention's. */
const verdicts = (page: Page, text: string): Locator =>
  page.locator('.drift-verdicts .badge', { hasText: new RegExp(`^\\S ${text}$`) });

describe('the page Drift', () => {
  let console: Console;
  let browser: Browser;
  let drifted: readonly Answered[] = [];

  beforeAll(async () => {
    [console, browser] = await Promise.all([startConsole({ users: USERS }), openBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await console.stop();
  });

  const predict = async (rows: number, seed: number, shift = 0): Promise<readonly Answered[]> => {
    const { csv, labels } = drawn(rows, seed, shift);
    const answer = await fetch(`${console.url}/predict/batch`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await console.tokenOf(ADMIN)}`,
        'content-type': 'text/csv',
      },
      body: csv,
    });
    expect(answer.status).toBe(200);
    const [, ...lines] = (await answer.text()).trim().split(/\r?\n/);
    return lines.map((line, i) => ({ id: line.split(',')[1] ?? '', label: labels[i] ?? '' }));
  };
  const tell = async (answers: readonly Answered[]): Promise<void> => {
    const items = answers.map(({ id, label }, i) => ({
      prediction_id: id,
      label,
      groups: { ward: i % 3 === 0 ? 'east' : 'west' },
    }));
    for (let from = 0; from < items.length; from += 250) {
      const some = { items: items.slice(from, from + 250) };
      expect((await console.api('POST /feedback', some)).status).toBe(200);
    }
  };
  const open = async (place = '/drift', as = ADMIN): Promise<WatchedPage> => {
    const watched = await openConsolePage(browser, console, place, { as });
    watched.page.setDefaultTimeout(EVALUATION_MS);
    await settled(watched.page, 'Drift');
    await watched.page.locator('.drift-verdicts').waitFor();
    return watched;
  };

  it('says that nothing was predicted, and leads to where it is done', async () => {
    const { page, faults } = await open('/drift', 'vic');
    await page.getByRole('heading', { name: 'No prediction in this window' }).waitFor();
    expect(await page.locator('.drift-verdicts').textContent()).toContain(
      'The window has 0 rows; a verdict takes 500',
    );
    await expectAccessible(page);
    await page.getByRole('button', { name: 'All time' }).click();
    await page.waitForURL(/window=all/);
    expect(faults).toEqual([]);
    await page.close();
  });

  it('is not there for a role that reads nothing', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/drift', { as: 'ann' });
    await page.getByText('There is no such page here').waitFor();
    expect(faults).toEqual([]);
    await page.close();
  });

  it('finds no drift in rows like those of training, and offers to tell labels', async () => {
    await predict(1000, 1);
    const { page, faults } = await open();
    expect(await verdicts(page, 'No drift').count()).toBe(2);
    await page.getByRole('heading', { name: 'No labels yet' }).waitFor();
    await page.getByRole('heading', { name: 'Domain classifier' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('checkbox', { name: 'Only drifted' }).check();
    await page.getByText('No column drifted.').waitFor();
    expect(await featuresOf(page)).toEqual([]);
    expect(faults).toEqual([]);
    await page.close();
  });

  it('finds the feature that moved, first of all, and shows how by keyboard and by address', async () => {
    const { page, faults } = await open('/drift?sort=name');
    drifted = await predict(1000, 2, 8);
    await page.getByRole('button', { name: 'Evaluate now' }).click();
    await verdicts(page, 'Drift').waitFor();
    const byName = await featuresOf(page);
    expect(byName[0]).not.toBe(SHIFTED);
    await page.getByRole('button', { name: /^Score and threshold/ }).click();
    expect((await featuresOf(page))[0]).toBe(SHIFTED);
    await page.getByRole('checkbox', { name: 'Only drifted' }).check();
    expect(await featuresOf(page)).toEqual([SHIFTED]);

    const name = page.getByRole('button', { name: SHIFTED, exact: true });
    await name.focus();
    await page.keyboard.press('Enter');
    const panel = page.getByRole('dialog', { name: `Distributions of ${SHIFTED}` });
    await panel.getByRole('img', { name: /The median is 13\.\d+ in the reference/ }).waitFor();
    expect(await panel.getByRole('row', { name: /^Rows with a value/ }).textContent()).toContain(
      '2,000',
    );
    await panel.getByRole('button', { name: /^Show as a table/ }).click();
    await panel.getByRole('rowheader', { name: /^above / }).waitFor();
    await expectAccessible(page);
    const address = page.url();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    expect(await page.locator(':focus').textContent()).toBe(SHIFTED);

    await page.goto(address);
    await page.reload();
    await panel.waitFor();
    expect(faults).toEqual([]);
    await page.close();
  });

  it('keeps convention and window in the address, and compares by them', async () => {
    const { page, faults } = await open('/drift?convention=decile&window=1h');
    await page.getByText('By decile alone').waitFor();
    await page.locator('.drift-columns').getByText('Population stability (PSI)').first().waitFor();
    await page.getByLabel('Convention').selectOption('nannyml-0.13');
    await page.getByText('By nannyml-0.13 alone').waitFor();
    expect(page.url()).toContain('convention=nannyml-0.13');
    expect(await page.getByRole('radio', { name: '1 h' }).isChecked()).toBe(true);
    expect(faults).toEqual([]);
    await page.close();
  });

  it('shows quality by the labels that came, beside the estimate, and groups compared', async () => {
    await tell(drifted);
    const { page, faults } = await open();
    const quality = page.getByRole('region', { name: 'Live quality' });
    await quality.getByText('1,000 of 2,000').waitFor();
    await quality.getByRole('img', { name: /^Observed shares against/ }).waitFor();
    await quality.getByRole('columnheader', { name: 'Answered malignant' }).waitFor();
    const row = quality.getByRole('row', { name: /^ROC AUC/ });
    expect(await row.textContent()).toMatch(/^ROC AUC0\.9\d+ \(0\.9\d* to .*\)0\.9/);
    await page.getByRole('heading', { name: 'Fairness' }).waitFor();
    await page.getByRole('rowheader', { name: 'east' }).waitFor();
    await expectAccessible(page);
    expect(faults).toEqual([]);
    await page.close();
  });

  it('fits a phone, in French and in the dark', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/drift', {
      viewport: { width: 320, height: 700 },
      locale: 'fr-FR',
      colorScheme: 'dark',
    });
    page.setDefaultTimeout(EVALUATION_MS);
    await settled(page, 'Dérive');
    await verdicts(page, 'Dérive').waitFor();
    const overflow = 'document.documentElement.scrollWidth - window.innerWidth';
    expect(await page.evaluate<number>(overflow)).toBeLessThanOrEqual(0);
    await expectAccessible(page);
    expect(faults).toEqual([]);
    await page.close();
  });
});
