import { once } from 'node:events';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityViolations, noBrowser, startBrowser } from '../support/browser.ts';
import { copyWorkbook, pagesBelow, RunningCommand } from './site-copy.ts';

/** A build on a loaded machine. */
const patienceMs = 400_000;
const base = '/course/';
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** A file server that knows nothing of the site, under a base path. */
function serve(folder: string): Server {
  return createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    const path = join(folder, decodeURI(pathname).replace(base, '/'));
    const file = existsSync(path) && statSync(path).isDirectory() ? join(path, 'index.html') : path;
    if (!pathname.startsWith(base) || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('Content-Type', types[extname(file)] ?? 'application/octet-stream');
    createReadStream(file).pipe(response);
  }).listen(0, '127.0.0.1');
}

const copy = copyWorkbook();
const built = join(copy.root, 'docs', '.vitepress', 'dist');
let build: RunningCommand;
let buildCode: number | null;

beforeAll(async () => {
  build = new RunningCommand(copy.root, ['node_modules/vitepress/bin/vitepress.js', 'build', 'docs'], {
    BASE: '/course',
  });
  buildCode = await build.exit();
}, patienceMs);

afterAll(() => copy.remove());

test('the site builds: no dead link, no code import that leads nowhere', () => {
  expect(build.output).not.toMatch(/dead link/);
  expect(buildCode, build.output).toBe(0);
});

describe.skipIf(noBrowser)('the built site', { timeout: patienceMs }, () => {
  let server: Server;
  let browser: Browser;
  let origin: string;
  /** What went wrong on any page that was opened. */
  const troubles: string[] = [];

  beforeAll(async () => {
    server = serve(built);
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await startBrowser();
  }, patienceMs);

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await (await browser.newContext(options)).newPage();
    page.on('request', (request) => {
      if (!request.url().startsWith(`${origin}${base}`))
        troubles.push(`${page.url()} asked for ${request.url()}`);
    });
    page.on('console', (message) => {
      if (message.type() === 'error') troubles.push(`${page.url()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => troubles.push(`${page.url()}: ${error.message}`));
    return page;
  }

  const at = (path: string) => `${origin}${base}${path}`;

  test('every page: no sideways scroll at 390 px, no other host, no error', async () => {
    const paths = pagesBelow(built).filter((name) => name !== '404.html');
    const wide: string[] = [];
    // Several at a time: waiting for the network to fall silent takes half a second a page.
    const visitor = async () => {
      const page = await newPage({ viewport: { width: 390, height: 844 } });
      for (let path = paths.pop(); path; path = paths.pop()) {
        await page.goto(at(path), { waitUntil: 'networkidle' });
        const beyond = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
        if (Number(beyond) > 0) wide.push(`${path}: ${beyond} px`);
      }
      await page.context().close();
    };
    await Promise.all([visitor(), visitor(), visitor(), visitor()]);
    expect(wide).toEqual([]);
    expect(troubles).toEqual([]);
  });

  test('axe finds nothing, light and dark', async () => {
    // With motion, colours would still be changing when axe looks.
    const page = await newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
    const found: string[] = [];
    for (const path of [
      'index.html',
      'handshake/accept-key.html',
      'framing/masking.html',
      'labs/03-frames.html',
      'chat/index.html',
      'reconnection/backoff.html',
      'reference/close-codes.html',
    ]) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        if (colorScheme === 'light') await page.goto(at(path), { waitUntil: 'networkidle' });
        await page.locator(colorScheme === 'dark' ? 'html.dark' : 'html:not(.dark)').waitFor();
        const violations = await accessibilityViolations(page);
        found.push(...violations.map((violation) => `${path}, ${colorScheme}: ${violation}`));
      }
    }
    await page.context().close();
    expect(found).toEqual([]);
  });

  test('the capture explorer reads a capture of the workbook', async () => {
    const page = await newPage();
    await page.goto(at('reference/captures.html'));
    await page.getByText(/^chat\.pcap: \d+ packets, \d+ events\.$/).waitFor();
    await page.context().close();
    expect(troubles).toEqual([]);
  });

  test('search finds a chapter', async () => {
    const page = await newPage();
    await page.goto(at('index.html'), { waitUntil: 'networkidle' });
    await page.keyboard.press('Control+k');
    await page.getByRole('searchbox').fill('masking');
    const result = page.locator('a.result').first();
    await result.waitFor();
    expect(await result.getAttribute('href')).toMatch(/^\/course\//);
    await page.context().close();
    expect(troubles).toEqual([]);
  });

  describe('without JavaScript', () => {
    let page: Page;
    beforeAll(async () => {
      page = await newPage({ javaScriptEnabled: false });
    });
    afterAll(() => page.context().close());

    test('the home page says what will be built, and how to begin', async () => {
      await page.goto(at('index.html'));
      const text = await page.getByRole('main').innerText();
      expect(text).toContain('npm ci\nnpm start');
      expect(text).toContain('21 labs');
      expect(text).toMatch(/21\s+Chat client/);
      expect(text).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    });

    test('a chapter reads whole; its answers unfold; its widget shows a first result', async () => {
      await page.goto(at('handshake/accept-key.html'));
      const text = await page.getByRole('main').innerText();
      expect(text).toContain('258EAFA5-E914-47DA-95CA-C5AB0DC85B11');
      expect(text).toContain('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
      const question = page.locator('.check-yourself').first();
      expect(await question.locator('.answer').isVisible()).toBe(false);
      await question.locator('summary').click();
      expect(await question.locator('.answer').isVisible()).toBe(true);
    });

    test('a lab page lists its checks, their sections, and the commands', async () => {
      await page.goto(at('labs/01-handshake.html'));
      const checks = page.getByRole('region', { name: 'Checks of lab 01' });
      expect(await checks.innerText()).toContain('npm run lab 01');
      expect(await checks.locator('.check').count()).toBeGreaterThanOrEqual(12);
      await checks.locator('.check summary').first().click();
      const link = checks.locator('.check').first().getByRole('link');
      expect(await link.getAttribute('href')).toMatch(/^https:\/\/www\.rfc-editor\.org\/rfc\/rfc\d+/);
    });
  });

  describe('widgets', () => {
    let page: Page;
    beforeAll(async () => {
      page = await newPage();
    });
    afterAll(() => page.context().close());

    test('the handshake playground answers what is typed', async () => {
      await page.goto(at('handshake/accept-key.html'), { waitUntil: 'networkidle' });
      const widget = page.getByRole('region', { name: 'Handshake playground' });
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
      await page.goto(at('framing/frames.html'), { waitUntil: 'networkidle' });
      const widget = page.getByRole('region', { name: 'Frame dissector' });
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
      await page.goto(at('framing/masking.html'), { waitUntil: 'networkidle' });
      const widget = page.getByRole('region', { name: 'Mask explorer' });
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
      await page.goto(at('reconnection/backoff.html'), { waitUntil: 'networkidle' });
      const widget = page.getByRole('region', { name: 'Backoff simulator' });
      const ours = widget.getByRole('row', { name: /full jitter inside the cap/ });
      const bars = () => ours.locator('path').getAttribute('d');
      const short = await bars();
      await widget.getByRole('radio', { name: '10 s' }).focus();
      await page.keyboard.press('ArrowRight');
      // As in the recorded figures: the seed is the same.
      await ours.getByText('3.3 %').waitFor();
      const long = await bars();
      expect(long).not.toBe(short);
      await widget.getByRole('button', { name: 'Draw again' }).click();
      await expect.poll(bars).not.toBe(long);
    });
  });
});
