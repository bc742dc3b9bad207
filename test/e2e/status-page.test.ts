import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { accessibilityViolations, noBrowser, startBrowser } from '../support/browser.ts';
import { startChat, TestClient } from '../workbook/chat-support.ts';

describe.skipIf(noBrowser)('the status page in Chromium', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  /** Whatever the page logs as an error fails the test at the end: what the Content-Security-Policy refuses, too. */
  async function openStatus(host: string, options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
    const page = await browser.newPage(options);
    const problems: string[] = [];
    page.on('pageerror', ({ message }) => problems.push(message));
    page.on('console', (message) => {
      // Chromium logs a server that is down, which one test is about.
      if (message.type() === 'error' && !/ERR_CONNECTION_REFUSED/.test(message.text()))
        problems.push(message.text());
    });
    onTestFinished(async () => {
      await page.close();
      expect(problems).toEqual([]);
    });
    await page.goto(`http://${host}/status`);
    return page;
  }

  const tile = (page: Page, id: string) => page.locator(`#${id} b`);
  const health = (page: Page, text: string) => page.getByRole('status').getByText(text).waitFor();

  test('figures follow the server: connections, messages, how connections ended', async () => {
    const { host } = await startChat('labs');
    const [ada, ben] = [await TestClient.join(host, 'Ada'), await TestClient.join(host, 'Ben')];
    const page = await openStatus(host);
    await health(page, 'Up. Backplane: memory.');
    await expect.poll(() => tile(page, 'connections').textContent()).toBe('2');
    expect(await page.getByText('No connection has ended yet.').isVisible()).toBe(true);

    for (const client of [ada, ben]) await client.enter('lobby');
    for (let n = 0; n < 20; n++) ada.send({ type: 'chat', id: `m${n}`, room: 'lobby', content: 'hello' });
    // The next answer to the page's question has a rate.
    await expect
      .poll(() => tile(page, 'deliveries').textContent(), { timeout: 10_000 })
      .toMatch(/^[1-9][\d.]*\/s$/);
    await expect.poll(() => tile(page, 'loop-lag').textContent()).toMatch(/^[\d.]+\u00a0ms$/);
    expect(await page.locator('#connections path').getAttribute('d')).toMatch(/^M/);

    ben.socket.close(4001);
    await expect
      .poll(() => page.locator('#closes tr').allInnerTexts(), { timeout: 10_000 })
      .toEqual([expect.stringMatching(/^other\s+a code of the client’s own\s+1\s+1$/)]);
    await expect.poll(() => tile(page, 'connections').textContent()).toBe('1');

    await page.getByText('The curves as a table').click();
    const row = page.getByRole('row', { name: /^Connections/ });
    expect(await row.getByRole('cell').allInnerTexts()).toEqual(['1', '1', '2']);
  });

  test('a server that is gone is said, and seen when it is back', async () => {
    const first = await startChat('labs');
    const page = await openStatus(first.host);
    await health(page, 'Up.');
    await first.close();
    await health(page, 'The server does not answer.');
    await expect.poll(() => tile(page, 'connections').textContent()).toBe('–');
    await startChat('labs', {}, first.port);
    await health(page, 'Up.');
    await expect.poll(() => tile(page, 'connections').textContent()).toBe('0');
  });

  test.each([
    ['wide', 'light', 1280],
    ['wide', 'dark', 1280],
    ['narrow', 'light', 390],
    ['narrow', 'dark', 390],
  ] as const)('%s and %s: nothing is cut off, and axe finds nothing', async (_, colorScheme, width) => {
    const { host } = await startChat('labs');
    for (const code of [4001, 1000]) (await TestClient.join(host, 'Ada')).socket.close(code);
    const page = await openStatus(host, { colorScheme, viewport: { width, height: 844 } });
    await health(page, 'Up.');
    await expect.poll(() => page.locator('#closes tr').count(), { timeout: 10_000 }).toBe(2);
    await page.getByText('The curves as a table').click();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});
