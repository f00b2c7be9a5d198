// Swagger UI in a real browser, as an API client meets it: authorize with the password form, try /predict, read 200.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { openBrowser, openPage } from '../support/browser.ts';
import { startServer, type StartedServer } from '../support/started-server.ts';

const PASSWORD = 'swagger-test-password';
const SCREENSHOTS = 'coverage/screenshots';

describe('Swagger UI', () => {
  const varDir = mkdtempSync(join(tmpdir(), 'foretell-swagger-'));
  let server: StartedServer;
  let browser: Browser;

  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    server = await startServer({ env: { VAR_DIR: varDir, ADMIN_PASSWORD: PASSWORD } });
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
    rmSync(varDir, { recursive: true, force: true });
  });

  it('authorizes with the password form and predicts with the runnable example', async () => {
    const { page, faults } = await openPage(browser, server.url);
    await page.goto(`${server.url}/docs`);
    await page.getByRole('button', { name: 'Authorize' }).first().click();
    const form = page.locator('.auth-container', { has: page.locator('#oauth_username') });
    await form.locator('#oauth_username').fill('admin');
    await form.locator('#oauth_password').fill(PASSWORD);
    await form.locator('button.authorize').click();
    await page
      .getByRole('button', { name: /logout|remove/i })
      .first()
      .waitFor();
    await page.screenshot({ path: join(SCREENSHOTS, 'swagger-authorized.png') });
    await page.locator('.btn-done').first().click();

    const predict = page.locator('.opblock', { has: page.locator('[data-path="/predict"]') });
    await predict.locator('.opblock-summary').click();
    await predict.getByRole('button', { name: 'Execute' }).click();
    const status = predict.locator('.live-responses-table .response-col_status').last();
    await status.waitFor();
    await predict.locator('.live-responses-table').scrollIntoViewIfNeeded();
    await page.screenshot({ path: join(SCREENSHOTS, 'swagger-predict.png') });
    expect((await status.textContent())?.trim()).toMatch(/^200/);
    expect(await predict.locator('.live-responses-table').textContent()).toContain('"probability"');
    expect(faults).toEqual([]);
  });
});
