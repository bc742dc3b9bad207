import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { bundlePage } from '../../workbook/chat/page.ts';
import { accessibilityViolations, noBrowser, startBrowser } from '../support/browser.ts';
import { startChat, TestClient } from '../workbook/chat-support.ts';

describe.skipIf(noBrowser)('the chat in Chromium', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  /** A page of its own user; whatever goes wrong in it fails the test at the end. */
  async function openPage(
    host: string,
    name: string,
    options: { colorScheme?: 'light' | 'dark'; viewport?: { width: number; height: number } } = {},
  ): Promise<Page> {
    const context = await browser.newContext(options);
    const page = await newPage(context);
    await page.goto(`http://${host}/`);
    await page.getByLabel('Name').fill(name);
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('Connected').waitFor();
    return page;
  }

  async function newPage(context: BrowserContext): Promise<Page> {
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      // Chromium logs a server that is down, or that says no, which is what some tests are about.
      if (
        message.type() === 'error' &&
        !/^Failed to load resource|ERR_CONNECTION_REFUSED|response code: 503/.test(message.text())
      ) {
        problems.push(message.text());
      }
    });
    page.on('dialog', (dialog) => problems.push(`a dialog: ${dialog.message()}`));
    onTestFinished(async () => {
      await context.close();
      expect(problems).toEqual([]);
    });
    return page;
  }

  async function say(page: Page, text: string): Promise<void> {
    await page.getByLabel('Message', { exact: true }).fill(text);
    await page.keyboard.press('Enter');
  }

  const message = (page: Page, text: string) => page.locator('.message', { hasText: text });

  test.each(['labs', 'ws'] as const)('two people talk, on --engine %s', async (engine) => {
    const { host } = await startChat(engine, { labs: { '03': 'yours', '04': 'reference' } });
    const ada = await openPage(host, 'Ada');
    const ben = await openPage(host, 'Ben');
    await ada.getByText('Ben joined').waitFor();
    await say(ada, 'Hello, Ben');
    await message(ben, 'Hello, Ben').waitFor();
    await say(ben, 'Hello, Ada');
    await message(ada, 'Hello, Ada').waitFor();
    await ada.locator('.mine[data-mark=sent]', { hasText: 'Hello, Ben' }).waitFor();
    const [own, others] = [
      await message(ada, 'Hello, Ben').boundingBox(),
      await message(ada, 'Hello, Ada').boundingBox(),
    ];
    expect(own?.x).toBeGreaterThan(others?.x ?? Number.POSITIVE_INFINITY);
    await ben.context().close();
    await ada.getByText('Ben left').waitFor();
    const wire = await ada.locator('#wire').innerText();
    expect(wire).toMatch(engine === 'labs' ? /1 of 2 labs are yours/ : /the ws package/);
  });

  test('what people write stays text, wherever it is shown', async () => {
    const { host } = await startChat('labs');
    const attack = '<img src=x onerror=alert(1)><b>x</b>';
    const eve = await openPage(host, attack);
    const ada = await openPage(host, 'Ada');
    await say(eve, `</p><script>alert(2)</script>${attack}<a href="javascript:alert(3)">here</a>`);
    await message(ada, '<script>alert(2)</script>').waitFor();
    expect(await message(ada, 'alert(2)').locator('.author').innerText()).toBe(attack);
    await ada.getByRole('button', { name: attack }).click();
    await say(ada, attack);
    await eve.getByRole('button', { name: 'Ada 1 unread' }).click();
    await message(eve, attack).waitFor();
    await ada.getByLabel('Join or create a room').fill(attack);
    await ada.keyboard.press('Enter');
    await ada.getByRole('heading', { name: attack }).waitFor();
    for (const page of [eve, ada]) {
      expect(await page.locator('main :is(img, b, script, a)').count()).toBe(0);
    }
  }, 60_000);

  test('were markup to come in after all, the policy would still run none of it', async () => {
    const { host } = await startChat('labs');
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(`http://${host}/`);
    const ran = await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.body.append(script);
      return 'ran' in window;
    });
    expect(ran).toBe(false);
  });

  test('a page comes back after a restart, and what was written meanwhile is sent once', async () => {
    const first = await startChat('labs');
    const ada = await openPage(first.host, 'Ada');
    const ben = await openPage(first.host, 'Ben');
    await say(ada, 'before');
    await message(ben, 'before').waitFor();
    await first.close();
    await ada.getByRole('status').getByText('Connection lost').waitFor();
    await say(ada, 'written while it was down');
    await ada.locator('[data-mark=pending]').waitFor();
    await startChat('labs', {}, first.port);
    await ada.getByRole('status').getByText('Connected').waitFor();
    await ben.getByRole('status').getByText('Connected').waitFor();
    await ada.locator('[data-mark=sent]', { hasText: 'written while' }).waitFor();
    await message(ben, 'written while it was down').waitFor();
    await say(ben, 'after');
    await message(ada, 'after').waitFor();
    for (const page of [ada, ben]) {
      expect(await message(page, 'written while it was down').count()).toBe(1);
      expect(await message(page, 'before').count()).toBe(1);
      await page.getByText('messages may be missing here').waitFor();
    }
  }, 60_000);

  test('a page loads itself anew when the server has another one, and not over a half-written message', async () => {
    const first = await startChat('labs');
    const [ada, ben] = [await openPage(first.host, 'Ada'), await openPage(first.host, 'Ben')];
    await ben.getByLabel('Message', { exact: true }).fill('half-written');
    await first.close();
    const reloaded = ada.waitForEvent('load');
    const changed = new Map(await bundlePage());
    changed.set('/style.css', { type: 'text/css; charset=utf-8', body: Buffer.from('body { margin: 1px }') });
    await startChat('labs', { page: changed }, first.port);
    await reloaded;
    await ada.getByRole('status').getByText('Connected').waitFor();
    await ben.getByRole('status').getByText('Connected').waitFor();
    const sentReload = ben.waitForEvent('load');
    await ben.keyboard.press('Enter');
    await sentReload;
    await message(ben, 'half-written').waitFor();
  }, 60_000);

  test('a reload keeps the user, the rooms and the messages', async () => {
    const { host } = await startChat('labs');
    const ada = await openPage(host, 'Ada');
    await ada.getByLabel('Join or create a room').fill('kitchen');
    await ada.keyboard.press('Enter');
    await say(ada, 'tea?');
    await ada.locator('[data-mark=sent]').waitFor();
    await ada.reload();
    await ada.getByRole('button', { name: 'kitchen' }).click();
    await ada.locator('.mine', { hasText: 'tea?' }).waitFor();
    await ada.getByRole('button', { name: 'Sign out' }).click();
    await ada.getByLabel('Name').waitFor();
  });

  test('what waits outlives a reload: shown as pending, its rooms joined first, sent once', async () => {
    const secret = 'the same before and after a restart';
    const first = await startChat('labs', { secret });
    const [ada, ben] = [await openPage(first.host, 'Ada'), await openPage(first.host, 'Ben')];
    await ben.getByLabel('Join or create a room').fill('kitchen');
    await ben.keyboard.press('Enter');
    await ada.getByRole('button', { name: 'Ben' }).click();
    // The server is there for the page, and not for its WebSocket.
    await ada.route('**/ticket', (route) => route.abort());
    await first.close();
    await startChat('labs', { secret }, first.port);
    await ada.getByRole('status').getByText('Connection lost').waitFor();
    await say(ada, 'psst');
    await ada.getByLabel('Join or create a room').fill('kitchen');
    await ada.keyboard.press('Enter');
    await say(ada, 'soup?');
    await ada.locator('[data-mark=pending]', { hasText: 'soup?' }).waitFor();

    await ada.reload();
    await ada.getByRole('status').getByText('Connection lost').waitFor();
    await ada.getByRole('button', { name: 'kitchen' }).click();
    await ada.locator('.mine[data-mark=pending]', { hasText: 'soup?' }).waitFor();
    await ben.getByRole('status').getByText('Connected').waitFor();
    await ada.unroute('**/ticket');
    await ada.getByRole('button', { name: 'Try now' }).click();
    await ada.locator('.mine[data-mark=sent]', { hasText: 'soup?' }).waitFor();
    await message(ben, 'soup?').waitFor();
    await ben.getByRole('button', { name: 'Ada 1 unread' }).click();
    await message(ben, 'psst').waitFor();
    await ada.getByRole('button', { name: 'Ben', exact: true }).click();
    await ada.locator('.mine[data-mark=sent]', { hasText: 'psst' }).waitFor();

    await ada.reload();
    await ada.getByRole('status').getByText('Connected').waitFor();
    expect(await ada.locator('[data-mark=pending]').count()).toBe(0);
    expect(await message(ben, 'psst').count()).toBe(1);
  }, 60_000);

  test('what comes disturbs neither who types nor who reads further up', async () => {
    const { host } = await startChat('labs');
    const ada = await openPage(host, 'Ada');
    const ben = await TestClient.join(host, 'Ben');
    await ben.enter('lobby');
    const tell = async (content: string) => {
      ben.send({ type: 'chat', id: content, room: 'lobby', content });
      await message(ada, content).waitFor();
    };
    for (let n = 10; n < 40; n++) await tell(`line number ${n}`);
    const log = ada.getByRole('log');
    const belowView = () =>
      log.evaluate(({ scrollHeight, clientHeight, scrollTop }) => scrollHeight - clientHeight - scrollTop);
    const input = ada.getByLabel('Message', { exact: true });
    await input.fill('a\nb\nc\nd\ne');
    await expect.poll(belowView).toBeLessThan(2);

    await log.evaluate((element) => element.scrollTo(0, 50));
    await expect.poll(belowView).toBeGreaterThan(200);
    await tell('one more');
    expect(await log.evaluate(({ scrollTop }) => scrollTop)).toBe(50);
    expect(await input.inputValue()).toBe('a\nb\nc\nd\ne');
    expect(await input.evaluate((element) => element === document.activeElement)).toBe(true);
  }, 60_000);

  test('a message the server refuses is marked, says why, and can be sent again', async () => {
    const { host } = await startChat('labs');
    const ada = await openPage(host, 'Ada');
    const ben = await openPage(host, 'Ben');
    await ada.getByRole('button', { name: 'Ben' }).click();
    await ben.context().close();
    await ada.getByRole('button', { name: 'lobby' }).click();
    await ada.getByText('Ben left').waitFor();
    await ada.getByRole('button', { name: 'Ben', exact: true }).click();
    await say(ada, 'still there?');
    await ada.getByText('Not sent: This user is not connected.').waitFor();
    await ada.getByRole('button', { name: 'Send again' }).click();
    await ada.getByText('Not sent: This user is not connected.').waitFor();
    expect(await message(ada, 'still there?').count()).toBe(1);
    await ada.getByRole('button', { name: 'Discard' }).click();
    expect(await message(ada, 'still there?').count()).toBe(0);
  });

  test('a name the server does not take is explained', async () => {
    const { host } = await startChat('labs');
    const page = await newPage(await browser.newContext());
    await page.goto(`http://${host}/`);
    await page.getByLabel('Name').fill('   ');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('name: must not be empty').waitFor();
  });

  test.each([
    ['wide', 'light', { width: 1200, height: 760 }],
    ['narrow', 'dark', { width: 390, height: 780 }],
  ] as const)(
    '%s and %s: axe-core finds nothing, and nothing sticks out',
    async (size, colorScheme, viewport) => {
      const { host } = await startChat('labs', { labs: { '01': 'yours', '02': 'reference' } });
      const context = await browser.newContext({ colorScheme, viewport });
      const signIn = await newPage(context);
      await signIn.goto(`http://${host}/`);
      await signIn.getByLabel('Name').waitFor();
      expect(await accessibilityViolations(signIn)).toEqual([]);
      const page = await openPage(host, 'Ada of the rather long name indeed, 40', { colorScheme, viewport });
      await say(page, `A word that is ${'very'.repeat(60)} long`);
      await page.locator('[data-mark=sent]').waitFor();
      const panels = size === 'narrow' ? ['Rooms', 'People', 'Chat'] : [];
      for (const panel of [undefined, ...panels]) {
        if (panel) await page.getByRole('button', { name: panel, exact: true }).click();
        expect(await accessibilityViolations(page)).toEqual([]);
        const { scrollWidth, clientWidth } = await page.evaluate(() => ({
          scrollWidth: document.documentElement.scrollWidth,
          clientWidth: document.documentElement.clientWidth,
        }));
        expect(scrollWidth).toBe(clientWidth);
      }
    },
  );
});
