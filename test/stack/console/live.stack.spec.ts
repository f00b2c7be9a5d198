// The page Live in a real browser at a real server: it follows what is predicted and labelled, keeps its state in the address, and goes on by
// itself after a restart of the server.
import type { Browser, Locator, Page } from 'playwright-core';
import { expectAccessible } from '../../support/axe.ts';
import { openBrowser } from '../../support/browser.ts';
import { openConsolePage, startConsole, type Console } from '../../support/console.ts';
import { untilTrue } from '../../support/until.ts';

/** Chromium itself reports requests that found no server, or one that is just starting. */
const DOWN = [/^console: Failed to load resource: .*(ERR_|status of 50[23])/];
const LIMIT_MS = 20_000;

interface Feature {
  readonly name: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

interface Predicted {
  readonly id: string;
  readonly label: string;
  readonly probability: number;
}

type Row = Readonly<Record<string, number>>;

describe('the page Live', () => {
  let console: Console;
  let browser: Browser;
  let features: readonly Feature[];

  beforeAll(async () => {
    const env = { DRIFT_EVERY: '2' };
    [console, browser] = await Promise.all([
      startConsole({ users: { vic: 'viewer' }, env }),
      openBrowser(),
    ]);
    const { body } = await console.api<{ features: readonly Feature[] }>('GET /model-info');
    ({ features } = body);
  });
  afterAll(async () => {
    await browser.close();
    await console.stop();
  });

  /** From typical for the healthy (0) to the ends of the training range (1). */
  const rowAt = (towards: number): Row =>
    Object.fromEntries(
      features.map(({ name, median, max }) => [name, median + (max - median) * towards * 0.6]),
    );

  function firstFeature(): Feature {
    const [first] = features;
    if (first === undefined) throw new Error('the model has no features');
    return first;
  }

  async function predict(row: Row, key?: string): Promise<Predicted> {
    const { status, body } = await console.api<Predicted>('POST /predict', {
      features: row,
      ...(key !== undefined && { key }),
    });
    if (status !== 200) throw new Error(`POST /predict answered ${status}`);
    return body;
  }

  const tile = (page: Page, name: string): Locator =>
    page.locator('.tile', { has: page.locator('dt', { hasText: name }) }).locator('.tile-value');
  const status = (page: Page): Locator => page.locator('.toolbar [role=status]').first();
  const rows = (page: Page): Locator =>
    page.getByRole('region', { name: 'Recent predictions' }).locator('tbody tr');
  const until = (holds: () => Promise<boolean>): Promise<number> => untilTrue(holds, LIMIT_MS);

  const predicted: Predicted[] = [];
  let farOut: Predicted | undefined;

  it('says on a new server how to make a prediction, to those who may', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/live?window=all');
    await page.getByText('No prediction has been made yet.').waitFor();
    expect(await page.getByRole('link', { name: 'Make a prediction' }).count()).toBe(1);
    await expectAccessible(page);
    expect(faults).toEqual([]);
    await page.context().close();
    const viewer = await openConsolePage(browser, console, '/live?window=all', { as: 'vic' });
    await viewer.page.getByText('No prediction has been made yet.').waitFor();
    expect(await viewer.page.getByRole('link', { name: 'Make a prediction' }).count()).toBe(0);
    await viewer.page.context().close();
  });

  it('follows predictions and their labels, by itself', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/live');
    await status(page).getByText(/Live$/).waitFor();
    const { name, max } = firstFeature();
    farOut = await predict({ ...rowAt(0), [name]: max * 10 }, 'far out');
    for (let index = 0; index < 40; index += 1)
      predicted.push(await predict(rowAt(index / 40), `case-${index}`));
    await page.getByText('Rows in the window: 41').waitFor();
    await until(async () => (await rows(page).count()) === 25);
    expect(Number(await tile(page, 'Requests per second').textContent())).toBeGreaterThan(0);
    expect(await tile(page, 'Live ROC AUC').textContent()).toBe('–');

    await predict(rowAt(0.5), 'the newest');
    await rows(page).first().getByText('the newest').waitFor();
    await page.getByText('Rows in the window: 42').waitFor();

    const ordered = predicted.toSorted((a, b) => a.probability - b.probability);
    const [low, high] = [ordered[0]?.label, ordered.at(-1)?.label];
    const items = ordered.map(({ id }, rank) => ({
      prediction_id: id,
      label: rank < 20 === (rank % 7 !== 0) ? low : high,
    }));
    expect((await console.api('POST /feedback', { items })).status).toBe(200);
    await until(async () => Number(await tile(page, 'Live ROC AUC').textContent()) > 0.5);
    await page.getByText('40 with a label, 7 days').waitFor();
    await expectAccessible(page);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('filters the recent predictions, holds them while they are read, tells of each all that is known, and of older ones', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/live');
    await until(async () => (await rows(page).count()) === 25);
    await page.getByLabel('Key or id').fill('CASE-39');
    await until(async () => (await rows(page).count()) === 1);
    await page.getByLabel('Key or id').fill('case-0 is none');
    await page.getByText('None of those that are shown fits the filter.').waitFor();
    await page.getByLabel('Key or id').fill('');
    await page.getByLabel('At the threshold or above').check();
    const labels = await rows(page).locator('td:nth-child(2)').allTextContents();
    expect(new Set(labels).size).toBe(1);
    await page.getByLabel('At the threshold or above').uncheck();

    // Far inside: figures that come in above move the table a little.
    await rows(page).nth(12).hover();
    await page.getByText('Held while you are in the table').waitFor();
    await predict(rowAt(0.2), 'while it is read');
    await page.getByText('Rows in the window: 43').waitFor();
    expect(await page.getByText('while it is read').count()).toBe(0);
    await page.getByRole('heading', { level: 1 }).hover();
    await rows(page).first().getByText('while it is read').waitFor();

    await page.getByRole('button', { name: 'Older predictions' }).click();
    await until(async () => (await rows(page).count()) === 43);
    await page.getByText('These are all that the log holds.').waitFor();
    const labelled = rows(page).filter({ has: page.getByText('case-7', { exact: true }) });
    await labelled.getByRole('link').click();
    const dialog = page.getByRole('dialog', { name: 'Prediction' });
    await dialog.getByText(predicted[7]?.id ?? 'none').waitFor();
    await dialog.getByRole('rowheader', { name: features[0]?.name ?? '', exact: true }).waitFor();
    await dialog.getByText('SHA-256 of the model').waitFor();
    await dialog.getByRole('button', { name: 'Look whether a label has come' }).click();
    await dialog.getByText('told at').waitFor();
    await expectAccessible(page);
    const opened = page.url();
    expect(opened).toContain(`prediction=${predicted[7]?.id ?? 'none'}`);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(page.url()).not.toContain('prediction=');
    await page.getByRole('button', { name: 'Back to live' }).click();
    await until(async () => (await rows(page).count()) === 25);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('keeps window, version and pause in the address, over a reload', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/live');
    await page.getByText('Rows in the window').waitFor();
    await page.getByLabel('1 h', { exact: true }).check();
    await page.getByLabel('Version').first().selectOption('1');
    await page.reload();
    await status(page).getByText(/Live$/).waitFor();
    expect(await page.getByLabel('1 h', { exact: true }).isChecked()).toBe(true);
    expect(await page.getByLabel('Version').first().inputValue()).toBe('1');
    await page.getByRole('button', { name: 'Pause' }).click();
    await status(page).getByText('Paused').waitFor();
    expect(page.url()).toContain('window=1h&version=1&pause=on');
    await predict(rowAt(0.3), 'while it paused');
    await page.waitForTimeout(3_000);
    expect(await page.getByText('while it paused').count()).toBe(0);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Continue' }).click();
    await rows(page).first().getByText('while it paused').waitFor();
    expect(page.url()).not.toContain('pause');
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('shows what is out of the ordinary, with its predictions, until somebody takes notice of it', async () => {
    const { name } = firstFeature();
    const { page, faults } = await openConsolePage(browser, console, '/live');
    const anomalies = page.getByRole('region', { name: 'Anomalies', exact: true });
    const found = anomalies.getByRole('row').filter({ hasText: `Inputs: ${name}` });
    await found.getByRole('link').click();
    const dialog = page.getByRole('dialog', { name: 'Inputs' });
    await expectAccessible(page);
    await dialog.getByRole('link', { name: farOut?.id ?? 'none' }).click();
    const prediction = page.getByRole('dialog', { name: 'Prediction' });
    await prediction.getByText('far out').waitFor();
    await page.keyboard.press('Escape');
    await prediction.waitFor({ state: 'detached' });
    await dialog.getByLabel('Note (optional)').fill('A broken probe.');
    await dialog.getByRole('button', { name: 'Acknowledge' }).click();
    await dialog.getByText('A broken probe.').waitFor();
    await page.keyboard.press('Escape');
    await found.getByText('Acknowledged').waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
    const viewer = await openConsolePage(browser, console, '/live', { as: 'vic' });
    await viewer.page
      .getByRole('row', { name: `Inputs: ${name}` })
      .getByRole('link')
      .click();
    const seen = viewer.page.getByRole('dialog', { name: 'Inputs' });
    await seen.getByText('A broken probe.').waitFor();
    expect(await seen.getByRole('button', { name: 'Acknowledge' }).count()).toBe(0);
    await viewer.page.context().close();
  });

  it('goes on by itself after the server was killed and started again', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/live', { expected: DOWN });
    await page.getByText('Rows in the window').waitFor();
    await until(async () => (await rows(page).count()) === 25);
    await page.evaluate(() => {
      document.body.dataset['loaded'] = 'once';
    });
    await console.kill();
    await status(page).getByText('Reconnecting since').waitFor();
    await page.getByText('The figures below are the last that came.').waitFor();
    expect(await rows(page).count()).toBe(25);
    await expectAccessible(page);
    await console.restart();
    await status(page).getByText(/Live$/).waitFor();
    await predict(rowAt(0.4), 'after the restart');
    await rows(page).first().getByText('after the restart').waitFor();
    await page.locator('main canvas').first().waitFor();
    expect(await page.evaluate(() => document.body.dataset['loaded'])).toBe('once');
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
