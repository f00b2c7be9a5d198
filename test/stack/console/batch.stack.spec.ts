// The page "batch": a file looked at, predicted, filtered, saved; what is refused and where; large files as jobs; cancelling both.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Download, Page } from 'playwright-core';
import { expectAccessible } from '../../support/axe.ts';
import { openBrowser } from '../../support/browser.ts';
import { openConsolePage, startConsole, type Console } from '../../support/console.ts';

const MOST_WAITED_MS = 1000;
const LARGE_ROWS = 100_000;

const [HEADER = '', ...RECORDS] = readFileSync('data/wdbc.csv', 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.slice(0, line.lastIndexOf(',')));

const csvOf = (records: readonly string[]): Buffer =>
  Buffer.from([HEADER, ...records].join('\n') + '\n');
const recordsUpTo = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => RECORDS[at % RECORDS.length] ?? '');
const withFirst = (record: string, value: string): string => record.replace(/^[^,]*/, value);

/** Rows 3 and 6 cannot be answered. */
const SOME = recordsUpTo(120).map((record, at) => {
  if (at === 2) return withFirst(record, 'abc');
  return at === 5 ? '1,2' : record;
});

const fileOf = (
  buffer: Buffer,
  name = 'rows.csv',
): { name: string; mimeType: string; buffer: Buffer } => ({ name, mimeType: 'text/csv', buffer });

const choose = (page: Page, file: ReturnType<typeof fileOf>): Promise<void> =>
  page.getByLabel('File of rows').setInputFiles(file);

const contentOf = async (download: Download): Promise<string> =>
  readFile(await download.path(), 'utf8');

async function saved(page: Page, button: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  return contentOf(download);
}

describe('the page "batch"', () => {
  let console: Console;
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), 'foretell-batch-'));
  const large = join(folder, 'large.csv');

  beforeAll(async () => {
    writeFileSync(large, csvOf(recordsUpTo(LARGE_ROWS)));
    [console, browser] = await Promise.all([
      startConsole({ users: { cli: 'client' } }),
      openBrowser(),
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await console.stop();
    rmSync(folder, { recursive: true });
  });

  /** What the API answers where it is asked without the console. */
  async function answered(body: Buffer, accept: string): Promise<string> {
    const answer = await fetch(`${console.url}/predict/batch?log=off`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await console.tokenOf('cli')}`,
        'content-type': 'text/csv',
        accept,
      },
      body: new Uint8Array(body),
    });
    return answer.text();
  }

  it('looks at a file, predicts it, and saves byte by byte what the API answers', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/batch', { as: 'cli' });
    const upload = csvOf(SOME);
    await choose(page, fileOf(upload));
    await page.getByText('All 30 features of the model have a column.').waitFor();
    await page.getByRole('cell', { name: '17.99', exact: true }).waitFor();
    await expectAccessible(page);

    await page.getByLabel('Store the rows').uncheck();
    await page.getByRole('button', { name: 'Predict the rows' }).click();
    await page.getByText('Done: 120 rows.').waitFor();
    await page.getByText('1–50 of 120').waitFor();
    await expectAccessible(page);
    expect(await saved(page, 'Download CSV')).toBe(await answered(upload, 'text/csv'));
    expect(await saved(page, 'Download NDJSON')).toBe(
      await answered(upload, 'application/x-ndjson'),
    );

    await page.getByRole('radio', { name: 'Refused' }).check();
    await page.getByText('1–2 of 2').waitFor();
    const refused = page.getByRole('region', { name: 'Rows of the batch' }).locator('tbody tr');
    expect(await refused.allInnerTexts()).toEqual([
      expect.stringMatching(/^3 line 4.*Refused.*mean radius/s),
      expect.stringMatching(/^6 line 7.*Refused.*30 fields, as in the header.*2 fields/s),
    ]);
    await expectAccessible(page);
    expect(faults).toEqual([]);
  });

  it('says why, takes a dropped file, and hands out a template that can be predicted', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/batch');
    const template = await saved(page, 'Template (CSV)');
    const dropped = await page.evaluateHandle(
      (text) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([text], 'dropped.csv'));
        return transfer;
      },
      `${template}${SOME[0] ?? ''}\n`,
    );
    await page.locator('.drop-zone').dispatchEvent('drop', { dataTransfer: dropped });
    await page.getByText('dropped.csv').waitFor();
    await page.getByLabel('Say why').check();
    await page.getByRole('button', { name: 'Predict the rows' }).click();
    await page.getByText('Done: 2 rows.').waitFor();
    await page
      .getByText(/speaks for malignant/)
      .first()
      .waitFor();
    expect(faults).toEqual([]);
  });

  it('names columns that do not fit before anything is sent, and shows what the server says of it', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/batch', {
      expected: [/status of 422/],
    });
    const body = csvOf(recordsUpTo(3)).toString().replace('mean texture', 'Textur');
    await choose(page, fileOf(Buffer.from(body)));
    const notice = page.locator('.notice');
    expect(await notice.innerText()).toMatch(
      /Missing columns \(1\): mean texture\s+Columns the model does not know \(1\): Textur/,
    );
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Predict the rows' }).click();
    await page.getByText('The columns do not fit the model').waitFor();
    await expectAccessible(page);

    await choose(page, fileOf(Buffer.from(`${HEADER}\n1,"2\n`)));
    await page.getByRole('button', { name: 'Predict the rows' }).click();
    await page.getByText('The record that begins in line 2 opens quotes').waitFor();

    await choose(page, fileOf(Buffer.from(`${HEADER},gr\xf6\xdfe\n`, 'latin1')));
    await page.getByText('The file is not in UTF-8').waitFor();

    await choose(page, fileOf(Buffer.from('x'), 'rows.xlsx'));
    await page.getByText('The name must end in').waitFor();
    expect(await page.getByRole('button', { name: 'Predict the rows' }).isDisabled()).toBe(true);
    expect(faults).toEqual([]);
  });

  it('keeps what was answered until a batch was cancelled', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/batch');
    await choose(page, fileOf(csvOf(recordsUpTo(1200))));
    await page.getByLabel('Say why').check();
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: 200_000,
      uploadThroughput: -1,
    });
    await page.getByRole('button', { name: 'Predict the rows' }).click();
    await page.getByText(/[1-9][\d,]* rows answered…/).waitFor();
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByText(/Cancelled\. The [1-9][\d,]* rows/).waitFor();
    await page.getByRole('button', { name: 'Download CSV' }).waitFor();
    await expectAccessible(page);
    expect(faults).toEqual([]);
  });

  it('makes a large file a job, shows 100,000 rows of it without freezing, and keeps it over a reload', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/batch');
    await page.getByLabel('File of rows').setInputFiles(large);
    await page.getByText('A file of this size is scored in the background').waitFor();
    await page.getByRole('button', { name: 'Start the job' }).click();
    await page.getByText('The job has been started.').waitFor();
    const jobs = page.getByRole('region', { name: 'Jobs' }).last();
    await jobs.getByText('Done').waitFor({ timeout: 300_000 });
    await page.reload();
    await jobs.getByText('Done').waitFor();
    await expectAccessible(page);

    const began = performance.now();
    await watchWaits(page);
    await jobs.getByRole('button', { name: 'Show' }).click();
    await page.getByText('Done: 100,000 rows.').waitFor({ timeout: 300_000 });
    await page.getByRole('radio', { name: 'Positive' }).check();
    await page.getByRole('button', { name: 'Next rows' }).click();
    await page.getByText(/^51–100 of/).waitFor();
    const csv = await saved(page, 'Download CSV');
    // On a slow machine all of it takes longer; a page that freezes does so for most of it.
    const mostMs = Math.max(MOST_WAITED_MS, (performance.now() - began) / 4);
    expect(await longestWait(page)).toBeLessThan(mostMs);
    expect(await page.locator('tbody tr').count()).toBeLessThan(100);

    const { body } = await console.api<{ items: { id: string }[] }>('GET /jobs');
    const answer = await fetch(`${console.url}/jobs/${body.items[0]?.id ?? ''}/result`, {
      headers: {
        authorization: `Bearer ${await console.tokenOf('admin')}`,
        accept: 'text/csv',
      },
    });
    expect(csv === (await answer.text())).toBe(true);
    expect(faults).toEqual([]);
  });

  it('cancels a job, and deletes what is left of it', async () => {
    const { page, faults } = await openConsolePage(browser, console, '/batch', { as: 'cli' });
    await page.getByLabel('File of rows').setInputFiles(large);
    await page.getByLabel('Say why').check();
    await page.getByRole('button', { name: 'Start the job' }).click();
    await page.getByRole('button', { name: /^Cancel: job of/ }).click();
    await page.locator('.badge', { hasText: 'Cancelled' }).waitFor();
    await page.getByRole('button', { name: /^Delete: job of/ }).click();
    await page.getByText('No jobs yet.').waitFor();
    expect(faults).toEqual([]);
  });
});

/** From now on, how long the page's event loop lets a timer wait. */
const watchWaits = (page: Page): Promise<void> =>
  page.evaluate(() => {
    let last = performance.now();
    const watched = window as unknown as { longestWait: number };
    watched.longestWait = 0;
    setInterval(() => {
      const now = performance.now();
      watched.longestWait = Math.max(watched.longestWait, now - last);
      last = now;
    }, 10);
  });

const longestWait = (page: Page): Promise<number> =>
  page.evaluate(() => (window as unknown as { longestWait: number }).longestWait);
