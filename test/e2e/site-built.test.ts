import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityViolations, noBrowser, startBrowser } from '../support/browser.ts';
import { patienceMs, SiteTab, siteBuild, siteUrl } from './built-site.ts';
import { pagesBelow } from './site-copy.ts';

const wide = { width: 1280, height: 900 };
const narrow = { width: 390, height: 844 };

/** Pages whose widgets, tables or drawings are like no other's. */
const singular = [
  'index.html',
  'framing/masking.html',
  'handshake/accept-key.html',
  'interview/drills/game.html',
  'interview/index.html',
  'interview/mock.html',
  'interview/practice.html',
  'labs/03-frames.html',
  'reconnection/backoff.html',
  'reference/captures.html',
  'scaling/numbers.html',
];

/** All of them take five minutes and more: usually those above and every twentieth of the others. */
function chosen(paths: string[]): string[] {
  if (process.env.EVERY_PAGE) return paths;
  const rest = paths.filter((path) => !singular.includes(path)).sort();
  return [...singular, ...rest.filter((_, index) => index % 20 === 7)];
}

test('the site builds: no dead link, no code import that leads nowhere', {
  timeout: patienceMs,
}, async () => {
  const { code, output } = await siteBuild();
  expect(output).not.toMatch(/dead link/);
  expect(code, output).toBe(0);
});

test('each page says what it is about where it is found or linked to, and no two say the same', {
  timeout: patienceMs,
}, async () => {
  const { folder } = await siteBuild();
  const pages = pagesBelow(folder).filter((path) => path !== '404.html');
  const said = new Map<string, string[]>();
  for (const path of pages) {
    const html = readFileSync(join(folder, path), 'utf8');
    const [, description = ''] = /<meta name="description" content="([^"]*)">/.exec(html) ?? [];
    said.set(description, [...(said.get(description) ?? []), path]);
  }
  expect([...said.values()].filter((paths) => paths.length > 1)).toEqual([]);
  expect([...said.keys()].filter((words) => words.length < 40)).toEqual([]);
});

describe.skipIf(noBrowser)('the built site', { timeout: patienceMs }, () => {
  let browser: Browser;

  beforeAll(async () => {
    await siteBuild();
    browser = await startBrowser();
  }, patienceMs);

  afterAll(() => browser?.close());

  /** Does this in a tab of its own, in which nothing may go wrong. */
  async function inTab(visit: (tab: SiteTab) => Promise<void>): Promise<void> {
    const tab = await SiteTab.open(browser);
    await visit(tab);
    await tab.close();
    expect(tab.troubles).toEqual([]);
  }

  test('pages: axe finds nothing, light and dark; nothing sticks out at 390 px; no error, no other host; its text needs no script', async () => {
    const all = pagesBelow((await siteBuild()).folder).filter((path) => path !== '404.html');
    const paths = chosen(all);
    const faults: string[] = [];
    const visitor = async () => {
      // With motion, colours would still be changing when axe looks.
      const tab = await SiteTab.open(browser, { viewport: wide, reducedMotion: 'reduce' });
      for (let path = paths.pop(); path; path = paths.pop()) {
        await tab.goto(path);
        const found = [...(await faultsOf(tab.page, path.endsWith('index.html'))), ...tab.troubles.splice(0)];
        if (found.length > 0) faults.push([path, ...found].join('\n    '));
      }
      await tab.close();
    };
    await Promise.all([visitor(), visitor()]);
    expect(faults.sort().join('\n')).toBe('');
  });

  test('the capture explorer reads a capture of the workbook', () =>
    inTab(async ({ page }) => {
      await page.goto(`${siteUrl}reference/captures.html`);
      await page.getByText(/^chat\.pcap: \d+ packets, \d+ events\.$/).waitFor();
    }));

  test('search finds a chapter', () =>
    inTab(async (tab) => {
      await tab.goto('index.html');
      await tab.page.keyboard.press('Control+k');
      await tab.page.getByRole('searchbox').fill('masking');
      const result = tab.page.locator('a.result').first();
      await result.waitFor();
      expect(await result.getAttribute('href')).toMatch(/^\/course\//);
    }));

  test('a drawing is there as the page was sent, without its script, and for whoever comes from another page', () =>
    inTab(async (tab) => {
      const drawing = tab.page.locator('.frame-bytes').first();
      const itsScripts = () => tab.scripts.filter((url) => url.includes('FrameBytes')).length;
      await tab.goto('framing/control-frames.html');
      const sent = await drawing.innerText();
      expect(itsScripts()).toBe(0);
      await tab.goto('framing/index.html');
      const link = tab.page.getByRole('main').getByRole('link', { name: 'Ping, pong and close frames' });
      await link.click();
      await tab.page.waitForURL('**/framing/control-frames.html');
      await expect.poll(() => drawing.innerText(), { timeout: 30_000 }).toBe(sent);
      expect(itsScripts()).toBe(1);
      // And away again.
      await tab.page.goBack();
      await link.waitFor();
    }));

  describe('without JavaScript', () => {
    let page: Page;
    beforeAll(async () => {
      page = await browser.newPage({ javaScriptEnabled: false });
    });
    afterAll(() => page.close());

    test('the home page says what will be built, and how to begin', async () => {
      await page.goto(`${siteUrl}index.html`);
      const text = await page.getByRole('main').innerText();
      expect(text).toContain('npm ci\nnpm start');
      expect(text).toContain('21 labs');
      expect(text).toMatch(/21\s+Chat client/);
      expect(text).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    });

    test('a chapter reads whole; its answers unfold; its widget shows a first result', async () => {
      await page.goto(`${siteUrl}handshake/accept-key.html`);
      const text = await page.getByRole('main').innerText();
      expect(text).toContain('258EAFA5-E914-47DA-95CA-C5AB0DC85B11');
      expect(text).toContain('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
      const question = page.locator('.check-yourself').first();
      expect(await question.locator('.answer').isVisible()).toBe(false);
      await question.locator('summary').click();
      expect(await question.locator('.answer').isVisible()).toBe(true);
    });

    test('a lab page lists its checks, their sections, the commands, and questions of the bank', async () => {
      await page.goto(`${siteUrl}labs/01-handshake.html`);
      const checks = page.getByRole('region', { name: 'Checks of lab 01' });
      expect(await checks.innerText()).toContain('npm run lab 01');
      expect(await checks.locator('.check').count()).toBeGreaterThanOrEqual(12);
      await checks.locator('.check summary').first().click();
      const questions = page.getByRole('region', { name: 'In the question bank' }).getByRole('link');
      expect(await questions.count()).toBeGreaterThan(0);
      const link = checks.locator('.check').first().getByRole('link');
      expect(await link.getAttribute('href')).toMatch(/^https:\/\/www\.rfc-editor\.org\/rfc\/rfc\d+/);
    });
  });

  describe('widgets', () => {
    let tab: SiteTab;
    beforeAll(async () => {
      tab = await SiteTab.open(browser);
    });
    afterAll(() => tab.close());

    test('the handshake playground answers what is typed', async () => {
      await tab.goto('handshake/accept-key.html');
      const widget = tab.page.getByRole('region', { name: 'Handshake playground' });
      await widget.getByRole('button', { name: 'version 8' }).click();
      await widget.getByText('Refused with 426:').waitFor();
      expect(await widget.innerText()).toContain('Sec-WebSocket-Version: 13');

      const request = widget.getByRole('textbox', { name: 'The request' });
      const key = Buffer.from('0123456789abcdef').toString('base64');
      await request.fill(
        ['GET /chat HTTP/1.1', 'host: a', 'upgrade: WEBSOCKET', 'connection: upgrade'].join('\n') +
          `\nsec-websocket-key: ${key}\nsec-websocket-version: 13\nsec-websocket-protocol: chat.v1`,
      );
      await widget.getByText('with the subprotocol').waitFor();
      // The base64 of openssl's SHA-1 of the key and the GUID.
      expect(await widget.innerText()).toContain('Sec-WebSocket-Accept: BACScCJPNqyz+UBoqMH89VmURoA=');
      await request.fill('nonsense');
      await widget.getByText('The first line must read like GET /chat HTTP/1.1').waitFor();
    });

    test('the frame dissector reads bytes and writes them', async () => {
      await tab.goto('framing/frames.html');
      const widget = tab.page.getByRole('region', { name: 'Frame dissector' });
      const input = widget.getByRole('textbox', { name: 'Bytes, in hex' });
      await input.fill('81 02 48 69');
      await widget.getByRole('combobox', { name: 'Read by' }).selectOption('client');
      await widget.getByText('message "Hi"').waitFor();
      await input.fill('c1 02 48 69');
      await widget.getByText('Refused with close code 1002:').waitFor();
      expect(await widget.locator('.field.wrong .name').innerText()).toMatch(/RSV/);
      await input.fill('8');
      await widget.getByText('These are not whole bytes').waitFor();

      await widget.getByRole('textbox', { name: 'Payload, as text' }).fill('Hey');
      await widget.getByRole('checkbox', { name: 'MASK' }).uncheck();
      await widget.getByText('81 03 48 65 79').waitFor();
      await widget.getByRole('button', { name: 'Read these bytes above' }).click();
      await widget.getByText('message "Hey"').waitFor();
    });

    test('the mask explorer masks, and masks back', async () => {
      await tab.goto('framing/masking.html');
      const widget = tab.page.getByRole('region', { name: 'Mask explorer' });
      await widget.getByRole('textbox', { name: 'Payload, as text' }).fill('é!');
      await widget.getByRole('textbox', { name: 'Masking key' }).fill('ff 00 ff 00');
      const cells = widget.locator('td.wire');
      expect(await cells.allInnerTexts()).toEqual([
        expect.stringMatching(/^3c/),
        expect.stringMatching(/^a9/),
        expect.stringMatching(/^de/),
      ]);
      await widget.getByText('gives the payload back: “é!”').waitFor();
      await widget.getByRole('textbox', { name: 'Masking key' }).fill('ff');
      await widget.getByText('A masking key has four bytes').waitFor();
    });

    test('the backoff simulator plots each strategy, by keyboard and for another outage', async () => {
      await tab.goto('reconnection/backoff.html');
      const widget = tab.page.getByRole('region', { name: 'Backoff simulator' });
      const ours = widget.getByRole('row', { name: /full jitter inside the cap/ });
      const bars = () => ours.locator('path').getAttribute('d');
      const short = await bars();
      await widget.getByRole('radio', { name: '10 s' }).focus();
      await tab.page.keyboard.press('ArrowRight');
      // As in the recorded figures: the seed is the same.
      await ours.getByText('3.3 %').waitFor();
      const long = await bars();
      expect(long).not.toBe(short);
      await widget.getByRole('button', { name: 'Draw again' }).click();
      await expect.poll(bars).not.toBe(long);
    });
  });
});

/**
 * What is wrong with a page that stands in a wide window, in light colours, one line each. The navigation around the
 * text is the same on all pages and takes axe as long as the text: it is judged where `withFrame` says so.
 */
async function faultsOf(page: Page, withFrame: boolean): Promise<string[]> {
  const faults = await textByScript(page);
  await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
  const without = withFrame ? [] : ['.VPNav', '.VPSidebar', '.VPDocAside'];
  const look = async (as: string, only?: string[]) => {
    const violations = await accessibilityViolations(page, { without, only });
    faults.push(...violations.map((violation) => `${as}: ${violation}`));
  };

  await look('light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('html.dark').waitFor();
  // What else there is to find does not depend on colours, nor the rest on the width.
  await look('dark', ['color-contrast']);
  await page.emulateMedia({ colorScheme: 'light' });

  await page.setViewportSize(narrow);
  await look('at 390 px', ['scrollable-region-focusable']);
  const beyond = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
  if (Number(beyond) > 0) faults.push(`at 390 px: ${beyond} px stick out`);
  await page.setViewportSize(wide);
  return faults;
}

/** The text that only a script has put into a page: none, but for the widgets'. */
async function textByScript(page: Page): Promise<string[]> {
  return await page.evaluate(async () => {
    const textOf = (root: Document) =>
      [...root.querySelectorAll('main :is(h1, h2, h3, p, li, td, th, dt, dd, pre, figcaption)')]
        .filter((element) => !element.closest('.widget'))
        .map((element) => element.textContent.replace(/\s+/g, ' ').trim());
    const source = await (await fetch(location.href)).text();
    const asSent = new Set(textOf(new DOMParser().parseFromString(source, 'text/html')));
    return textOf(document)
      .filter((text) => !asSent.has(text))
      .map((text) => `only by script: ${text.slice(0, 100)}`);
  });
}
