import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { noBrowser, startBrowser } from '../support/browser.ts';

// What a page may ask of WebSocket, as the reference shows it: the tables there are the snapshots here.
describe.skipIf(noBrowser)('a page in Chromium', () => {
  const server = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<title>A page</title>');
  });
  const webSockets = new WebSocketServer({ server });
  let host: string;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await startBrowser();
    page = await browser.newPage();
    await page.goto(`http://${host}/course/page`);
  });

  afterAll(async () => {
    await browser.close();
    webSockets.close();
    server.close();
  });

  /** What the constructor makes of the argument: the URL it shows, or the error it throws. */
  const construct = (url: string, protocols: string | string[] = []) =>
    page.evaluate(
      ([url, protocols]) => {
        try {
          return `\`${new WebSocket(url, protocols).url}\``;
        } catch (error) {
          return `throws \`${(error as DOMException).name}\``;
        }
      },
      [url, protocols] as const,
    );

  test('takes these URLs', async () => {
    const rows = [];
    for (const url of [
      'ws://HOST/chat?room=1',
      'WS://HOST/chat',
      'ws://HOST',
      '/chat',
      'chat',
      'http://HOST/chat',
      'ws://HOST/a b/ü',
      'ws://bücher.example/',
      'ws://127.0.0.1:80/',
      'wss://127.0.0.1:443/',
      'ws://HOST/chat#part',
      'ftp://HOST/chat',
      'ws://',
      'ws://127.0.0.1:65536/',
    ]) {
      const outcome = await construct(url.replace('HOST', host));
      rows.push(`| \`${url}\` | ${outcome.replaceAll(host, 'HOST')} |`);
    }
    const table = ['| the argument | the socket’s `url` |', '| --- | --- |', ...rows, ''].join('\n');
    await expect(table).toMatchFileSnapshot('../../docs/reference/recorded/page-urls.txt');
  });

  test('takes these subprotocols', async () => {
    const rows = [];
    for (const protocols of [
      'chat.v1',
      ['chat.v2', 'chat.v1'],
      ['a', 'A'],
      ['a', 'a'],
      '',
      'a b',
      'a,b',
      'ü',
    ]) {
      const outcome = await construct(`ws://${host}/`, protocols);
      const verdict = outcome.startsWith('throws') ? outcome : 'allowed';
      rows.push(`| \`${JSON.stringify(protocols)}\` | ${verdict} |`);
    }
    const table = ['| the second argument | outcome |', '| --- | --- |', ...rows, ''].join('\n');
    await expect(table).toMatchFileSnapshot('../../docs/reference/recorded/page-subprotocols.txt');
  });

  test('opens 255 WebSockets and no more, one handshake at a time', async () => {
    let handshakes = 0;
    let most = 0;
    server.prependListener('upgrade', () => {
      most = Math.max(most, ++handshakes);
    });
    webSockets.on('connection', () => handshakes--);
    const fresh = await browser.newPage();
    await fresh.goto(`http://${host}/`);
    const outcome = await fresh.evaluate(async (url) => {
      const counts = { opened: 0, failed: 0 };
      const settle = (socket: WebSocket) =>
        new Promise<void>((resolve) => {
          socket.onopen = () => resolve(void counts.opened++);
          socket.onerror = () => resolve(void counts.failed++);
        });
      await Promise.all(Array.from({ length: 300 }, () => settle(new WebSocket(url))));
      return counts;
    }, `ws://${host}/`);
    expect(outcome).toEqual({ opened: 255, failed: 45 });
    expect(most).toBe(1);
  });
});
