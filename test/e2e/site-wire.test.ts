import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeFrame, Opcode } from '../../solutions/03-frames.ts';
import { readCourse } from '../../workbook/course.ts';
import { writeStub } from '../../workbook/learner-file.ts';
import { PcapWriter, pcapFileHeader } from '../../workbook/wire/pcap-writer.ts';
import { accessibilityViolations, noBrowser, startBrowser } from '../support/browser.ts';
import { copyWorkbook, RunningCommand } from './site-copy.ts';

/** Starting all parts on a loaded machine; nothing waits this long when all is well. */
const patienceMs = 180_000;
const wide = { width: 1280, height: 900 };
const narrow = { width: 390, height: 844 };

/** A capture of one connection: so many messages from the server, each with this text. */
function manyMessages(count: number, text: string): Buffer {
  const records = [pcapFileHeader()];
  const writer = new PcapWriter(
    { client: { address: '10.0.0.1', port: 50_000 }, server: { address: '10.0.0.2', port: 8080 } },
    (record) => records.push(record),
  );
  const head = (...lines: string[]) => Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
  writer.data(
    'client',
    head(
      'GET / HTTP/1.1',
      'Host: 10.0.0.2:8080',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
    ),
  );
  writer.data(
    'server',
    head(
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
    ),
  );
  const frame = encodeFrame({ opcode: Opcode.Text, payload: Buffer.from(text) });
  for (let sent = 0; sent < count; sent++) writer.data('server', frame);
  return Buffer.concat(records);
}

describe.skipIf(noBrowser)('the wire on the site, under npm start', { timeout: patienceMs }, () => {
  const copy = copyWorkbook();
  // Whatever the learner has in this checkout: with fresh stubs the chat has no reason to restart.
  for (const each of readCourse(copy.root).labs) writeStub(each);
  const files = mkdtempSync(join(tmpdir(), 'websocket-101-'));
  let start: RunningCommand;
  let browser: Browser;
  let site: string;
  let chat: string;
  /** What went wrong on any page, and what it asked of any other host. */
  const troubles: string[] = [];

  beforeAll(async () => {
    start = new RunningCommand(copy.root, ['workbook/run.mjs', 'start', '--port', '0', '--chat-port', '0']);
    [, site] = await start.says(/^Site {2}(\S+)$/m);
    [, chat] = await start.says(/^Chat {2}(\S+)$/m);
    browser = await startBrowser();
  }, patienceMs);

  afterAll(async () => {
    await browser?.close();
    await start?.interrupt();
    copy.remove();
    rmSync(files, { recursive: true, force: true });
  }, patienceMs);

  async function newPage(): Promise<Page> {
    const page = await (await browser.newContext({ reducedMotion: 'reduce', viewport: wide })).newPage();
    page.setDefaultTimeout(patienceMs);
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('request', (request) => {
      const isOwn = [site, chat, 'data:'].some((start) => request.url().startsWith(start));
      if (!isOwn) troubles.push(`${page.url()} asked for ${request.url()}`);
    });
    return page;
  }

  /** What axe-core finds, and how far the page sticks out sideways. */
  async function faultsOf(page: Page): Promise<string[]> {
    const beyond = Number(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'));
    return [...(await accessibilityViolations(page)), ...(beyond > 0 ? [`${beyond} px too wide`] : [])];
  }

  const rowsOf = (place: Locator, text?: string | RegExp) =>
    place.getByRole('listbox').getByRole('option').filter({ hasText: text });

  describe('the capture explorer', () => {
    let page: Page;
    let explorer: Locator;

    beforeAll(async () => {
      page = await newPage();
      await page.goto(`${site}reference/captures.html`);
      explorer = page.getByRole('region', { name: 'Capture explorer' });
      await explorer.getByText(/^chat\.pcap: \d+ packets/).waitFor();
    }, patienceMs);

    afterAll(() => page.context().close());

    async function choose(name: string): Promise<void> {
      await explorer.getByRole('combobox').selectOption(name);
      await explorer.getByText(`${name}.pcap: `).waitFor();
    }

    async function give(name: string, bytes: Buffer): Promise<void> {
      const path = join(files, name);
      writeFileSync(path, bytes);
      await explorer.locator('input[type=file]').setInputFiles(path);
    }

    test('filters by stream, side and kind', async () => {
      const all = await rowsOf(explorer).count();
      await explorer.getByRole('button', { name: 'From the client' }).click();
      const fromClient = await rowsOf(explorer).count();
      expect(fromClient).toBeLessThan(all);
      expect(await rowsOf(explorer, '← server').count()).toBe(0);
      await explorer.getByLabel('Messages').uncheck();
      expect(await rowsOf(explorer, 'text message').count()).toBe(0);
      expect(await rowsOf(explorer, 'text frame').count()).toBeGreaterThan(0);
      await explorer.getByLabel('Messages').check();
      await explorer.getByRole('button', { name: 'Both sides' }).click();
      const streams = explorer.getByRole('button', { name: /→ .*frames/ });
      expect(await streams.count()).toBe(2);
      await streams.first().click();
      const ofOne = await rowsOf(explorer).count();
      await streams.last().click();
      expect(ofOne + (await rowsOf(explorer).count())).toBe(all);
    });

    test('reads a shipped capture; the arrow keys go through its frames, drawn field by field', async () => {
      await choose('fragments');
      expect(await rowsOf(explorer, 'continuation').count()).toBeGreaterThan(0);
      expect(await rowsOf(explorer, 'ping frame').count()).toBeGreaterThan(0);

      await explorer.getByRole('listbox').focus();
      await page.keyboard.press('ArrowDown');
      const detail = explorer.getByRole('region', { name: 'The selected line' });
      await detail.getByRole('rowheader', { name: 'Sec-WebSocket-Key' }).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await detail.locator('.field').first().waitFor();
      expect(await detail.locator('.field .name').allInnerTexts()).toEqual([
        'FIN',
        'RSV',
        'opcode',
        'MASK',
        'length',
        'masking key',
        'payload',
      ]);
      const selected = explorer.getByRole('listbox').getByRole('option', { selected: true });
      expect(await explorer.getByRole('listbox').getAttribute('aria-activedescendant')).toBe(
        await selected.getAttribute('id'),
      );
      await page.keyboard.press('End');
      await selected.getByText('TCP').waitFor();
    });

    test('shows a compressed message inflated', async () => {
      await choose('compression');
      expect(await rowsOf(explorer, 'compressed: ').count()).toBeGreaterThan(0);
      await rowsOf(explorer, /text message.*"type":"chat"/s)
        .first()
        .click();
      await explorer.locator('pre.text').getByText('"type":"chat"').waitFor();
    });

    test('says what a bad file is, and shows what can be read of a damaged one', async () => {
      const problem = explorer.getByRole('alert');
      await give('noise.pcap', Buffer.from('no capture at all, but long enough for one'));
      await problem.getByText(/^This is no capture/).waitFor();
      expect(await explorer.getByRole('listbox').count()).toBe(0);

      const whole = readFileSync(join(copy.root, 'test', 'captures', 'wire', 'fragments.pcap'));
      await give('cut.pcap', whole.subarray(0, whole.length - 300));
      await problem.getByText(/^The file ends within record \d+/).waitFor();
      expect(await rowsOf(explorer).count()).toBeGreaterThan(2);

      await give('empty.pcap', Buffer.alloc(0));
      await problem.getByText('The file is empty.').waitFor();
      await choose('ipv6');
      expect(await problem.count()).toBe(0);
    });

    test('a large file leaves the page alive, and is listed up to a limit that is told', async () => {
      // The longest that the page could not draw, in ms.
      await page.evaluate(`{
        let last = performance.now();
        window.longestPause = 0;
        const tick = (now) => {
          window.longestPause = Math.max(window.longestPause, now - last);
          last = now;
          requestAnimationFrame(tick);
        };
        requestAnimationFrame(tick);
      }`);
      await give('large.pcap', manyMessages(15_000, 'x'.repeat(1_000)));
      await explorer.getByText('large.pcap: 30,007 packets, 30,002 events.').waitFor();
      await explorer.getByText('30,002 events; the first 20,000 are listed.').waitFor();
      await explorer.getByText('Events 1 to 500 of 20,000').waitFor();
      expect(await rowsOf(explorer).count()).toBe(500);
      // Reading it in one piece takes several times as long.
      expect(await page.evaluate('window.longestPause')).toBeLessThan(2_000);
      await explorer.getByRole('button', { name: 'Later' }).click();
      await explorer.getByText('Events 501 to 1,000 of 20,000').waitFor();
    });

    test.each([
      ['wide', 'light', wide],
      ['narrow', 'dark', narrow],
    ] as const)('%s and %s: axe finds nothing, and nothing sticks out', async (_, colorScheme, size) => {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme });
      await choose('chat');
      for (const row of ['GET /chat', 'text frame']) {
        await rowsOf(explorer, row).first().click();
        expect(await faultsOf(page)).toEqual([]);
      }
    });
  });

  describe('the live view', () => {
    let page: Page;
    let live: Locator;
    let ada: Page;

    async function joinChat(name: string): Promise<Page> {
      const joined = await newPage();
      await joined.goto(chat);
      await joined.getByLabel('Name').fill(name);
      await joined.keyboard.press('Enter');
      await joined.getByRole('status').getByText('Connected').waitFor();
      return joined;
    }

    async function say(text: string): Promise<void> {
      await ada.getByLabel('Message', { exact: true }).fill(text);
      await ada.keyboard.press('Enter');
    }

    beforeAll(async () => {
      ada = await joinChat('Ada');
      page = await newPage();
      await page.goto(`${site}labs/03-frames.html`);
      live = page.getByRole('region', { name: 'The chat on the wire, live' });
    }, patienceMs);

    test('lists the frames of the chat as they pass, also of a connection that was open before', async () => {
      await rowsOf(live, 'GET /chat').first().waitFor();
      await say('Hello, wire');
      const sent = rowsOf(live, /client.*text frame.*FIN MASK.*Hello, wire/s).first();
      await sent.waitFor();
      await rowsOf(live, /server.*text frame.*"type":"ack"/s)
        .first()
        .waitFor();
      await sent.click();
      const detail = live.getByRole('region', { name: 'The selected line' });
      expect(await detail.locator('.field .name').allInnerTexts()).toContain('masking key');
      await detail.locator('pre.text').getByText('Hello, wire').waitFor();

      const ben = await joinChat('Ben');
      await live.getByText('2 streams').waitFor();
      expect(await rowsOf(live, 'HTTP/1.1 101').count()).toBe(2);
      await ben.context().close();
      await rowsOf(live, /close frame|TCP/)
        .first()
        .waitFor();
      expect(await live.locator('.row:is(.gap, .error)').count()).toBe(0);
    });

    test.each([
      ['wide', 'dark', wide],
      ['narrow', 'light', narrow],
    ] as const)('%s and %s: axe finds nothing, and nothing sticks out', async (_, colorScheme, size) => {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme });
      await rowsOf(live, 'text frame').first().click();
      expect(await faultsOf(page)).toEqual([]);
    });

    test('pauses, and is cleared', async () => {
      await live.getByRole('button', { name: 'Pause' }).click();
      await live.getByRole('button', { name: 'Clear' }).click();
      await live.getByText('Nothing has passed yet.').waitFor();
      await say('unseen');
      await ada.locator('[data-mark=sent]', { hasText: 'unseen' }).waitFor();
      await live.getByRole('button', { name: 'Pause' }).click();
      await say('and seen');
      await rowsOf(live, 'and seen').first().waitFor();
      expect(await rowsOf(live, 'unseen').count()).toBe(0);
    });

    test('is on the lab pages of framing, and on no others', async () => {
      await page.goto(`${site}labs/01-handshake.html`);
      await page.getByRole('region', { name: 'Checks of lab 01' }).waitFor();
      expect(await page.getByText('The chat on the wire, live').count()).toBe(0);
    });
  });

  test('no page failed, or asked another host for anything', () => {
    expect(troubles).toEqual([]);
  });
});
