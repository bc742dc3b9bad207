import { readFileSync } from 'node:fs';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBank } from '../../docs/.vitepress/interview/bank.ts';
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

  test('practice says so when its answers cannot be loaded', async () => {
    const offline = await page.context().newPage();
    await offline.route('**/cards.data*', (route) => route.abort());
    await offline.goto(`${origin}/interview/practice.html`, { timeout: patienceMs });
    const deck = offline.getByRole('region', { name: 'Practice', exact: true });
    await deck.getByRole('button', { name: 'Show the answer' }).click();
    await deck.getByText('The answers could not be loaded.').waitFor();
    await offline.close();
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

  test('the home page shows what the browser has kept of it, and nothing moves', async () => {
    await page.goto(`${origin}/`, { timeout: patienceMs });
    const card = {
      due: 0,
      stability: 2,
      difficulty: 5,
      elapsed_days: 0,
      scheduled_days: 1,
      learning_steps: 0,
    };
    const kept = {
      practice: { version: 1, cards: { 'framing/three-lengths': { ...card, reps: 1, lapses: 0, state: 2 } } },
      'mock-interview': { at: Date.UTC(2026, 0, 5, 12), level: 'mid', minutes: 20, mean: 2.04 },
    };
    for (const [key, value] of Object.entries(kept)) {
      await page.evaluate(`localStorage.setItem('${key}', '${JSON.stringify(value)}')`);
    }
    await page.reload({ timeout: patienceMs });
    const standing = page.getByRole('region', { name: 'Where you stand' });
    await standing.getByText(/1 due, 1 learned, \d+ new/).waitFor();
    await standing.getByText('5 January, mid: 2.0 of 4').waitFor();
    await expectGoodLooks();
    const heights: (number | undefined)[] = [];
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      heights.push((await standing.boundingBox())?.height);
    }
    await page.evaluate('localStorage.clear()');
    await page.reload();
    await standing.getByText('none yet; ten a day').waitFor();
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 });
      expect((await standing.boundingBox())?.height).toBe(heights.pop());
    }
    expect(await standing.innerText()).not.toMatch(/labs pass/);
    expect(troubles).toEqual([]);
  });

  test('the sidebar has every question, and unfolds the topic of the page', async () => {
    await page.goto(`${origin}/interview/framing/three-lengths.html`);
    const questions = page.getByRole('navigation', { name: 'Sidebar Navigation' }).locator('details');
    const shown = questions.locator('a[aria-current="page"]');
    await shown.waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain(await shown.innerText());
    expect(await questions.and(page.locator('[open]')).locator('summary').allInnerTexts()).toEqual([
      expect.stringMatching(/^Framing/),
    ]);
    expect(await questions.locator('li a').count()).toBe(readBank().length);
    await expectGoodLooks();
  });

  test("a drill's clock says its phase aloud, waits when paused, and goes on past the end", async () => {
    const drill = await page.context().newPage();
    drill.setDefaultTimeout(patienceMs / 2);
    await drill.clock.install();
    await drill.goto(`${origin}/interview/drills/`, { timeout: patienceMs });
    const clock = drill.getByRole('region', { name: 'Drill clock' });
    const press = (name: string) =>
      clock.getByRole('button', { name, exact: true, disabled: false }).press('Enter');
    const phase = (name: string) => clock.locator('li[aria-current="step"]', { hasText: name }).waitFor();
    const aloud = clock.getByRole('status');

    await clock.getByText('not started').waitFor();
    expect(await clock.locator('li[aria-current]').count()).toBe(0);
    await press('Start');
    await phase('Scope');
    await drill.clock.fastForward('06:00');
    await phase('Interface');
    const said = await aloud.innerText();
    expect(said).toMatch(/^Interface, 5 minutes\./);
    await drill.clock.fastForward('04:00');
    await clock.getByRole('timer').getByText(/^10:/).waitFor();
    expect(await aloud.innerText()).toBe(said);

    await press('Pause');
    await drill.clock.fastForward('30:00');
    await phase('Interface');
    await press('Go on');
    await drill.clock.fastForward('40:00');
    await aloud.getByText('45 minutes are used.').waitFor();
    await clock.getByRole('timer').getByText(/^50:/).waitFor();
    await press('Reset');
    await clock.getByText('not started').waitFor();
    expect(await accessibilityViolations(drill)).toEqual([]);
    await drill.close();
  });

  test('on paper: no navigation, light, every answer open, code in the width of the page', async () => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(`${origin}/framing/masking.html`, { timeout: patienceMs });
    const sidebar = page.getByRole('navigation', { name: 'Sidebar Navigation' });
    const answer = page.locator('.check-yourself .answer').first();
    await answer.waitFor({ state: 'attached' });
    expect([await sidebar.isVisible(), await answer.isVisible()]).toEqual([true, false]);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect([await sidebar.isVisible(), await answer.isVisible()]).toEqual([false, true]);
    expect(await page.locator('.VPNav, .VPDocAside, button').filter({ visible: true }).count()).toBe(0);
    const styleOf = (selector: string, property: string) =>
      page.evaluate(`getComputedStyle(document.querySelector('${selector}')).${property}`);
    expect(await styleOf('body', 'backgroundColor')).toBe('rgb(255, 255, 255)');
    expect(await styleOf('.vp-doc p', 'color')).toBe('rgb(34, 39, 45)');
    expect(await styleOf('.vp-doc pre code', 'whiteSpace')).toBe('pre-wrap');
    await page.emulateMedia({ media: 'screen' });
    expect(troubles).toEqual([]);
  });
});
