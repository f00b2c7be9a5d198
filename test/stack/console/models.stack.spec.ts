// The page "Models" as operators meet it: versions compared, the gate that refuses, promotion against it and with it, the way back, the
// challenger, the history of all that, the card; in a real browser at a real server with three trained versions.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Locator, Page } from 'playwright-core';
import { parseDocument } from 'yaml';
import { expectAccessible } from '../../support/axe.ts';
import { openBrowser } from '../../support/browser.ts';
import { openConsolePage, settled, startConsole, type Console } from '../../support/console.ts';
import { DIST } from '../../support/console-seed.ts';
import { cleanEnvironment } from '../../support/started-server.ts';

/** So weak that no gate lets it pass. */
const WEAK = { C: 0.0001, calibration: 'none' };
/** As good as the one that the server starts with. */
const GOOD = { C: 3, calibration: 'auto' };
/** Chromium itself reports answers such as these. */
const REFUSED = /status of 409/;

let console: Console;
let browser: Browser;

beforeAll(async () => {
  [console, browser] = await Promise.all([
    startConsole({ users: { vic: 'viewer', olga: 'operator' } }),
    openBrowser(),
  ]);
  await train(WEAK);
  await train(GOOD);
});
afterAll(async () => {
  await browser.close();
  await console.stop();
});

/** Registers one more version of the same model. */
async function train({ C, calibration }: typeof WEAK): Promise<void> {
  const params = parseDocument(readFileSync('params.yaml', 'utf8'));
  params.setIn(['data', 'path'], resolve('data/wdbc.csv'));
  params.set('candidates', [{ learner: 'logistic_regression', grid: { C: [C] } }]);
  params.set('calibration', calibration);
  const dir = mkdtempSync(join(tmpdir(), 'console-models-'));
  try {
    writeFileSync(join(dir, 'params.yaml'), params.toString());
    await promisify(execFile)(
      'node',
      [join(DIST, 'ml/train.js'), '--params', join(dir, 'params.yaml')],
      { env: cleanEnvironment({ VAR_DIR: console.varDir }) },
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Which version answers a prediction. */
async function answeringVersion(): Promise<string> {
  const { features } = (
    await console.api<{ features: { name: string; median: number }[] }>('GET /model-info')
  ).body;
  const row = Object.fromEntries(features.map(({ name, median }) => [name, median]));
  const { body } = await console.api<{ model: { version: string } }>('POST /predict', {
    features: row,
  });
  return body.model.version;
}

const rowOf = (page: Page, version: string): Locator =>
  page
    .getByRole('region', { name: 'Versions', exact: true })
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: version, exact: true }) });
const promoteButton = (page: Page, version: string): Locator =>
  page.getByRole('button', { name: `Promote version ${version}`, exact: true });

async function openModels(place = '/models', as = 'olga', expected: readonly RegExp[] = []) {
  const opened = await openConsolePage(browser, console, place, { as, expected });
  await settled(opened.page, 'Models');
  return opened;
}

it('shows versions side by side: the best figure, what differs, curves, mistakes and what they cost', async () => {
  const { page, faults } = await openModels('/models?versions=1,2');
  const metrics = page.getByRole('region', { name: 'Metrics on held-out rows' });
  await metrics.waitFor();
  const { body } = await console.api<{
    metrics: { roc_auc: number };
    intervals: { roc_auc: { low: number } };
  }>('GET /models/foretell/versions/1/evaluation');
  const auc = (value: number, digits: number): string =>
    new Intl.NumberFormat('en-GB', { maximumSignificantDigits: digits }).format(value);
  const best = metrics
    .getByRole('row', { name: /roc_auc/ })
    .getByRole('cell')
    .first();
  expect(await best.textContent()).toContain('best');
  expect(await best.textContent()).toContain(auc(body.metrics.roc_auc, 4));
  expect(await best.textContent()).toContain(auc(body.intervals.roc_auc.low, 3));
  const params = page.getByRole('region', { name: 'Parameters' });
  const c = params.getByRole('row', { name: /^C / });
  expect(await c.textContent()).toMatch(/differs.*0\.0001$/);
  expect(await params.getByRole('row', { name: /penalty/ }).textContent()).toContain('same');
  for (const name of [
    /^True against false positive rate/,
    /^Precision against recall/,
    /^Observed/,
  ])
    await page.getByRole('img', { name }).locator('canvas').waitFor();
  await page.getByRole('region', { name: 'Version 2, threshold 0.5' }).waitFor();
  await page.getByLabel('Cost of malignant taken for benign').fill('20');
  await page.waitForURL(/fn=20/);
  const costs = page.getByRole('region', { name: 'Thresholds and what they cost' });
  expect(await costs.getByRole('row').count()).toBe(3);
  await page.getByLabel('Cost of benign taken for malignant').fill('much');
  await page.getByText('Expected a number, at least 0.').waitFor();
  expect(await costs.count()).toBe(0);
  await page.getByLabel('Cost of benign taken for malignant').fill('1');
  await page.getByRole('button', { name: 'Show as a table: ROC curve' }).click();
  await page.getByRole('region', { name: 'ROC curve' }).waitFor();
  await expectAccessible(page);
  await page.getByLabel('Compare version 3').check();
  await page.waitForURL(/versions=1%2C2%2C3/);
  await metrics.getByRole('columnheader', { name: 'Version 3' }).waitFor();
  expect(faults).toEqual([]);
  await page.context().close();
});

it('promotes what the gate refuses only anyway and with a reason; then the server answers with it, and goes back', async () => {
  const { page, faults } = await openModels('/models', 'olga', [REFUSED]);
  await promoteButton(page, '2').click();
  const dialog = page.getByRole('dialog', { name: 'Promote version 2' });
  await dialog.getByRole('button', { name: 'Promote', exact: true }).click();
  await dialog.getByText('Say why: the history keeps it.').waitFor();
  const reason = dialog.getByLabel('Reason');
  expect(await reason.evaluate((field) => field === document.activeElement)).toBe(true);
  await reason.fill('Fewer false alarms');
  await dialog.getByRole('button', { name: 'Promote', exact: true }).click();
  await dialog.getByText('The gate refuses version 2. Nothing has changed.').waitFor();
  const report = dialog.getByRole('region', { name: 'Report of the gate' });
  expect(await report.getByRole('row', { name: /log_loss_vs_champion/ }).textContent()).toMatch(
    /failed.*0\.02.* to /,
  );
  expect(await report.getByRole('row', { name: /golden_rows/ }).textContent()).toContain('passed');
  await expectAccessible(page);
  expect(await answeringVersion()).toBe('1');
  expect(await reason.inputValue()).toBe('Fewer false alarms');
  await reason.fill('A drill');
  await dialog.getByRole('button', { name: 'Promote anyway' }).click();
  await dialog
    .getByText('The gate was overruled: version 2 is champion, and this server answers with it.')
    .waitFor();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  expect(await answeringVersion()).toBe('2');
  await rowOf(page, '2').getByText('served here').waitFor();
  await promoteButton(page, '1').waitFor();

  await page.getByRole('button', { name: 'Roll back' }).click();
  const back = page.getByRole('dialog', { name: 'Roll back' });
  await back.getByLabel('Reason').fill('The drill is over');
  await expectAccessible(page);
  await back.getByRole('button', { name: 'Roll back' }).click();
  await back.getByText(/Version 1 is champion again instead of version 2/).waitFor();
  await back.getByRole('button', { name: 'Close' }).last().click();
  await rowOf(page, '1').getByText('served here').waitFor();
  expect(await answeringVersion()).toBe('1');
  expect(faults).toEqual([]);
  await page.context().close();
});

it('puts the challenger in the shadow, compares both, and turns it off', async () => {
  const { page, faults } = await openModels('/models?view=challenger&window=1h');
  const mode = page.getByRole('group', { name: 'What it does' });
  await mode.getByLabel('Canary').check();
  await page.getByLabel('Share of the requests, in percent').fill('200');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('Expected a number above 0 and up to 100.').waitFor();
  await mode.getByLabel('Shadow').check();
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText(/Version \d scores in the shadow of the champion\./).waitFor();
  for (let i = 0; i < 3; i += 1) await answeringVersion();
  await page.getByText('Rows that both scored.').waitFor();
  await page.getByRole('columnheader', { name: 'Champion, version 1' }).waitFor();
  await expectAccessible(page);
  await mode.getByLabel('Off').check();
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('The challenger is off.').waitFor();
  const { body } = await console.api<{ mode: string }>('GET /monitoring/champion-challenger');
  expect(body.mode).toBe('off');
  expect(faults).toEqual([]);
  await page.context().close();
});

it('promotes what the gate lets pass, and shows its report', async () => {
  const { page, faults } = await openModels();
  await promoteButton(page, '3').click();
  const dialog = page.getByRole('dialog', { name: 'Promote version 3' });
  await dialog.getByLabel('Reason').fill('As good, and newer');
  await dialog.getByLabel('Reason').press('Enter');
  await dialog.getByText('Version 3 is champion, and this server answers with it.').waitFor();
  const report = dialog.getByRole('region', { name: 'Report of the gate' });
  expect(await report.getByText('passed').count()).toBe(5);
  expect(await report.getByText('failed').count()).toBe(0);
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await rowOf(page, '3').getByText('champion').waitFor();
  expect(await answeringVersion()).toBe('3');
  await page.getByRole('button', { name: 'Look at the registry now' }).click();
  await page.getByText('Nothing changed: version 3 is served.').waitFor();
  expect(faults).toEqual([]);
  await page.context().close();
});

it('tells in the history who moved what when and why, with the report of the gate', async () => {
  const { page, faults } = await openModels('/models?view=history');
  const history = page.getByRole('region', { name: 'What happened to the model' });
  const told = (text: RegExp): Locator => history.getByRole('row').filter({ hasText: text });
  await told(/champion from version 1 to 3 \(promoted\).*olga.*As good, and newer/).waitFor();
  await told(/champion from version 2 to 1 \(rolled back\).*olga.*The drill is over/).waitFor();
  await told(/champion from version 1 to 2 \(promoted against the gate\).*olga.*A drill/).waitFor();
  await history.getByRole('button', { name: 'Gate’s report on version 2: failed' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Gate’s report on version 2' });
  await dialog.getByRole('row', { name: /log_loss_vs_champion failed/ }).waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expectAccessible(page);
  expect(faults).toEqual([]);
  await page.context().close();
});

it('lists training runs below their trainings and compares them', async () => {
  const { page, faults } = await openModels('/models?view=runs');
  const runs = page.getByRole('region', { name: 'Training runs' });
  await runs
    .getByRole('rowheader', { name: /logistic_regression, C 3\s*, candidate of foretell/ })
    .first()
    .waitFor();
  await runs.getByRole('checkbox').nth(0).check();
  await runs.getByRole('checkbox').nth(2).check();
  const params = page.getByRole('region', { name: 'Parameters' });
  expect(await params.getByRole('row', { name: /^C / }).textContent()).toMatch(/differs/);
  await expectAccessible(page);
  expect(faults).toEqual([]);
  await page.context().close();
});

it('shows the card of a version and hands it out as Markdown', async () => {
  const { page, faults } = await openModels('/models?view=card&version=2');
  await page.getByRole('heading', { name: 'Model card: foretell, version 2' }).waitFor();
  await page
    .getByRole('region', { name: 'Table: Parameters' })
    .getByRole('row', { name: 'C 0.0001' })
    .waitFor();
  await expectAccessible(page);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download (.md)' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('foretell-2.md');
  expect(readFileSync(await download.path(), 'utf8')).toMatch(
    /^# Model card: foretell, version 2\n/,
  );
  expect(faults).toEqual([]);
  await page.context().close();
});

it('lets a viewer see all of it and change nothing', async () => {
  const { page, faults } = await openModels('/models', 'vic');
  await page.getByRole('region', { name: 'Metrics on held-out rows' }).waitFor();
  expect(await page.getByRole('button', { name: /Promote|Roll back|registry/ }).count()).toBe(0);
  expect(await page.getByRole('columnheader', { name: 'Actions' }).count()).toBe(0);
  await page.getByLabel('Challenger', { exact: true }).check();
  await page.getByText('It is not loaded.').waitFor();
  expect(await page.getByRole('button', { name: 'Apply' }).count()).toBe(0);
  await expectAccessible(page);
  expect(faults).toEqual([]);
  await page.context().close();
});
