import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { accessibilityViolations, noBrowser } from '../support/browser.ts';
import { sketchInBrowser } from '../support/scenario.ts';

describe.skipIf(noBrowser)('the editor in Chromium', () => {
  const openSketch = sketchInBrowser('editor');

  async function open(name: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await openSketch(options);
    await page.getByText('Connected.').waitFor();
    await page.getByLabel('Your name').fill(name);
    return page;
  }

  const document = (page: Page) => page.getByLabel('The document');
  /** How long something may take to be shown, in ms. */
  const patience = { timeout: 10_000 };
  const shows = (page: Page, text: string) =>
    expect.poll(() => document(page).inputValue(), patience).toBe(text);
  const figure = (page: Page, id: string) => expect.poll(() => page.locator(id).textContent(), patience);
  const caret = (page: Page) =>
    document(page).evaluate((area: HTMLTextAreaElement) => [area.selectionStart, area.selectionEnd]);

  test('what two people write apart is there for both when they meet', async () => {
    const [ada, ben] = [await open('Ada'), await open('Ben')];
    await document(ada).fill('B');
    await shows(ben, 'B');

    await ben.getByLabel('Work offline').check();
    await ben.getByText('Offline.').waitFor();
    await document(ben).fill('AB');
    await document(ada).fill('BC');
    await figure(ben, '#unsent').toBe('1 change');
    expect(await document(ben).inputValue()).toBe('AB');

    await ben.getByLabel('Work offline').uncheck();
    await shows(ben, 'ABC');
    await shows(ada, 'ABC');
    await figure(ben, '#unsent').toBe('0 changes');
    await figure(ben, '#vector-size').toMatch(/^\d+ bytes, 2 writers$/);
    await figure(ben, '#document-size').toBe(await ada.locator('#document-size').textContent());
    // As one update, in answer to what the server said it has.
    const wire = await ben.locator('#wire li').allInnerTexts();
    expect(wire.some((line) => /^sent: update, .*\s01 01 01 /.test(line))).toBe(true);
    expect(wire.some((line) => /^received: state vector, .*\s00 /.test(line))).toBe(true);
    await document(ada).fill('');
    await shows(ben, '');
  });

  test('a caret stays beside its letter, and the others know where', async () => {
    const [ada, ben] = [await open('Ada'), await open('Ben')];
    await document(ada).fill('one 😀\ntwo');
    await shows(ben, 'one 😀\ntwo');
    await document(ben).focus();
    await document(ben).evaluate((area: HTMLTextAreaElement) => area.setSelectionRange(7, 9));
    await ada.getByText('line 2, column 3').waitFor();

    await document(ada).press('Control+Home');
    await document(ada).pressSequentially('zero ');
    await shows(ben, 'zero one 😀\ntwo');
    expect(await caret(ben)).toEqual([12, 14]);
    await document(ada).evaluate((area: HTMLTextAreaElement) => {
      area.value = area.value.replace('😀', '😁');
      area.dispatchEvent(new Event('input'));
    });
    await shows(ben, 'zero one 😁\ntwo');
    expect(await caret(ben)).toEqual([12, 14]);

    await ben.getByLabel('Work offline').check();
    await ada.getByText('Nobody else.').waitFor();
    await document(ada).fill('');
  });

  test('a document that is full says so, and goes on when there is room', async () => {
    const [ada, ben] = [await open('Ada'), await open('Ben')];
    await document(ada).fill('x'.repeat(66_000));
    await ada.getByText('The server refused: This update is larger than a document may be.').waitFor();
    expect(await document(ben).inputValue()).toBe('');
    await document(ada).fill('short');
    await ada.getByRole('button', { name: 'Try again' }).click();
    await shows(ben, 'short');
    await document(ada).fill('');
    await shows(ben, '');
  });

  test.each(['light', 'dark'] as const)('axe finds nothing, wide and narrow, %s', async (colorScheme) => {
    const other = await open('Ada');
    await document(other).focus();
    const page = await open('Ben', { colorScheme, viewport: { width: 390, height: 800 } });
    await page.getByText('line 1, column 1').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    const width = await page.evaluate(() => window.document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByLabel('Work offline').check();
    await page.getByText('Offline.').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});
