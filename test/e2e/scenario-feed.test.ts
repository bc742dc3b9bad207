import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { accessibilityViolations, noBrowser } from '../support/browser.ts';
import { sketchInBrowser } from '../support/scenario.ts';

/** How long a figure may take to be as expected, in ms. */
const patience = { timeout: 15_000 };

describe.skipIf(noBrowser)('the sketch of a market feed in Chromium', () => {
  const openSketch = sketchInBrowser('feed');

  async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await openSketch(options);
    for (const product of ['full', 'conflated']) await logged(page, product, 'OAK: snapshot');
    return page;
  }

  const logged = (page: Page, product: string, line: string | RegExp) =>
    page.locator(`#${product} .log`).getByText(line).first().waitFor();

  test.each(['full', 'conflated'])(
    '%s: a lost update is noticed, and a snapshot mends the book',
    async (product) => {
      const page = await openPage();
      const panel = page.locator(`#${product}`);
      await panel.locator('.ladder td').first().getByText(/\d/).waitFor();
      await panel.getByRole('button', { name: 'Lose the next update' }).press('Enter');
      await logged(page, product, 'lost on purpose');
      await logged(page, product, /OAK: a gap after/);
      // The newest line is the first.
      await expect
        .poll(() => panel.locator('.log p').first().textContent(), patience)
        .toMatch(/^OAK: snapshot .* updates? held/);
      await panel
        .locator('.position')
        .getByText(/^OAK at change/)
        .waitFor();
    },
  );

  test('who reads slowly is closed with 1013 from the full feed, and kept by the conflated one', async () => {
    const page = await openPage();
    for (const product of ['full', 'conflated']) {
      await page.locator(`#${product}`).getByLabel('Read slowly').check();
    }
    const status = (product: string) => page.locator(`#${product} .status`);
    await status('full').getByText('Closed with 1013, too slow.').waitFor();
    expect(await status('conflated').textContent()).toBe('Connected.');
    // Prices of a connection that is gone are not shown.
    await expect.poll(() => page.locator('#full .ladder td').first().textContent(), patience).toBe('–');

    // It comes back by itself, and this time it keeps up.
    await page.locator('#full').getByLabel('Read slowly').uncheck();
    await status('full').getByText('Connected.').waitFor();
    await page
      .locator('#full .position')
      .getByText(/^OAK at change/)
      .waitFor();
  });

  test('a restart of the source is another epoch, and both readers begin anew', async () => {
    const page = await openPage();
    await page.getByRole('button', { name: 'Restart the source' }).click();
    for (const product of ['full', 'conflated']) await logged(page, product, 'OAK: another epoch.');
  });

  test.each([
    [1280, 'light'],
    [390, 'dark'],
  ] as const)('at %i px and %s: nothing is cut off, and axe finds nothing', async (width, colorScheme) => {
    const page = await openPage({ colorScheme, viewport: { width, height: 844 } });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});
