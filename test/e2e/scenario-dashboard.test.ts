import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { accessibilityViolations, noBrowser } from '../support/browser.ts';
import { sketchInBrowser } from '../support/scenario.ts';

/** How long a figure may take to be as expected, in ms. */
const patience = { timeout: 15_000 };

describe.skipIf(noBrowser)('the sketch of a live dashboard in Chromium', () => {
  const openSketch = sketchInBrowser('dashboard');

  async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await openSketch(options);
    await expect.poll(() => received(page, 'slow'), patience).toBeGreaterThan(0);
    return page;
  }

  const figure = (page: Page, reader: string, name: string) =>
    page.locator(`#${reader} dt`, { hasText: name }).locator('+ dd').textContent();
  /** The figure's first number. */
  const count = async (page: Page, reader: string, name: string) =>
    Number.parseInt((await figure(page, reader, name))?.replaceAll(',', '') ?? '', 10);
  const received = (page: Page, reader: string) => count(page, reader, 'received');
  const cells = (page: Page, reader: string) => page.locator(`#${reader} .grid td.figure`).allTextContents();

  test('the late reader gets fewer messages, costs 40 values, and is right in the end', async () => {
    const page = await openPage();
    await expect.poll(() => received(page, 'prompt'), patience).toBeGreaterThan(20);
    expect(await received(page, 'slow')).toBeLessThan((await received(page, 'prompt')) / 3);
    await expect.poll(() => count(page, 'slow', 'queue'), patience).toBeGreaterThan(100);
    expect(await count(page, 'slow', 'kept')).toBeLessThanOrEqual(40);

    await page.getByRole('button', { name: 'Stop the source' }).press('Enter');
    await page.getByText(/^Both show version [\d,]+\.$/).waitFor();
    expect(await cells(page, 'slow')).toEqual(await cells(page, 'prompt'));
    // Values of a source that is silent look old.
    await expect.poll(() => figure(page, 'prompt', 'age of'), patience).toMatch(/stale$/);
    await page.getByRole('button', { name: 'Start the source' }).click();
    await expect.poll(() => figure(page, 'prompt', 'age of'), patience).not.toMatch(/stale$/);
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
