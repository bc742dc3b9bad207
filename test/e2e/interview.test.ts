import { readFileSync } from 'node:fs';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityViolations, noBrowser, startBrowser } from '../support/browser.ts';
import { copyWorkbook, RunningCommand } from './site-copy.ts';

/** Starting the dev server, on a loaded machine; nothing waits this long when all is well. */
const patienceMs = 150_000;

describe.skipIf(noBrowser)('the interview pages', { timeout: patienceMs }, () => {
  // The copy's bank stays as it is, whoever writes a question meanwhile.
  const copy = copyWorkbook();
  let site: RunningCommand;
  let browser: Browser;
  let origin: string;
  let page: Page;
  /** What went wrong on any page. */
  const troubles: string[] = [];

  beforeAll(async () => {
    const vitepress = 'node_modules/vitepress/bin/vitepress.js';
    site = new RunningCommand(copy.root, [vitepress, 'dev', 'docs', '--port', '0']);
    [, origin] = await site.says(/(http:\/\/localhost:\d+)\//);
    browser = await startBrowser();
    // With motion, colours would still be changing when axe looks.
    page = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage();
    page.setDefaultTimeout(patienceMs / 2);
    page.on('pageerror', (error) => troubles.push(`${page.url()}: ${error.message}`));
  }, patienceMs);

  afterAll(async () => {
    await browser?.close();
    await site?.interrupt();
    copy.remove();
  }, patienceMs);

  /** Opens a page whose widget is drawn in the browser, and waits for it. */
  async function open(path: string, name: string): Promise<Locator> {
    await page.goto(`${origin}/interview/${path}`, { timeout: patienceMs });
    const widget = page.getByRole('region', { name, exact: true });
    await widget.waitFor({ timeout: patienceMs });
    return widget;
  }

  /** As a person who looks: 390 px wide and at a desk, light and dark. */
  async function expectGoodLooks(): Promise<void> {
    const found: string[] = [];
    for (const [width, colorScheme] of [
      [390, 'light'],
      [1280, 'dark'],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.locator(colorScheme === 'dark' ? 'html.dark' : 'html:not(.dark)').waitFor();
      found.push(...(await accessibilityViolations(page)));
      const beyond = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
      expect(beyond, `${page.url()} at ${width} px`).toBe(0);
    }
    expect(found).toEqual([]);
  }

  const focused = (part: Locator) => part.and(page.locator(':focus')).waitFor();

  const download = async (button: Locator) => {
    const [file] = await Promise.all([page.waitForEvent('download'), button.click()]);
    return readFileSync(await file.path(), 'utf8');
  };

  describe('practice', () => {
    let deck: Locator;
    let exported: string;

    test('reveals by Space, grades by number, and moves the focus along', async () => {
      deck = await open('practice.html', 'Practice');
      const question = deck.locator('.question');
      const first = await question.innerText();
      await page.keyboard.press('1');
      expect(await question.innerText()).toBe(first);
      await page.keyboard.press('Space');
      await focused(deck.getByLabel('The answer'));
      await expectGoodLooks();
      await page.keyboard.press('4');
      await deck.getByRole('status').getByText(`“${first}” comes back in`).waitFor();
      expect(await question.innerText()).not.toBe(first);
      await focused(question);
    });

    test('keeps its history over a reload', async () => {
      const counts = await deck.locator('.counts').innerText();
      const question = await deck.locator('.question').innerText();
      await page.reload();
      await deck.getByText(question, { exact: true }).waitFor();
      expect(await deck.locator('.counts').innerText()).toBe(counts);
    });

    test('exports its history, and imports it into another browser', async () => {
      exported = await download(deck.getByRole('button', { name: 'Export history' }));
      expect(Object.keys(JSON.parse(exported).cards)).toHaveLength(1);
      await page.evaluate('localStorage.clear()');
      await page.reload();
      const fresh = await deck.locator('.counts').innerText();
      const input = deck.getByLabel('Import history');
      await input.setInputFiles({
        name: 'a.json',
        mimeType: 'application/json',
        buffer: Buffer.from('{"a":1}'),
      });
      await deck.getByText('This file is no history of this deck').waitFor();
      await input.setInputFiles({
        name: 'b.json',
        mimeType: 'application/json',
        buffer: Buffer.from(exported),
      });
      await deck.getByText('Read: 1 questions.').waitFor();
      expect(await deck.locator('.counts').innerText()).not.toBe(fresh);
    });
  });

  test('a mock interview from the first question to its summary, by keyboard', async () => {
    const interview = await open('mock.html', 'Mock interview');
    await page.evaluate('localStorage.clear()');
    const button = (name: string | RegExp) => interview.getByRole('button', { name });
    const isFocused = (name: string | RegExp) => focused(interview.getByRole('heading', { name }));
    await expectGoodLooks();
    await button('Begin').press('Enter');
    await isFocused(/^Question 1 of 5/);
    const title = (await interview.getByRole('heading').innerText()).split('\n')[1];

    // Hidden until asked for, and one at a time.
    expect(await interview.locator('details').count()).toBe(0);
    await button(/^Ask me a follow-up \(1 of \d\)/).press('Enter');
    expect(await interview.locator('details').count()).toBe(1);
    await page.keyboard.press('Enter');
    expect(await interview.locator('details[open]').count()).toBe(1);
    await button('I have answered: compare and grade').press('Enter');
    await interview.getByRole('group', { name: 'The short answer' }).waitFor();
    expect(await interview.getByText('Red flags').isVisible()).toBe(true);

    const mark = (dimension: string, value: number) =>
      interview
        .getByRole('group', { name: dimension })
        .getByRole('radio')
        .nth(value - 1)
        .press('Space');
    await mark('Communication', 3);
    await mark('Problem solving', 2);
    await mark('Technical depth', 2);
    await mark('Verification', 2);
    await page.keyboard.press('ArrowLeft');
    await interview.getByRole('textbox', { name: 'Notes' }).fill('Name the section.');
    await expectGoodLooks();
    await button('Next question').press('Enter');
    await isFocused(/^Question 2 of 5/);
    for (const number of [3, 4, 5]) {
      await button('Go on without grading').press('Enter');
      await isFocused(new RegExp(`^Question ${number} of 5`));
    }
    await button('To the summary').press('Enter');
    await isFocused('Summary');

    expect(await interview.innerText()).toMatch(
      /1 of 5 graded[\s\S]*Weakest dimension\s+Verification[\s\S]*Name the section/,
    );
    await expectGoodLooks();
    const kept = await download(button('Download'));
    expect(kept).toMatch(/^# Mock interview, \d{4}-\d\d-\d\d\n/);
    expect(kept).toContain(`\n## ${title}\n\nName the section.\n`);
    expect(kept).toMatch(/ \| 3 \| 2 \| 2 \| 1 \|\n/);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await button('Copy as Markdown').press('Enter');
    await interview.getByText('Copied.').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(kept);

    // Into the deck's history only when asked to.
    const cards = async () =>
      Object.keys(JSON.parse(String(await page.evaluate('localStorage.practice ?? "{}"'))).cards ?? {})
        .length;
    expect(await cards()).toBe(0);
    await button('Record the grades in my practice history').press('Enter');
    await interview.getByText('Recorded.').waitFor();
    expect(await cards()).toBe(1);
    expect(troubles).toEqual([]);
  });
});
